"""The plan of a round's reminders: on which day, at which hour, to whom. Moments follow from the round as it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from delphi.letters import reminders
from delphi.model.letter import LetterKind
from delphi.model.round import Round

FIRST_ZONE = timezone(timedelta(hours=14))  # where a day begins
MOST, MOST_DAYS, AT_HOUR = 8, 120, 9


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


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """A day, counted from the opening or back from the close; without groups it goes to all of them."""

    days: int
    after_opening: bool
    to: Audience
    hour: int = AT_HOUR
    groups: tuple[str, ...] = ()

    @property
    def stored(self) -> dict[str, Any]:
        """Write it as the round keeps it."""
        return {
            "days": self.days,
            "after_opening": self.after_opening,
            "to": self.to.value,
            "hour": self.hour,
            "groups": [*self.groups],
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Read what a round keeps."""
        return cls(**{**stored, "to": Audience(stored["to"]), "groups": tuple(stored["groups"])})


@dataclass(frozen=True, slots=True)
class Moment:
    """When a planned reminder is due in the study's zone, and when the first of the panel may get it in theirs."""

    reminder: PlannedReminder
    due_at: datetime
    earliest: datetime


# Late starting is what delays a round (Veugelers 2020): the first reminders go to those who have not started.
USUAL = (
    *(PlannedReminder(days, after_opening=True, to=Audience.NOT_STARTED) for days in (4, 8)),
    *(PlannedReminder(days, after_opening=False, to=Audience.UNFINISHED) for days in (3, 1)),
)


def plan_of(round_: Round) -> list[PlannedReminder]:
    """The plan of a round; the usual one where it has none of its own."""
    if round_.reminders is None:
        return [*USUAL]
    return [PlannedReminder.read(one) for one in round_.reminders]


def keep(round_: Round, plan: Sequence[PlannedReminder]) -> None:
    """Keep the plan of a round."""
    round_.reminders = [one.stored for one in plan]


def moments(round_: Round, zone: str, *, at: datetime) -> Iterator[Moment]:
    """The moments of the plan that are left: late enough after now, early enough before the end."""
    assert round_.opened_at is not None
    assert round_.closes_at is not None
    opening, closing = (moment.astimezone(ZoneInfo(zone)).date() for moment in (round_.opened_at, round_.closes_at))
    for one in plan_of(round_):
        day = opening + timedelta(days=one.days) if one.after_opening else closing - timedelta(days=one.days)
        moment = _at_hour(day, one.hour, ZoneInfo(zone))
        if at + reminders.APART <= moment < round_.closes_at:
            yield Moment(one, moment, _at_hour(day, one.hour, FIRST_ZONE))


def _at_hour(day: date, hour: int, zone: ZoneInfo | timezone) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
