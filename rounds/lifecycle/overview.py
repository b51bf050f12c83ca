"""What a study under way adds to its overview: who has answered, what waits for the team, and what the next launch lacks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.access import Capability
from delphi.consensus.disclosure.people_counts import Counted, shown_classes
from delphi.model.round import Participation, Progress, Round, State
from delphi.model.study import Study
from delphi.studies.next_step import Situation
from rounds.lifecycle import readiness
from rounds.lifecycle.monitor import Monitor, monitor
from rounds.moderation import rulings
from rounds.results.rows import is_sealed


@dataclass(frozen=True, slots=True)
class Response:
    """How far a group is, in people, and as lengths on one axis for all groups, in per cent."""

    group: str
    people: int
    target: int | None
    finished: int | None = None
    began: int = 0
    waiting: int = 0
    unit: float = 0.0

    @property
    def lacks(self) -> int:
        """How many are missing to the target."""
        return max(0, (self.target or 0) - (self.finished or 0)) if self.finished is not None else 0

    def length(self, people: int) -> float:
        """So many people on the axis."""
        return round(people * self.unit, 1)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What is known of a study that runs, as far as its reader may see it."""

    situation: Situation
    seen: Monitor | None = None
    groups: Sequence[Response] = ()
    answered: Mapping[int, tuple[int, Counted]] = field(default_factory=dict)


def under_way(session: Session, progress: Progress, may: Collection[str], *, at: datetime) -> UnderWay:
    """Collect it: the monitor for who looks after the panel, what waits for who leads, and the turnout of rounds that are over."""
    study, current = progress.study, progress.current
    seen = None
    if current.state is State.OPEN and Capability.DESK in may:
        seen = monitor(session, study, current, at=at)
    return UnderWay(
        _situation(session, progress, seen, leads=Capability.LEAD in may, at=at),
        seen,
        list(responses(seen)) if seen else (),
        _answered(session, study, [r for r in progress.rounds if _is_told(r, may)]),
    )


def _is_told(round_: Round, may: Collection[str]) -> bool:
    return round_.number > 0 and bool(round_.released_at or (round_.closed_at and Capability.LEAD in may))


def _situation(session: Session, progress: Progress, seen: Monitor | None, *, leads: bool, at: datetime) -> Situation:
    study, current = progress.study, progress.current
    if current.state is State.OPEN:
        return Situation(letters_refused=seen.post.failed if seen else 0, accepts=current.accepts(at=at))
    if not leads or study.finished_at or not progress.phase:
        return Situation()
    draft, issues = progress.upcoming, []
    if draft is not None:
        issues = list(readiness.issues_before_launch(session, study, draft))
    if current.state is not State.CLOSED:
        return Situation(issues)
    return Situation(issues, rulings.waiting(session, current), is_sealed(session, current))


def responses(seen: Monitor) -> Iterator[Response]:
    """How far each group is; one whose numbers would tell of too few has none."""
    rows = seen.groups or {"": _whole(seen)}
    sizes = seen.group_sizes if seen.groups else {"": seen.invited}
    most = max((*sizes.values(), *(target or 0 for target in seen.targets.values()), 1))
    for group, row in rows.items():
        alone = Response(group, sizes.get(group, 0), seen.targets.get(group), unit=100 / most)
        if row is None:
            yield alone
        else:
            finished, began, waiting = (row.get(stage, 0) for stage in ("submitted", "unfinished", "not_started"))
            yield replace(alone, finished=finished, began=began, waiting=waiting)


def _whole(seen: Monitor) -> Mapping[str, int] | None:
    """The classes of a panel without groups, if each of them may be told."""
    told = {stage: counted.n for stage, counted in seen.classes.items() if counted.n is not None}
    return told if len(told) == len(seen.classes) else None


def _answered(session: Session, study: Study, over: Sequence[Round]) -> dict[int, tuple[int, Counted]]:
    """How many were invited to rounds that are over, and how many of them count; no number tells of too few."""
    if not over:
        return {}
    rows = session.execute(
        select(Participation.round, func.count(), func.count().filter(Participation.counted.is_(True)))
        .where(Participation.study_id == study.id, Participation.round.in_([round_.number for round_ in over]))
        .group_by(Participation.round)
    )
    k = study.smallest_cell
    return {
        number: (invited, shown_classes({"answered": n, "not": invited - n}, k)["answered"])
        for number, invited, n in rows
        if n
    }
