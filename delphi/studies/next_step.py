"""Where a study stands, in words: the state of a round, of a study in a list, and the next step of who leads it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from delphi.errors import Issue
from delphi.model.round import Progress, Round, State
from delphi.model.study import Study
from delphi.web.language import gettext as _
from delphi.web.language import ngettext, told, when


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides on the next step beside the rounds: what is missing, and what waits for the team."""

    issues: Sequence[Issue] = ()
    undecided_comments: int = 0
    is_counted: bool = True
    letters_refused: int = 0
    addresses_bounced: int = 0
    accepts: bool = True


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a lead does next, the button that leads there, and what comes after it."""

    words: str
    button: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    after: str = ""


def next_step(progress: Progress, now: Situation) -> NextStep:
    """Choose what comes next in a study."""
    study, last = progress.study, progress.current
    if study.finished_at:
        words = _("The study is finished. Take what the paper needs, and the bundle for others to check.")
        return NextStep(words, _("To the files"), "files.index")
    of_state: dict[State, Callable[[Study, Round, Situation], NextStep]] = {
        State.DRAFT: _before_launch,
        State.OPEN: _while_open,
        State.CLOSED: _before_release,
        State.RELEASED: _after_release,
    }
    return of_state[last.state](study, last, now)


def _to(round_: Round) -> dict[str, Any]:
    return {"number": round_.number}


def _before_launch(_study: Study, draft: Round, now: Situation) -> NextStep:
    name = {"number": draft.number}
    missing = [issue for issue in now.issues if issue.blocks]
    if not missing:
        words = _("Everything is there. Round %(number)s can be launched.") % name
        return NextStep(words, _("To the launch of round %(number)s") % name, "round.show", _to(draft))
    after = ngettext(
        "%(num)s thing is missing before round %(number)s.",
        "%(num)s things are missing before round %(number)s.",
        len(missing),
    ) % {"num": len(missing), **name}
    first = missing[0]
    if first.where:
        return NextStep(told(first), _button(first.where), first.where, after=after)
    return NextStep(told(first), _("Prepare round %(number)s") % name, "round.show", _to(draft), after)


def _button(page: str) -> str:
    """Say what is done on the page on which something missing is mended."""
    words = {
        "anonymity.show": _("Choose the level of anonymity"),
        "protocol.show": _("Read the protocol and lock it"),
        "roster.index": _("To the panel"),
        "setup.texts": _("Write information and contact"),
        "statements.index": _("Write or import statements"),
    }
    return words.get(page, _("Go there"))


def _while_open(study: Study, round_: Round, now: Situation) -> NextStep:
    values = _values(study, round_)
    button = _("See how round %(number)s runs") % values
    if not now.accepts:
        words = _("The deadline of round %(number)s has passed. Close the round, or move its deadline.") % values
        return NextStep(words, _("To round %(number)s") % values, "round.show", _to(round_))
    if now.letters_refused:
        words = ngettext(
            "%(num)s letter was refused by the mail server. Correct the address, and send it again.",
            "%(num)s letters were refused by the mail server. Correct the addresses, and send them again.",
            now.letters_refused,
        ) % {"num": now.letters_refused}
        return NextStep(words, _("To the panel"), "roster.index")
    if now.addresses_bounced:
        words = ngettext(
            "Mail to %(num)s person comes back. Correct the address, and send the letter again.",
            "Mail to %(num)s people comes back. Correct their addresses, and send the letters again.",
            now.addresses_bounced,
        ) % {"num": now.addresses_bounced}
        return NextStep(words, _("Correct addresses"), "returned_mail.show")
    words = _("Nothing waits for you. Round %(number)s takes answers until %(when)s.") % values
    return NextStep(words, button, "round.show", _to(round_), _("After this: close it, and read the comments."))


def _before_release(_study: Study, round_: Round, now: Situation) -> NextStep:
    name = {"number": round_.number}
    if not now.is_counted:
        words = _("Round %(number)s is being counted. This takes seconds, in a large study minutes.") % name
        return NextStep(words, _("Look again"), "overview.show")
    after = _("After this: release the results of round %(number)s to the panel.") % name
    if now.undecided_comments:
        words = ngettext(
            "%(num)s comment of round %(number)s waits for your decision before the panel sees it.",
            "%(num)s comments of round %(number)s wait for your decision before the panel sees them.",
            now.undecided_comments,
        ) % {"num": now.undecided_comments, **name}
        return NextStep(words, _("Read the comments"), "moderation.show", _to(round_), after)
    words = _("Round %(number)s is closed and counted. Look at its results, and release them to the panel.") % name
    return NextStep(words, _("To the results of round %(number)s") % name, "round.show", _to(round_))


def _after_release(study: Study, round_: Round, _now: Situation) -> NextStep:
    name = {"number": round_.number, "next": round_.number + 1}
    if round_.number < study.maximum_rounds:
        words = _("The results of round %(number)s are out. Prepare round %(next)s, or finish the study.") % name
        return NextStep(words, _("Prepare what follows round %(number)s") % name, "round.show", _to(round_))
    words = _("The results of round %(number)s, the last one of the protocol, are out. Finish the study.") % name
    return NextStep(words, _("Finish the study"), "finishing.show", after=_("After this: the files for the paper."))


def headline(progress: Progress, *, at: datetime) -> str:
    """Say in one line where a study stands."""
    study, last = progress.study, progress.current
    if study.finished_at:
        return _("The study is finished")
    name = {"number": last.number}
    if last.state is State.OPEN:
        return _while_it_runs(last, at)
    if not progress.phase and progress.latest is None:
        return _("The study is being prepared")
    words = {
        State.DRAFT: _("Round %(number)s is being prepared"),
        State.CLOSED: _("Round %(number)s is closed, its results are not out"),
        State.RELEASED: _("The results of round %(number)s are out"),
    }
    return words[last.state] % name


def _while_it_runs(round_: Round, at: datetime) -> str:
    name = {"number": round_.number}
    if not round_.accepts(at=at):
        return _("Round %(number)s is past its deadline") % name
    days = (round_.closes_at - at).days if round_.closes_at else 0
    if not days:
        return _("Round %(number)s is open, less than a day is left") % name
    return ngettext(
        "Round %(number)s is open, %(num)s day left", "Round %(number)s is open, %(num)s days left", days
    ) % {"num": days, **name}


def of_study(study: Study, newest: Round | None) -> str:
    """Say in a list of studies where one stands."""
    if study.deletion_due_at:
        return _("will be deleted on %(when)s") % {"when": when(study.deletion_due_at, study.time_zone)}
    if newest is None or (newest.state is State.DRAFT and newest.number == 1):
        return _("in preparation")
    words = {
        State.DRAFT: _("round %(number)s is being prepared"),
        State.OPEN: _("round %(number)s is open until %(when)s"),
        State.CLOSED: _("round %(number)s is closed, not released"),
        State.RELEASED: _("round %(number)s is released"),
    }
    return words[newest.state] % _values(study, newest)


def _values(study: Study, round_: Round) -> dict[str, object]:
    """Fill what the words ask for: the number of the round, and the moment that its state tells of."""
    moments = {State.OPEN: round_.closes_at, State.CLOSED: round_.closed_at, State.RELEASED: round_.released_at}
    moment = moments.get(round_.state)
    return {"number": round_.number, "when": when(moment, study.time_zone) if moment else ""}
