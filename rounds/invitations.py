"""Inviting and reminding panelists, by pseudonym: names are not known here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from delphi import mail
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round

TAKING_PART = Panelist.declined_on.is_(None) & Panelist.withdrawn_on.is_(None)


def invited_next(session: Session, study_id: int) -> list[UUID]:
    """List who would be invited to the next round: everybody who neither declined nor withdrew."""
    panel = select(Panelist.id).where(Panelist.study_id == study_id, TAKING_PART)
    return list(session.scalars(panel.order_by(Panelist.id)))


def invite(session: Session, round_: Round, *, at: datetime) -> int:
    """Make the panel's participations and queue one invitation each; gives how many."""
    panel = invited_next(session, round_.study_id)
    if panel:
        key = {"study_id": round_.study_id, "round": round_.number, "submitted_on": None}
        session.execute(insert(Participation), [key | {"panelist": panelist} for panelist in panel])
    mail.queue(session, LetterKind.INVITATION, round_.study_id, round_.number, panel, at=at)
    return len(panel)


def remind(session: Session, round_: Round, *, at: datetime) -> int:
    """Queue a reminder for everybody who has not submitted; the postman asks once more before sending."""
    waiting = session.scalars(
        select(Participation.panelist)
        .join(Panelist, (Panelist.study_id == Participation.study_id) & (Panelist.id == Participation.panelist))
        .where(
            Participation.study_id == round_.study_id,
            Participation.round == round_.number,
            Participation.submitted_on.is_(None),
            TAKING_PART,
        )
        .order_by(Participation.panelist)
    ).all()
    # Not by the times of the letters: the postman moves them, and two reminders can stand in one second.
    turns = (
        select(func.count().label("n"))
        .where(Letter.study_id == round_.study_id, Letter.round == round_.number, Letter.kind == LetterKind.REMINDER)
        .group_by(Letter.panelist)
        .subquery()
    )
    reminded = session.scalar(select(func.max(turns.c.n)))
    mail.queue(session, LetterKind.REMINDER, round_.study_id, round_.number, waiting, at=at, turn=(reminded or 0) + 1)
    return len(waiting)
