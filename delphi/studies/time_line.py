"""A study from its start to its report: each step with its days, done, now or still to come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from delphi.model.round import Progress, Round, State
from delphi.model.study import Study
from delphi.web.language import gettext as _
from delphi.web.language import short_day, span

DONE, NOW, LATER = "done", "now", "later"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, how far it is, and its days."""

    name: str
    state: str
    days: str = ""


def time_line(progress: Progress, *, at: datetime, answered: Mapping[int, str]) -> list[Step]:
    """The steps of a study in order; ``answered`` says, by round, how many took part where that may be told."""
    study, rounds = progress.study, progress.rounds
    return [_prepared(study, progress), *_rounds(progress, at, answered), _report(study, rounds)]


def _day(study: Study, moment: datetime) -> str:
    return short_day(moment.astimezone(ZoneInfo(study.time_zone)).date())


def _prepared(study: Study, progress: Progress) -> Step:
    launched = progress.latest is not None
    days = _("locked %(day)s") % {"day": _day(study, study.protocol_locked_at)} if study.protocol_locked_at else ""
    return Step(_("Prepared") if launched else _("Preparation"), DONE if launched else NOW, days)


def _rounds(progress: Progress, at: datetime, answered: Mapping[int, str]) -> Iterator[Step]:
    study, known = progress.study, {round_.number: round_ for round_ in progress.rounds}
    for number in sorted({*known, *range(1, study.maximum_rounds + 1)}):
        round_ = known.get(number)
        if round_ is None or round_.opened_at is None:
            yield _to_come(progress, number, round_)
        elif round_.state is State.OPEN:
            yield Step(_("Round %(number)s, open") % {"number": number}, NOW, _open_days(study, round_, at))
        else:
            here = round_ is progress.current and not study.finished_at and not progress.is_over
            days = _over(study, round_, answered)
            yield Step(_("Round %(number)s") % {"number": number}, NOW if here else DONE, days)


def _to_come(progress: Progress, number: int, draft: Round | None) -> Step:
    name = _("Round %(number)s") % {"number": number}
    if progress.study.finished_at:
        return Step(name, LATER, _("not held"))
    if draft is None or progress.latest is None:
        return Step(name, LATER, _planned(draft.opens_on) if draft and draft.opens_on else "")
    return Step(name, NOW if draft is progress.current else LATER, _planned(draft.opens_on))


def _planned(on: date | None) -> str:
    return _("planned %(day)s") % {"day": short_day(on)} if on else _("in preparation")


def _open_days(study: Study, round_: Round, at: datetime) -> str:
    if round_.opened_at is None or round_.closes_at is None:
        return ""
    zone = ZoneInfo(study.time_zone)
    first, last, today = (moment.astimezone(zone).date() for moment in (round_.opened_at, round_.closes_at, at))
    facts = {"day": (min(today, last) - first).days + 1, "days": (last - first).days + 1}
    return f"{span(first, last)} · " + _("day %(day)s of %(days)s") % facts


def _over(study: Study, round_: Round, answered: Mapping[int, str]) -> str:
    if round_.opened_at is None or round_.closed_at is None:
        return ""
    zone = ZoneInfo(study.time_zone)
    days = span(round_.opened_at.astimezone(zone).date(), round_.closed_at.astimezone(zone).date())
    return f"{days} · {answered[round_.number]}" if round_.number in answered else days


def _report(study: Study, rounds: Sequence[Round]) -> Step:
    if study.finished_at:
        return Step(_("Report"), NOW, _("finished %(day)s") % {"day": _day(study, study.finished_at)})
    over = rounds and rounds[-1].state is State.RELEASED and rounds[-1].number >= study.maximum_rounds
    return Step(_("Report"), NOW if over else LATER)
