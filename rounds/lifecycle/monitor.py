"""The live monitor of a round: how many take part and where people stop; never who answered what, never a small number."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from delphi import progress
from delphi.consensus.disclosure.people_counts import Counted, in_steps, shown_classes, visible_rows
from delphi.database import locked
from delphi.model.letter import REMINDERS, Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round
from delphi.model.study import StakeholderGroup, Study, Turnout
from delphi.statements.questionnaire import asked
from delphi.worker import Loop
from rounds.questionnaire.paging import pages

CLASSES = ("declined", "not_started", "unfinished", "submitted")


@dataclass(frozen=True, slots=True)
class Post:
    """What became of the invitations, and on which days reminders are planned."""

    sent: int
    waiting: int
    failed: int
    planned: tuple[tuple[datetime, LetterKind], ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many will have submitted by the deadline if it goes on as in the days so far."""

    submitted: int
    a_day: float
    days_left: int


@dataclass(frozen=True)
class Monitor:
    """Counts of people of one round, as they may be shown."""

    invited: int
    classes: Mapping[str, Counted]
    started: Counted
    groups: Mapping[str, Mapping[str, int] | None]
    group_sizes: Mapping[str, int]
    targets: Mapping[str, int | None]
    stops: Mapping[int, int]
    days: Sequence[tuple[date, int]]
    forecast: Forecast | None
    post: Post


def monitor(session: Session, study: Study, round_: Round, *, at: datetime) -> Monitor:
    """Count who takes part in a round; where the server keeps turnout, who had finished by yesterday."""
    people, k = _people(session, study, round_, on=at.date()), study.smallest_cell
    targets, invited = _targets(session, study), sum(some.n for some in people)
    table = _by_group(people, targets)
    sizes = {stage: sum(row[stage] for row in table.values()) for stage in CLASSES}
    classes = shown_classes(sizes, k)
    return Monitor(
        invited=invited,
        classes=classes,
        started=_started(sizes, k),
        groups=_shown_groups(table, k),
        group_sizes={group: sum(row.values()) for group, row in table.items()},
        targets=targets,
        stops={int(page): n for page, n in (round_.stops or {}).get("pages", {}).items()},
        days=_days(people, k) if classes["submitted"].n is not None else [],
        forecast=_forecast(classes["submitted"].n, round_, invited, at),
        post=_post(session, round_, at=at),
    )


@dataclass(frozen=True, slots=True)
class _People:
    """How many people of a group are as far as each other."""

    group: str
    stage: str
    submitted_on: date | None
    n: int


def _people(session: Session, study: Study, round_: Round, *, on: date) -> list[_People]:
    """Count the invited by group, stage and day, in the database: a round may have thousands."""
    left = or_(Panelist.declined_on.is_not(None), Panelist.withdrawn_on.is_not(None)).label("left")
    begun = progress.has_begun().label("begun")
    by = (Panelist.stakeholder_group, Participation.submitted_on, left, begun)
    rows = session.execute(
        select(*by, func.count())
        .select_from(Participation)
        .join(Panelist, (Panelist.study_id == Participation.study_id) & (Panelist.id == Participation.panelist))
        .where(Participation.study_id == study.id, Participation.round == round_.number)
        .group_by(Panelist.stakeholder_group, Participation.submitted_on, "left", "begun")
    )
    people = [
        _People(group or "", _stage(on_day, left=gone, started=started), on_day, n)
        for group, on_day, gone, started, n in rows
    ]
    if study.turnout is Turnout.SHOWN:
        return people
    return [_as_of_yesterday(some, on) for some in people]


def _as_of_yesterday(person: _People, today: date) -> _People:
    """What a lead who may not know who has finished reads of a person: nothing of today, and not who has begun."""
    known = person.submitted_on if person.submitted_on and person.submitted_on < today else None
    stage = person.stage if person.stage == "declined" or known else "not_started"
    return replace(person, stage=stage, submitted_on=known)


def _stage(submitted: date | None, *, left: bool, started: bool) -> str:
    if left:
        return "declined"
    if submitted is not None:
        return "submitted"
    return "unfinished" if started else "not_started"


def _by_group(people: Sequence[_People], groups: Iterable[str]) -> dict[str, Counter[str]]:
    table: dict[str, Counter[str]] = {group: Counter() for group in groups}
    for some in people:
        table.setdefault(some.group, Counter())[some.stage] += some.n
    return table


def _shown_groups(table: Mapping[str, Counter[str]], k: int) -> dict[str, Mapping[str, int] | None]:
    """The classes of each group, None for a group whose numbers would tell of too few; nothing for a single group."""
    if len(table) < 2:
        return {}
    shown = visible_rows({group: [row[stage] for stage in CLASSES] for group, row in table.items()}, k)
    return {group: dict(row) if group in shown else None for group, row in table.items()}


def _targets(session: Session, study: Study) -> dict[str, int | None]:
    """The groups in order, each with the number of people that was planned."""
    groups = select(StakeholderGroup).filter_by(study_id=study.id).order_by(StakeholderGroup.position)
    return {group.key: group.target for group in session.scalars(groups)}


def _started(sizes: Mapping[str, int], k: int) -> Counted:
    """Show those who have begun, finished or not, beside those who have not."""
    begun = sizes["unfinished"] + sizes["submitted"]
    return shown_classes({"begun": begun, "rest": sizes["declined"] + sizes["not_started"]}, k)["begun"]


def _days(people: Sequence[_People], k: int) -> list[tuple[date, int]]:
    """The running total of those who submitted by day, in steps of at least the smallest cell."""
    counted: Counter[str] = Counter()
    for some in people:
        if some.submitted_on:
            counted[some.submitted_on.isoformat()] += some.n
    return [(date.fromisoformat(day), n) for day, n in in_steps(sorted(counted.items()), k)]


def count_stops(session: Session, study: Study, round_: Round, *, on: date) -> None:
    """Keep, by page, where those who are unfinished gave their last answer: once a day, in steps of the smallest cell."""
    people, k = _people(session, study, round_, on=on), study.smallest_cell
    sizes: Counter[str] = Counter()
    for some in people:
        sizes[some.stage] += some.n
    told = shown_classes({stage: sizes[stage] for stage in CLASSES}, k)["unfinished"]
    places = progress.last_places(session, study.id, round_.number, _unfinished(session, round_)) if told.n else []
    sections = [row.section for row in asked(session, study.id, round_.number).values()]
    page_of = {place: page for page, cut in enumerate(pages(sections), 1) for place in cut}
    counted = Counter(page_of[place - 1] for place in places)
    steps = {str(page): n // k * k for page, n in sorted(counted.items()) if n >= k}
    round_.stops = {"on": on.isoformat(), "pages": steps}


def _unfinished(session: Session, round_: Round) -> list[UUID]:
    """Who has begun and not finished: only to count where they stopped."""
    here = (
        select(Participation.panelist)
        .join(Panelist, (Panelist.study_id == Participation.study_id) & (Panelist.id == Participation.panelist))
        .where(Participation.study_id == round_.study_id, Participation.round == round_.number)
        .where(Participation.submitted_on.is_(None), Panelist.declined_on.is_(None), Panelist.withdrawn_on.is_(None))
    )
    return list(session.scalars(here.where(progress.has_begun())))


class StopsOfTheDay(Loop):
    """Counts once a day where people stop, in every open round."""

    title = "monitor"
    pause = 600.0

    def work(self, *, at: datetime) -> bool:
        """Count the rounds whose numbers are of an earlier day."""
        with self.database.transaction(writing=False) as session:
            running = select(Round).where(Round.opened_at.is_not(None), Round.closed_at.is_(None))
            today = at.date()
            waiting = [
                (round_.study_id, round_.number)
                for round_ in session.scalars(running)
                if (round_.stops or {}).get("on") != today.isoformat()
            ]
        for key in waiting:
            with self.database.transaction() as session:
                round_ = locked(session, Round, key)
                if round_ is not None and round_.closed_at is None:
                    count_stops(session, session.get_one(Study, round_.study_id), round_, on=today)
        return False


def _forecast(submitted: int | None, round_: Round, invited: int, at: datetime) -> Forecast | None:
    """Go on at the pace of the days so far; nothing is said before a whole day has passed."""
    if submitted is None or round_.opened_at is None or round_.closes_at is None or at >= round_.closes_at:
        return None
    passed, left = (at - round_.opened_at).days, (round_.closes_at - at).days
    if passed < 1:
        return None
    return Forecast(min(invited, submitted + submitted * left // passed), submitted / passed, left)


def _post(session: Session, round_: Round, *, at: datetime) -> Post:
    own = {"study_id": round_.study_id, "round": round_.number}
    waiting = Letter.unsent
    sent, failed, left = session.execute(
        select(func.count(Letter.sent_at), func.count(Letter.failed_at), func.count().filter(waiting)).filter_by(
            **own, kind=LetterKind.INVITATION
        )
    ).one()
    planned = (
        select(Letter.due_at, Letter.kind)
        .filter_by(**own)
        .where(Letter.kind.in_(REMINDERS), Letter.due_at > at, waiting)
        .distinct()
        .order_by(Letter.due_at)
    )
    return Post(sent, left, failed, tuple((due, kind) for due, kind in session.execute(planned)))
