"""What is missing before a round is launched: button, hint and guard share this list."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.errors import Issue
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.study import Study
from delphi.studies import readiness
from rounds.lifecycle import invitations
from rounds.revision import decisions


def issues_before_launch(session: Session, study: Study, round_: Round) -> list[Issue]:
    """List what is missing before a round can be launched; page, button and guard share this list."""
    checks = [
        (
            study.protocol_locked_at is None,
            Issue(
                "protocol_open", "The protocol is not locked. Lock it, so that the rule stands before the first answer."
            ),
        ),
        (
            round_.number > 0 and not _count(session, QuestionnaireItem, round_),
            Issue("no_statements", "The questionnaire has no statement. Import or add statements."),
        ),
        (
            not invitations.invited_next(session, study.id),
            Issue("no_panel", "The panel is empty. Import the panelists."),
        ),
        (
            round_.number > study.maximum_rounds,
            Issue(
                "too_many_rounds",
                "The protocol plans %(rounds)s rounds. A further one needs an amendment.",
                values={"rounds": study.maximum_rounds},
            ),
        ),
        (
            round_.number > 1 and not _released(session, study, round_.number - 1),
            Issue(
                "feedback_missing",
                "Round %(number)s is not released, so its feedback cannot be shown.",
                values={"number": round_.number - 1},
            ),
        ),
        (
            round_.number == 1 and _open_round_waits(session, study),
            Issue("open_round", "The open round is not over. Hold and close it, or switch it off while it is a draft."),
        ),
        (
            bool(open_rows := decisions.undecided(session, study.id, round_.number)),
            Issue(
                "undecided",
                "%(n)s statements of round %(number)s are undecided. Decide on each at this desk.",
                values={"n": len(open_rows), "number": round_.number - 1},
            ),
        ),
        (
            study.finished_at is not None,
            Issue("finished", "The study is finished, so no further round is launched."),
        ),
        (
            round_.state is not State.DRAFT,
            Issue("launched_already", "Round %(number)s was launched already.", values={"number": round_.number}),
        ),
    ]
    found = [issue for missing, issue in checks if missing]
    set_up = readiness.blocking(session, study) if round_.number == 1 else []
    return found + [issue for issue in set_up if issue.code not in {one.code for one in found}]


def _count(session: Session, table: type[QuestionnaireItem], round_: Round) -> int:
    return (
        session.scalar(select(func.count()).select_from(table).filter_by(study_id=round_.study_id, round=round_.number))
        or 0
    )


def _open_round_waits(session: Session, study: Study) -> bool:
    open_round = session.get(Round, (study.id, 0))
    return open_round is not None and open_round.closed_at is None


def _released(session: Session, study: Study, number: int) -> bool:
    before = session.get(Round, (study.id, number))
    return before is not None and before.state is State.RELEASED
