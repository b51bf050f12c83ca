"""Where a study stands, in words: the state of a round, of a study in a list, and the next step of who leads it."""

from collections.abc import Sequence
from typing import NamedTuple

from delphi.model.round import Round, State
from delphi.model.study import Study
from delphi.web.language import gettext as _
from delphi.web.language import when


class NextStep(NamedTuple):
    """What a lead does next, and the number of the round at whose desk it is done."""

    round: int
    words: str


def next_step(study: Study, rounds: Sequence[Round]) -> NextStep:
    """Choose what comes next in a study whose newest round is the last of these."""
    last = rounds[-1]
    if study.finished_at:
        return NextStep(last.number, _("the study is finished; read and write out its results"))
    words = {
        State.DRAFT: _("decide on the statements of round %(number)s and launch it"),
        State.OPEN: _("round %(number)s is open until %(when)s; see how it runs"),
        State.CLOSED: _("read the comments of round %(number)s, release its results and prepare what follows"),
        State.RELEASED: _("round %(number)s is released; prepare the next one or finish the study"),
    }
    return NextStep(last.number, words[last.state] % _values(study, last))


def of_round(study: Study, round_: Round) -> str:
    """Say the state of a round, with its time."""
    words = {
        State.DRAFT: _("in preparation"),
        State.OPEN: _("open until %(when)s"),
        State.CLOSED: _("closed on %(when)s, not released"),
        State.RELEASED: _("released on %(when)s"),
    }
    return words[round_.state] % _values(study, round_)


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
