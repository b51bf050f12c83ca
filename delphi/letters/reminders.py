"""Whom a reminder may reach: nobody who has finished, at most three a person and round, never two within 24 hours."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from delphi import progress
from delphi.model.letter import REMINDERS, Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round

MOST, APART = 3, timedelta(hours=24)
PATIENCE = timedelta(hours=2)


class NotYet(Exception):
    """A letter waits for a moment: no attempt is used up."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def meant(study_id: int, round_: int) -> Select[UUID, int, datetime]:
    """Ask how many reminders each panelist has had or is about to have in a round, and when the last was due."""
    return (
        select(Letter.panelist, func.count(), func.max(Letter.due_at))
        .where(Letter.study_id == study_id, Letter.round == round_, Letter.kind.in_(REMINDERS))
        .where(Letter.failed_at.is_(None), Letter.dropped_at.is_(None))
        .group_by(Letter.panelist)
    )


def spared(session: Session, study_id: int, round_: int, *, at: datetime) -> set[UUID]:
    """List who may get no further reminder now, or wants none; what is planned for later days does not count."""
    counted = session.execute(meant(study_id, round_).where(Letter.due_at <= at))
    stopped = select(Panelist.id).where(Panelist.study_id == study_id, Panelist.reminders_stopped)
    enough = {panelist for panelist, n, last in counted if n >= MOST or last > at - APART}
    return enough | set(session.scalars(stopped))


def answered(session: Session, letter: Letter) -> int:
    """Count what the addressee of a letter has answered so far: the letter says it to nobody else."""
    assert letter.round is not None
    return progress.answered(session, letter.study_id, letter.round, letter.panelist)


def needless(session: Session, letter: Letter, *, at: datetime) -> bool:
    """Decide again when a reminder is sent: whoever finished, or started, in between gets none.

    Raises
    ------
    NotYet
        A planned one comes an hour too early after the last, as where summer time begins: it waits.
    """
    if letter.kind not in REMINDERS:
        return False
    if not session.get_one(Round, (letter.study_id, letter.round)).accepts(at=at):
        return True
    taking_part = session.get_one(Participation, (letter.study_id, letter.round, letter.panelist))
    if taking_part.submitted_on is not None:
        return True
    if letter.kind is not LetterKind.REMINDER:
        has_started = answered(session, letter) > 0
        if has_started is (letter.kind is LetterKind.NOT_STARTED):
            return True
    others = select(func.count(), func.max(Letter.sent_at)).where(
        Letter.study_id == letter.study_id,
        Letter.round == letter.round,
        Letter.panelist == letter.panelist,
        Letter.kind.in_(REMINDERS),
        Letter.sent_at.is_not(None),
    )
    n, last = session.execute(others).one()
    if n >= MOST or last is None or last <= at - APART:
        return bool(n >= MOST)
    if letter.planned and last + APART - at <= PATIENCE:
        raise NotYet(last + APART)
    return True


def hour_of(letter: Letter, study_zone: str, zone: str) -> datetime:
    """When a planned reminder is due for somebody in a zone: at the hour that the plan says, there."""
    local = letter.due_at.astimezone(ZoneInfo(study_zone)).replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)
