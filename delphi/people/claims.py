"""Which postman has a letter in hand, and how its delivery ended."""

import random
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from delphi.database import locked
from delphi.letters.relay import Outcome
from delphi.model.letter import Letter, LetterKind, TeamLetter
from delphi.model.seal import SealLetter
from delphi.people import leaving
from delphi.worker import LEASE

ATTEMPTS = 8
BATCH = 20
IN_HAND = timedelta(minutes=11)  # longer than a relay that answers at the last moment each time
RECEIPT_WAITS = timedelta(days=4)  # eight tries take as long
WITH_RECEIPT = (LetterKind.WITHDRAWAL, LetterKind.ADDRESS_CHANGED)

Table = type[Letter] | type[TeamLetter] | type[SealLetter]


class LetterKey(NamedTuple):
    """The key of a letter."""

    study_id: int
    letter: UUID


def claim(session: Session, *, by: str, at: datetime, table: Table = Letter, after: int = 0) -> list[LetterKey]:
    """Take a lease on a batch of due letters, a study at a time in turn, beginning behind the study ``after``.

    Another postman's live lease is left alone. Of a study with thousands of letters no more leave at a time than of one with five.
    """
    free = or_(table.claimed_until.is_(None), table.claimed_until < at)
    turn = func.row_number().over(partition_by=table.study_id, order_by=(table.run_after, table.id)).label("turn")
    due = select(table.study_id, table.id, turn).where(table.unsent, table.run_after <= at, free).subquery()
    behind = case((due.c.study_id > after, 0), else_=1)
    query = (
        select(table)
        .join(due, (table.study_id == due.c.study_id) & (table.id == due.c.id))
        .where(table.unsent, free)  # asked again of the row itself: PostgreSQL looks at this when it has the lock
        .order_by(due.c.turn, behind, due.c.study_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=table)
    )
    letters: list[Letter | TeamLetter | SealLetter] = list(session.scalars(query))
    for letter in letters:
        letter.claimed_by, letter.claimed_until = by, at + LEASE
    session.flush()
    return [LetterKey(letter.study_id, letter.id) for letter in letters]


def hold(session: Session, table: Table, key: LetterKey, *, by: str, at: datetime) -> bool:
    """Prolong the lease before a letter is handed over; False if somebody else has it by now."""
    mine = (table.study_id == key.study_id, table.id == key.letter, table.claimed_by == by)
    held = session.execute(update(table).where(*mine).values(claimed_until=at + IN_HAND))
    return bool(held.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result counts its rows


def put_back(session: Session, table: Table, key: LetterKey, *, by: str, after: datetime | None = None) -> None:
    """Let go of a letter that was not tried: no attempt is used up."""
    mine = (table.study_id == key.study_id, table.id == key.letter, table.claimed_by == by)
    moment = {} if after is None else {"run_after": after}
    session.execute(update(table).where(*mine).values(claimed_by=None, claimed_until=None, **moment))


def finish(session: Session, key: LetterKey, outcome: Outcome, *, by: str, at: datetime, table: Table = Letter) -> None:
    """Write down how a try ended; one that has to be made again is made later, up to eight times."""
    letter = locked(session, table, key)
    assert isinstance(letter, Letter | TeamLetter | SealLetter)
    if letter.claimed_by != by:
        return
    letter.attempts += 1
    letter.release()
    if outcome is Outcome.SENT:
        letter.sent_at = at
    elif outcome is Outcome.REFUSED or letter.attempts >= ATTEMPTS:
        letter.failed_at = at
    else:
        jitter = random.uniform(0.8, 1.2)  # noqa: S311 (spreads retries; not a secret)
        letter.run_after = at + timedelta(minutes=4**letter.attempts * jitter / 4)
    if not letter.unsent and isinstance(letter, Letter) and letter.kind in WITH_RECEIPT:
        leaving.forget_address(session, letter.study_id, letter.id)


def give_up_receipts(session: Session, *, at: datetime) -> None:
    """Forget the addresses of receipts that waited for days: a relay that stays away must not keep them."""
    old = Letter.kind.in_(WITH_RECEIPT) & Letter.unsent & (Letter.due_at <= at - RECEIPT_WAITS)
    for letter in session.scalars(select(Letter).where(old)).all():
        letter.failed_at = at
        letter.release()
        leaving.forget_address(session, letter.study_id, letter.id)
