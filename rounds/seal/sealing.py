"""Closing in three steps, each repeatable: mark who is counted; count and decide without a lock; write and chain.

A kill anywhere leaves a round that is marked and not sealed; whoever completes it gets the same bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from delphi import audit, progress
from delphi.consensus.analysis import Analysis, Definition, Item
from delphi.consensus.disclosure.show_plan import RoundPeople
from delphi.consensus.sealed_counts import SealedRound
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.columns import Cell
from delphi.consensus.vocabulary import EVERYBODY
from delphi.database import Database, locked
from delphi.model.event import EventKind, sha256_of
from delphi.model.origin import StudyImport
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.result import Result
from delphi.model.round import Participation, Round
from delphi.model.seal import Seal, SealKind
from delphi.model.study import StakeholderGroup, Study
from delphi.protocol import amendments
from rounds.seal import chain, counting, reading, row_keeping, texts
from rounds.seal.items import items_of
from rounds.seal.plan import Past, Terms, sealed_round

SEALED = exists().where(Seal.study_id == Round.study_id, Seal.round == Round.number, Seal.kind == SealKind.ROUND)
MARKED = exists().where(
    Participation.study_id == Round.study_id, Participation.round == Round.number, Participation.counted.is_not(None)
)
LARGEST_AT_ONCE = 50_000  # answers that the closing request counts itself; more are left to the worker


def mark(session: Session, study: Study, round_: Round) -> None:
    """Mark whose answers count, and in which group: from here on triggers keep these answers as they are."""
    own = and_(Participation.study_id == study.id, Participation.round == round_.number)
    given = progress.has_begun() if round_.number else progress.has_suggested()
    group = select(Panelist.stakeholder_group).where(
        Panelist.study_id == Participation.study_id, Panelist.id == Participation.panelist
    )
    session.flush()
    session.execute(
        update(Participation)
        .where(own, Participation.counted.is_(None))
        .values(counted=given, counted_group=group.scalar_subquery())
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


@dataclass(frozen=True, eq=False)
class Prepared:
    """A seal before it is chained: its content, the rows of the consensus table, and single rows where they are kept."""

    content: dict[str, Any]
    rows: list[dict[str, Cell]]
    definition: Definition
    kept: Sequence[row_keeping.KeptRow]


def complete(session: Session, study: Study, round_: Round, *, at: datetime) -> Seal | None:
    """Count and seal a closed round in one transaction: for small rounds, rehearsals and tests."""
    if chain.seal_of(session, study.id, round_.number) is not None:
        return None
    return write(session, study, round_, prepare(session, study, round_), at=at)


def complete_apart(database: Database, study_id: int, number: int, *, at: datetime) -> None:
    """Count from a snapshot, without holding up anybody who writes; then write in a short transaction."""
    with database.transaction(writing=False) as session:
        study, round_ = session.get_one(Study, study_id), session.get_one(Round, (study_id, number))
        if round_.closed_at is None or not _is_next(session, study_id, number):
            return
        prepared = prepare(session, study, round_)
    with database.transaction() as session:
        study = session.get_one(Study, study_id)
        held = locked(session, Round, (study_id, number))
        if held is not None and _is_next(session, study_id, number):
            write(session, study, held, prepared, at=at)


def _is_next(session: Session, study_id: int, number: int) -> bool:
    """Whether a round waits for its seal, and no closed round before it does: a plan looks at what was shown before."""
    waiting = select(Round.number).where(Round.study_id == study_id, Round.closed_at.is_not(None), ~SEALED)
    return session.scalar(waiting.order_by(Round.number).limit(1)) == number


def fits_at_once(session: Session, study_id: int, number: int) -> bool:
    """Whether a closed round is small enough for the closing request to count it."""
    answers = select(func.count()).select_from(Rating).where(Rating.study_id == study_id, Rating.round == number)
    return (session.scalar(answers) or 0) <= LARGEST_AT_ONCE


def unsealed() -> Select[int, int]:
    """Ask for the closed rounds that wait for their seal: study and number."""
    return (
        select(Round.study_id, Round.number)
        .where(Round.closed_at.is_not(None), MARKED, ~SEALED)
        .order_by(Round.study_id, Round.number)
    )


def prepare(session: Session, study: Study, round_: Round) -> Prepared:
    """Count a closed round and decide what is shown; reads alone."""
    number = round_.number
    items = items_of(session, study, number) if number else {}
    people = counting.people_of(session, study.id, number)
    sealed = decide(session, study, number, items, people, answers_of(session, study, number, items, people))
    definition = amendments.definition_at(session, study, round_.closed_at)
    rows = rows_of(session, study, number, sealed, items, definition) if number else []
    content = sealed.as_dict() | {"texts": texts.hashes(session, study.id, number), "rows_sha256": sha256_of(rows)}
    return Prepared(content, rows, definition, row_keeping.prepare(session, study, number, people))


def answers_of(
    session: Session, study: Study, number: int, items: Mapping[int, Item], people: Sequence[counting.Counted]
) -> counting.Tally:
    """Count the answers of a round by statement and group."""
    groups = session.scalars(
        select(StakeholderGroup.key).where(StakeholderGroup.study_id == study.id).order_by(StakeholderGroup.position)
    ).all()
    return counting.tally(session, study.id, number, items, SCALES[study.scale], groups, people)


def decide(
    session: Session,
    study: Study,
    number: int,
    items: Mapping[int, Item],
    people: Sequence[counting.Counted],
    counts: counting.Tally,
) -> SealedRound:
    """Decide what is shown of these counts, after what the seals before have shown."""
    scale = SCALES[study.scale]
    imported = session.get(StudyImport, study.id) is not None  # a person there is another one in each round
    past = Past((), frozenset(), {}) if imported else _past(session, study, number)
    moved = counting.moves(session, study.id, number, items, scale)
    terms = Terms(study.smallest_cell, study.caution, study.level)
    return sealed_round(people, counts, moved, list(items.values()), scale, past, terms)


def rows_of(
    session: Session,
    study: Study,
    number: int,
    sealed: SealedRound,
    items: Mapping[int, Item],
    definition: Definition,
) -> list[dict[str, Cell]]:
    """The rows of the consensus table that follow from what is shown."""
    previous = reading.round_data(session, study, number - 1) if number > 1 else None
    round_ = reading.round_data_of(number, sealed, list(items.values()), definition.scale, previous)
    return reading.shown_rows(Analysis(definition, (round_,)), sealed)


def write(session: Session, study: Study, round_: Round, prepared: Prepared, *, at: datetime) -> Seal:
    """Chain a seal, with the rows that pages read and the letters that tell its hash."""
    content = prepared.content | row_keeping.write(session, study, round_.number, prepared.kept)
    seal = chain.append(session, study, round_.number, SealKind.ROUND, content, definition=prepared.definition, at=at)
    store_rows(session, study, round_, prepared.rows)
    if session.get(StudyImport, study.id) is None:  # whose trail is the one of the server it came from
        facts = {"round": round_.number, "number": seal.number, "sha256": seal.sha256}
        audit.record(session, study.id, EventKind.ROUND_SEALED, by=None, at=at, **facts)
    session.flush()
    return seal


def judge_again(session: Session, study: Study, round_: Round, seal: Seal, *, at: datetime) -> Seal:
    """The seal whose verdicts the panel is told: where the definition was amended since the close, a second one.

    The first verdicts stay in the chain; the second ones are marked as decided after the data.
    """
    definition = amendments.definition_at(session, study, None)
    if definition.id == seal.definition_sha256:
        return seal
    items = items_of(session, study, round_.number)
    rows = rows_of(session, study, round_.number, SealedRound.from_dict(seal.content), items, definition)
    content = {"of": seal.number, "after_data": True, "rows_sha256": sha256_of(rows)}
    told = chain.append(session, study, round_.number, SealKind.AMENDED, content, definition=definition, at=at)
    session.execute(delete(Result).where(Result.study_id == study.id, Result.round == round_.number))
    store_rows(session, study, round_, rows)
    facts = {"round": round_.number, "number": told.number, "sha256": told.sha256}
    audit.record(session, study.id, EventKind.VERDICTS_AMENDED, by=None, at=at, **facts)
    return told


def store_rows(session: Session, study: Study, round_: Round, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep rows of the consensus table where pages find them by statement and group."""
    numbers = {item.statement: number for number, item in items_of(session, study, round_.number).items()}
    stored = [
        {
            "study_id": study.id,
            "round": round_.number,
            "statement": numbers[str(row["statement"])],
            "group": row["group"],
            "position": position,
            "verdict": row["verdict"],
            "row": dict(row),
        }
        for position, row in enumerate(rows, 1)
    ]
    if stored:
        session.execute(insert(Result), stored)


def _past(session: Session, study: Study, number: int) -> Past:
    """What the seals before this round have shown, and who was counted in them."""
    seals = {
        n: SealedRound.from_dict(seal.content)
        for n, seal in chain.seals_of(session, study.id).items()
        if 0 < n < number
    }
    rounds = []
    for n, sealed in sorted(seals.items()):
        groups: dict[str, set[UUID]] = {name: set() for name in ("", *sealed.groups)}
        for one in counting.people_of(session, study.id, n):
            if one.counted:
                groups.setdefault(one.group, set()).add(one.panelist)
        rounds.append(RoundPeople({name: frozenset(who) for name, who in groups.items()}, frozenset(sealed.shown)))
    first = set(
        session.scalars(
            select(Participation.panelist).where(Participation.study_id == study.id, Participation.round == 1)
        )
    )
    here = session.scalars(
        select(Participation.panelist).where(Participation.study_id == study.id, Participation.round == number)
    )
    before = seals.get(number - 1)
    rated = {cell.statement: cell.options for cell in before.cells if cell.people == EVERYBODY} if before else {}
    return Past(rounds, frozenset(set(here) - first), rated)
