"""What is missing before a round is launched: button, hint and guard share this list."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from delphi.errors import Issue
from delphi.model.round import Round, State, find_round
from delphi.model.study import Study
from delphi.statements.questionnaire import versions_asked
from delphi.studies import contents, readiness
from rounds.lifecycle import headcount
from rounds.revision import decisions
from rounds.seal import chain


def issues_before_launch(session: Session, study: Study, round_: Round) -> Iterator[Issue]:
    """What is missing before a round can be launched; whoever asks only whether stops at the first."""
    if study.protocol_locked_at is None:
        yield readiness.PROTOCOL_OPEN
    if round_.number > 0 and not versions_asked(session, study.id, round_.number):
        yield readiness.NO_STATEMENTS
    if not headcount.headcount(session, study, round_).panel:
        yield readiness.NO_PANEL
    yield from _out_of_turn(session, study, round_)
    if undecided := decisions.undecided(session, study.id, round_.number):
        yield Issue(
            "undecided",
            "%(n)s statements of round %(number)s are undecided. Decide on each at this desk.",
            values={"n": len(undecided), "number": round_.number - 1},
        )
    if study.finished_at is not None:
        yield Issue("finished", "The study is finished, so no further round is launched.")
    if round_.state is not State.DRAFT:
        yield Issue("launched_already", "Round %(number)s was launched already.", values={"number": round_.number})
    if round_.number == 1:
        yield from readiness.preparation(session, study)
    yield from contents.missing(session, study, round_.number)


def _out_of_turn(session: Session, study: Study, round_: Round) -> Iterator[Issue]:
    """What the protocol and the round before say against it."""
    before = find_round(session, study.id, round_.number - 1)
    if round_.number > study.maximum_rounds:
        yield Issue(
            "too_many_rounds",
            "The protocol plans %(rounds)s rounds. A further one needs an amendment.",
            values={"rounds": study.maximum_rounds},
        )
    if before is not None and before.state is State.CLOSED and chain.seal_of(session, study.id, before.number) is None:
        yield Issue(
            "being_counted",
            "Round %(number)s is being counted. This takes seconds; look again.",
            values={"number": before.number},
        )
    if round_.number > 1 and (before is None or before.state is not State.RELEASED):
        yield Issue(
            "feedback_missing",
            "Round %(number)s is not released, so its feedback cannot be shown.",
            values={"number": round_.number - 1},
        )
    if round_.number == 1 and before is not None and before.closed_at is None:
        yield Issue(
            "open_round", "The open round is not over. Hold and close it, or switch it off while it is a draft."
        )
