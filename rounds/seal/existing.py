"""Rounds that version 0.1.0 has closed: they are sealed by the upgrade, or by the worker where it was upgraded otherwise.

What was released stays what it was: its counts, figures and verdicts are those that were frozen then. The show plan
decides what of them may still be shown; the rest is deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Select, delete, exists, select
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Item
from delphi.consensus.scale import Scale
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.change_columns import CHANGES, DIFFERENCES
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import count_name, read_reasons, write_reasons
from delphi.consensus.vocabulary import EVERYBODY
from delphi.database import Database, locked
from delphi.letters import outbox
from delphi.model.event import sha256_of
from delphi.model.job import ExportJob
from delphi.model.letter import LetterKind
from delphi.model.origin import StudyImport
from delphi.model.panel import Panelist
from delphi.model.result import Result
from delphi.model.round import Participation, Round
from delphi.model.study import Study
from delphi.protocol import amendments, ended_choice
from rounds.seal import chain, counting, sealing, texts
from rounds.seal.counting import Integers, Tally
from rounds.seal.items import items_of
from rounds.seal.sealing import Prepared

Frozen = Mapping[tuple[str, str], Mapping[str, Any]]  # a frozen row by statement and group
OF_THE_SEAL = (*DIFFERENCES, *CHANGES, "reasons", "flags", "verdict_basis")


def waiting() -> Select[int, int]:
    """Ask for closed rounds of which nobody is marked as counted: study and number, in the order of their seals."""
    rounds = select(Round.study_id, Round.number).where(Round.closed_at.is_not(None), ~sealing.MARKED, ~sealing.SEALED)
    return rounds.order_by(Round.study_id, Round.number)


def promising() -> Select[int]:
    """Ask for studies that still promise to remove answers of closed rounds; one that was imported keeps its words."""
    imported = exists().where(StudyImport.study_id == Study.id)
    return select(Study.id).where(ended_choice.PROMISED, ~imported).order_by(Study.id)


def take_all(database: Database, *, at: datetime) -> int:
    """Take along everything that is left of version 0.1.0; how many rounds were sealed."""
    with database.transaction(writing=False) as session:
        rounds = len(session.execute(waiting()).all())
    while take_next(database, at=at):
        pass
    return rounds


def take_next(database: Database, *, at: datetime) -> bool:
    """End one promise, or seal one round, in a transaction of its own; whether there was one."""
    with database.transaction() as session:
        study = session.scalar(promising().limit(1))
        if study is not None:
            end_promise(session, session.get_one(Study, study), at=at)
            return True
        found = session.execute(waiting().limit(1)).first()
        if found is None:
            return False
        seal(session, session.get_one(Study, found[0]), found[1], at=at)
        return True


def is_left(session: Session) -> bool:
    """Whether anything is left of version 0.1.0."""
    return session.execute(waiting().limit(1)).first() is not None or session.scalar(promising().limit(1)) is not None


def end_promise(session: Session, study: Study, *, at: datetime) -> None:
    """End the choice to have answers of closed rounds removed, and write so to everybody who was invited."""
    document = ended_choice.end(session, study, at=at)
    if document is None or study.rehearsal_of is not None or study.names_destroyed_at is not None:
        return
    invited = exists().where(Participation.study_id == Panelist.study_id, Participation.panelist == Panelist.id)
    panel = select(Panelist.id).where(
        Panelist.study_id == study.id, Panelist.withdrawn_on.is_(None), Panelist.declined_on.is_(None), invited
    )
    outbox.queue(session, LetterKind.INFORMATION, study.id, None, session.scalars(panel), at=at, turn=document.version)


def seal(session: Session, study: Study, number: int, *, at: datetime) -> None:
    """Mark who is counted in a round, and seal it: a released one from what was released, any other from its answers."""
    round_ = locked(session, Round, (study.id, number))
    if round_ is None or chain.seal_of(session, study.id, number) is not None:
        return  # another process was quicker
    sealing.mark(session, study, round_)
    released = round_.released_at is not None and number > 0
    prepared = (of_release if released else sealing.prepare)(session, study, round_)
    session.execute(delete(Result).where(Result.study_id == study.id, Result.round == number))
    session.execute(delete(ExportJob).where(ExportJob.study_id == study.id))  # files that hold what is hidden now
    sealing.write(session, study, round_, prepared, at=at)


def of_release(session: Session, study: Study, round_: Round) -> Prepared:
    """Decide what of a released round is shown, from the rows that were frozen then.

    A group of which other people are members today than at the release is not shown: its figures then, beside those of
    a later round, could be about one person.
    """
    number, items = round_.number, items_of(session, study, round_.number)
    rows = select(Result.row).where(Result.study_id == study.id, Result.round == number)
    frozen = {(row["statement"], row["group"]): row for row in session.scalars(rows)}
    people = counting.people_of(session, study.id, number)
    today = sealing.answers_of(session, study, number, items, people)
    counts, moved = released_counts(today, list(items.values()), frozen, SCALES[study.scale])
    people = [replace(one, group=counting.UNGROUPED) if one.group in moved else one for one in people]
    sealed = sealing.decide(session, study, number, items, people, counts)
    definition = amendments.definition_at(session, study, round_.released_at)
    shown = [
        kept(row, frozen.get((str(row["statement"]), str(row["group"]))), sealed.shown_of(str(row["statement"])))
        for row in sealing.rows_of(session, study, number, sealed, items, definition)
    ]
    content = sealed.as_dict() | {
        "texts": texts.hashes(session, study.id, number),
        "rows_sha256": sha256_of(shown),
        "as_released": True,
    }
    return Prepared(content, shown, definition, ())


def released_counts(today: Tally, items: Sequence[Item], frozen: Frozen, scale: Scale) -> tuple[Tally, set[str]]:
    """Counts as they were released, and the groups that are not the same people any more: they are counted under ""."""
    answers = np.zeros_like(today.answers)
    for j, item in enumerate(items):
        for g, name in enumerate(today.groups[1:], 1):
            answers[j, g] = _counts(frozen.get((item.statement, name)), scale)
    moved = {name for g, name in enumerate(today.groups) if g and (answers[:, g] != today.answers[:, g]).any()}
    for g, name in enumerate(today.groups):
        if name in moved:
            answers[:, g] = 0
    panel = [_counts(frozen.get((item.statement, EVERYBODY)), scale) for item in items]
    answers[:, 0] = np.array(panel, dtype=np.int64).reshape(answers[:, 0].shape) - answers[:, 1:].sum(1)
    return Tally(today.groups, answers), moved


def _counts(row: Mapping[str, Any] | None, scale: Scale) -> Integers:
    names = [*map(count_name, scale.values), "n_nq", "n_blank"]
    return np.array([(row or {}).get(name) or 0 for name in names], dtype=np.int64)


def kept(row: Mapping[str, Cell], frozen: Mapping[str, Any] | None, shown: Sequence[str]) -> dict[str, Cell]:
    """A row with the figures that were released: what is told of change, and its reasons, are those of the seal.

    Parameters
    ----------
    row
        As the seal gives it.
    frozen
        As it was released.
    shown
        People of whom the statement shows figures; nothing where not even the panel is shown.
    """
    if frozen is None or row["group"] not in shown:
        # what the row of an imported study says beside its columns stays
        return {**row, **{name: value for name, value in (frozen or {}).items() if name not in row}}
    told = {name: value for name, value in frozen.items() if name not in OF_THE_SEAL}
    was, now = read_reasons(frozen["reasons"]), read_reasons(row["reasons"])
    change = (*DIFFERENCES, *CHANGES)
    reasons = {name: why for name, why in was.items() if name not in change}
    reasons |= {name: why for name, why in now.items() if name in change}
    flags = [*_words(frozen["flags"]), *(flag for flag in _words(row["flags"]) if flag not in _words(frozen["flags"]))]
    basis = frozen["verdict_basis"]
    if frozen["group_rule"] and row["group"] == EVERYBODY and basis:
        parts = str(basis).split(", ")
        basis = ", ".join(part for part in parts if part.rpartition(": ")[0] in ("pooled", *shown)) or None
    told |= {"reasons": write_reasons(reasons), "flags": ";".join(flags), "verdict_basis": basis}
    return dict(row) | told


def _words(flags: object) -> list[str]:
    return [flag for flag in str(flags or "").split(";") if flag]
