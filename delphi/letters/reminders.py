"""Whom a reminder may reach: nobody who has finished, at most three a person and round, never two within 24 hours."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from delphi import progress
from delphi.model.letter import REMINDERS, Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation

MOST, APART = 3, timedelta(hours=24)


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
    """Decide again when a reminder is sent: whoever finished, or started, in between gets none."""
    if letter.kind not in REMINDERS:
        return False
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
    return n >= MOST or (last is not None and last > at - APART)
