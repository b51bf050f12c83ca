"""Inviting and reminding panelists, by pseudonym: names are not known here."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from delphi import progress
from delphi.letters import outbox, reminders
from delphi.model.letter import PLANNED, REMINDERS, Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round
from rounds.lifecycle import reminder_plan
from rounds.lifecycle.reminder_plan import KINDS, Audience, Moment

TAKING_PART = Panelist.declined_on.is_(None) & Panelist.withdrawn_on.is_(None)


def invited_next(session: Session, study_id: int) -> list[UUID]:
    """List who would be invited to the next round: everybody who neither declined nor withdrew."""
    panel = select(Panelist.id).where(Panelist.study_id == study_id, TAKING_PART)
    return list(session.scalars(panel.order_by(Panelist.id)))


def invite(session: Session, round_: Round, *, at: datetime) -> int:
    """Make the panel's participations and queue one invitation each; how many those are."""
    panel = invited_next(session, round_.study_id)
    if panel:
        key = {"study_id": round_.study_id, "round": round_.number, "submitted_on": None}
        session.execute(insert(Participation), [key | {"panelist": panelist} for panelist in panel])
    outbox.queue(session, LetterKind.INVITATION, round_.study_id, round_.number, panel, at=at)
    return len(panel)


def members(session: Session, round_: Round, to: Audience) -> list[UUID]:
    """List who of a running round belongs to an audience now; nobody who declined."""
    here = (
        select(Participation.panelist)
        .join(Panelist, (Panelist.study_id == Participation.study_id) & (Panelist.id == Participation.panelist))
        .where(Participation.study_id == round_.study_id, Participation.round == round_.number, TAKING_PART)
        .order_by(Participation.panelist)
    )
    if to is not Audience.ALL:
        here = here.where(Participation.submitted_on.is_(None))
    if to in (Audience.NOT_STARTED, Audience.UNFINISHED):
        begun = progress.has_begun()
        here = here.where(begun if to is Audience.UNFINISHED else ~begun)
    return list(session.scalars(here))


def queue_reminders(session: Session, round_: Round, *, at: datetime, to: Audience = Audience.NOT_SUBMITTED) -> int:
    """Queue a reminder for an audience, but for nobody who had one within 24 hours or three in the round."""
    spared = reminders.spared(session, round_.study_id, round_.number, at=at)
    waiting = [who for who in members(session, round_, to) if who not in spared]
    # Not by the times of the letters: the postman moves them, and two reminders can stand in one second.
    counted = session.execute(reminders.meant(round_.study_id, round_.number))
    turn = max((n for _, n, _ in counted), default=0) + 1
    outbox.queue(session, KINDS[to], round_.study_id, round_.number, waiting, at=at, turn=turn)
    return len(waiting)


def plan(session: Session, round_: Round, zone: str, *, at: datetime) -> int:
    """Queue the planned reminders of a round; who still needs one is decided when each is sent. Returns how many days.

    What was planned before and has not left goes: a plan is made anew when the deadline moves.
    """
    reminder_plan.keep(round_, reminder_plan.plan_of(round_))
    _forget_planned(session, round_, at=at)
    panel = members(session, round_, Audience.ALL)
    days = list(reminder_plan.moments(round_, zone, at=at))
    for one in days:
        _queue_planned(session, round_, one, _in_groups(session, round_, panel, one.reminder.groups))
    return len(days)


def plan_for(session: Session, round_: Round, zone: str, people: Sequence[UUID], *, at: datetime) -> None:
    """Queue for people who joined what is still planned."""
    for one in reminder_plan.moments(round_, zone, at=at) if round_.reminders else ():
        _queue_planned(session, round_, one, _in_groups(session, round_, people, one.reminder.groups))


def _queue_planned(session: Session, round_: Round, moment: Moment, people: Sequence[UUID]) -> None:
    to = moment.reminder.to
    turn = f"{PLANNED}{moment.due_at:%Y%m%d%H}"
    key = (KINDS[to], round_.study_id, round_.number)
    outbox.queue(session, *key, people, at=moment.due_at, not_before=moment.earliest, turn=turn)


def _in_groups(session: Session, round_: Round, people: Sequence[UUID], groups: Sequence[str]) -> Sequence[UUID]:
    if not groups:
        return people
    there = select(Panelist.id).where(Panelist.study_id == round_.study_id, Panelist.stakeholder_group.in_(groups))
    members_of = set(session.scalars(there))
    return [one for one in people if one in members_of]


def _forget_planned(session: Session, round_: Round, *, at: datetime) -> None:
    """Delete the planned letters of later days that have not left and that no postman holds."""
    own = (Letter.study_id == round_.study_id, Letter.round == round_.number, Letter.kind.in_(REMINDERS))
    waiting = (Letter.due_at > at, Letter.sent_at.is_(None), Letter.failed_at.is_(None))
    free = Letter.claimed_until.is_(None) | (Letter.claimed_until < at)
    session.execute(delete(Letter).where(*own, *waiting, free, Letter.planned))


def stop(session: Session, round_: Round, *, at: datetime) -> int:
    """Drop the reminders that are planned and not sent; gives how many letters."""
    round_.reminders = None
    waiting = Letter.planned | (Letter.due_at > at)
    planned = (Letter.round == round_.number, Letter.kind.in_(REMINDERS), waiting)
    return outbox.drop(session, round_.study_id, *planned, at=at)


def queue_extension(session: Session, round_: Round, to: Audience, *, at: datetime) -> int:
    """Queue the news of a later deadline; how many letters that are."""
    panel = members(session, round_, to)
    turn = f"{round_.closes_at:%Y%m%d%H%M}"
    outbox.queue(session, LetterKind.EXTENSION, round_.study_id, round_.number, panel, at=at, turn=turn)
    return len(panel)


def queue_early_close(session: Session, round_: Round, *, at: datetime) -> None:
    """Queue the news that a round was closed before its deadline, for whoever had not submitted."""
    panel = members(session, round_, Audience.NOT_SUBMITTED)
    outbox.queue(session, LetterKind.CLOSING_EARLY, round_.study_id, round_.number, panel, at=at)
