"""Where a study stands for its panel: which step it is, which round is meant, and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from delphi.letters import calendar
from delphi.letters.calendar import CalendarEntry, Spoken
from delphi.model.panel import Panelist
from delphi.model.round import Progress, Round, State, progress_of
from delphi.model.study import Study


class Step(StrEnum):
    """What the panel finds when it opens the study."""

    NOT_YET = "not_yet"  # no round has opened
    OPEN = "open"  # a round takes answers
    READING = "reading"  # a round is over, the team reads
    BETWEEN = "between"  # its results are released, another round follows
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Stage:
    """The step with the round it is about, and all rounds in order."""

    step: Step
    round: Round | None
    upcoming: Round | None
    rounds: tuple[Round, ...]

    @property
    def is_open(self) -> bool:
        """Whether answers are taken now."""
        return self.step is Step.OPEN


def stage_of(session: Session, study: Study, *, at: datetime) -> Stage:
    """Say where a study stands."""
    progress = progress_of(session, study)
    return Stage(_step(progress, at), progress.latest, progress.upcoming, tuple(progress.rounds))


def _step(progress: Progress, at: datetime) -> Step:
    latest = progress.latest
    if latest is None:
        return Step.NOT_YET
    if latest.accepts(at=at):
        return Step.OPEN
    if latest.number == 0 and latest.closed_at:
        return Step.BETWEEN
    if latest.state is not State.RELEASED:
        return Step.READING
    return Step.FINISHED if progress.is_over else Step.BETWEEN


def may_come_back(stage: Stage, who: Panelist) -> bool:
    """Whether who declined may still change their mind: until the round that was open, or the first one, is over."""
    return who.declined_on is not None and stage.step in (Step.NOT_YET, Step.OPEN)


def dates_of(study: Study, stage: Stage, host: str, spoken: Spoken | None = None) -> list[CalendarEntry]:
    """List the dates of a study for a calendar: the close of the open round, or the day the next one is to open."""
    if stage.is_open and stage.round:
        return [calendar.closing(study, stage.round, host, spoken)]
    if stage.upcoming and stage.upcoming.opens_on:
        return [calendar.opening(study, stage.upcoming, host, spoken)]
    return []


def calendar_of(study: Study, stage: Stage, host: str, *, at: datetime, spoken: Spoken | None = None) -> str:
    """Write the dates of a study as a calendar file, in the language of its reader."""
    return calendar.write(dates_of(study, stage, host, spoken), at=at)
