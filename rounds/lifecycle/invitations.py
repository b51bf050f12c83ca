"""Inviting and reminding panelists, by pseudonym: names are not known here."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from delphi import progress
from delphi.letters import outbox, reminders
from delphi.model.letter import REMINDERS, Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round

AT_HOUR = time(9)
# Late starting is what delays a round (Veugelers 2020): the first reminders go to those who have not started.
DAYS_AFTER_OPENING, DAYS_BEFORE_CLOSE = (4, 8), (3, 1)


class Audience(StrEnum):
    """Who gets a letter of a running round."""

    NOT_STARTED = "not_started"
    UNFINISHED = "unfinished"
    NOT_SUBMITTED = "not_submitted"
    ALL = "all"


KINDS = {
    Audience.NOT_STARTED: LetterKind.NOT_STARTED,
    Audience.UNFINISHED: LetterKind.UNFINISHED,
    Audience.NOT_SUBMITTED: LetterKind.REMINDER,
}
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
    """Queue the planned reminders of a round; who still needs one is decided when each is sent. Returns how many days."""
    panel = members(session, round_, Audience.ALL)
    days = list(planned_days(round_, zone, at=at))
    for kind, moment in days:
        turn = f"plan-{moment:%Y%m%d}"
        outbox.queue(session, kind, round_.study_id, round_.number, panel, at=moment, turn=turn)
    return len(days)


def planned_days(round_: Round, zone: str, *, at: datetime) -> Iterator[tuple[LetterKind, datetime]]:
    """The days of the plan at nine in the morning: late enough after the opening, early enough before the end."""
    assert round_.opened_at is not None
    assert round_.closes_at is not None
    opening, closing = (moment.astimezone(ZoneInfo(zone)).date() for moment in (round_.opened_at, round_.closes_at))
    wanted = [(LetterKind.NOT_STARTED, opening + timedelta(days=n)) for n in DAYS_AFTER_OPENING]
    wanted += [(LetterKind.UNFINISHED, closing - timedelta(days=n)) for n in DAYS_BEFORE_CLOSE]
    for kind, day in wanted:
        moment = _morning(day, zone)
        if at + reminders.APART <= moment < round_.closes_at:
            yield kind, moment


def _morning(day: date, zone: str) -> datetime:
    return datetime.combine(day, AT_HOUR, ZoneInfo(zone)).astimezone(UTC)


def stop(session: Session, round_: Round, *, at: datetime) -> int:
    """Drop the reminders that are planned and not sent; gives how many letters."""
    planned = (Letter.round == round_.number, Letter.kind.in_(REMINDERS), Letter.due_at > at)
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
