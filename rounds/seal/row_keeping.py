"""Single rows, where a study told its panel that they are kept: for a statistician, or published once at the finish."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from delphi.model.event import sha256_of
from delphi.model.panel import Panelist, new_code
from delphi.model.seal import SealedRow
from delphi.model.study import Level, Study
from rounds.seal import counting
from rounds.seal.counting import Counted

KEPT_ROWS = "kept_rows_sha256"  # what a seal says of the rows that are kept for the statistician


@dataclass(frozen=True, slots=True)
class KeptRow:
    """What one person answered in a round."""

    panelist: UUID
    group: str
    submitted: bool
    answers: dict[str, int | None]


def prepare(session: Session, study: Study, number: int, people: Sequence[Counted]) -> list[KeptRow]:
    """Read the rows of a round for the statistician; other levels keep none at the close."""
    if study.level is not Level.SEPARATED or not number:
        return []
    return _kept(session, study, number, people)


def _kept(session: Session, study: Study, number: int, people: Sequence[Counted]) -> list[KeptRow]:
    answers = counting.rows_of(session, study.id, number)
    return [
        KeptRow(one.panelist, one.group, one.submitted, answers.get(one.panelist, {})) for one in people if one.counted
    ]


def write(session: Session, study: Study, number: int, kept: Sequence[KeptRow]) -> dict[str, str]:
    """Write rows under one code a person, drawn when a row of theirs is kept first; what the seal says of them.

    The codes are hashed with the rows: being random they keep anybody from guessing rows until the hash fits.
    """
    if not kept:
        return {}
    known = select(Panelist.id, Panelist.row_code).where(Panelist.study_id == study.id, Panelist.row_code.is_not(None))
    codes = {who: str(code) for who, code in session.execute(known)}
    for one in kept:
        if one.panelist not in codes:
            codes[one.panelist] = new_code()
            session.execute(
                update(Panelist)
                .where(Panelist.study_id == study.id, Panelist.id == one.panelist)
                .values(row_code=codes[one.panelist])
            )
    _insert(session, study, number, kept, codes)
    return {KEPT_ROWS: sha256_of([row for row in plain_rows(session, study.id) if row["round"] == number])}


def publish(session: Session, study: Study, numbers: Sequence[int]) -> int:
    """Write the rows of all rounds of a finished study under codes that nothing else knows; how many people they are."""
    by_round = {
        number: _kept(session, study, number, counting.people_of(session, study.id, number)) for number in numbers
    }
    people = {one.panelist for kept in by_round.values() for one in kept}
    codes = {who: new_code() for who in people}
    for number, kept in by_round.items():
        _insert(session, study, number, kept, codes)
    return len(people)


def _insert(session: Session, study: Study, number: int, kept: Sequence[KeptRow], codes: Mapping[UUID, str]) -> None:
    """In the order of codes, so that no order tells a person."""
    rows = [
        {
            "study_id": study.id,
            "round": number,
            "code": codes[one.panelist],
            "group": one.group,
            "submitted": one.submitted,
            "answers": one.answers,
        }
        for one in sorted(kept, key=lambda one: codes[one.panelist])
    ]
    if rows:
        session.execute(insert(SealedRow), rows)


def plain_rows(session: Session, study_id: int) -> list[dict[str, Any]]:
    """All rows of a study as plain values, by round and code: what is hashed, and what a file tells."""
    kept = session.scalars(select(SealedRow).where(SealedRow.study_id == study_id))
    names = ("round", "code", "group", "submitted", "answers")
    # sorted here: a hash rests on the order, and databases sort words in ways of their own
    return [{name: getattr(row, name) for name in names} for row in sorted(kept, key=lambda row: (row.round, row.code))]


def has_rows(session: Session, study_id: int) -> bool:
    """Whether rows of this study are kept."""
    return session.scalar(select(SealedRow.code).where(SealedRow.study_id == study_id).limit(1)) is not None


def rows(session: Session, study_id: int, number: int) -> list[SealedRow]:
    """The rows of a round, by code."""
    kept = select(SealedRow).where(SealedRow.study_id == study_id, SealedRow.round == number)
    return list(session.scalars(kept.order_by(SealedRow.code)))
