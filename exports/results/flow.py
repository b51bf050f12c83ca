"""How statements and participants went through the rounds, as counts for the two flow diagrams."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.consensus.vocabulary import Change, Decided
from delphi.model.rating import Rating
from delphi.model.round import Participation, QuestionnaireItem, Round
from delphi.model.study import Study
from rounds.results import rows
from rounds.revision.decisions import decisions_of, edges_into


@dataclass(frozen=True, slots=True)
class StatementStep:
    """One round: how many statements were asked, and what was decided on them on the way into the next."""

    round: int
    asked: int
    decided: Mapping[str, int]
    new: int


@dataclass(frozen=True, slots=True)
class PeopleStep:
    """One closed round: invited, answered, submitted; of those who answered, who had answered the round before.

    Totals of the whole panel only: they stand as n of invited in every table. Groups are never told here.
    """

    round: int
    invited: int
    answered: int
    submitted: int
    stayed: int | None
    left: int | None
    new: int | None


def statement_flow(session: Session, study: Study, rounds: Sequence[Round]) -> list[StatementStep]:
    """Count what became of the statements from round to round."""
    listed = (
        select(QuestionnaireItem.round, func.count()).filter_by(study_id=study.id).group_by(QuestionnaireItem.round)
    )
    asked = {row.round: row[1] for row in session.execute(listed)}
    steps = []
    for round_ in rounds:
        decisions = decisions_of(session, study.id, round_.number + 1)
        edges = edges_into(session, study.id, round_.number + 1)
        children = {e.to_statement for e in edges if e.change in (Change.MERGED, Change.SPLIT, Change.ADDED)}
        decided = Counter(
            decision.decided.value for decision in decisions.values() if decision.decided is not Decided.ADDED
        )
        steps.append(StatementStep(round_.number, asked.get(round_.number, 0), decided, len(children)))
    return steps


def remembered_people_flow(session: Session, study: Study, rounds: Sequence[Round]) -> list[PeopleStep]:
    """Count who came and went, once for the same answers."""
    key = ("people", *(rows.input_of(session, study, round_) for round_ in rounds))
    return rows.remembered(session, key, lambda: people_flow(session, study, rounds))


def people_flow(session: Session, study: Study, rounds: Sequence[Round]) -> list[PeopleStep]:
    """Count who took part from round to round."""
    before: set[UUID] | None = None
    steps = []
    for round_ in rounds:
        own = {"study_id": study.id, "round": round_.number}
        invited = session.scalar(select(func.count()).select_from(Participation).filter_by(**own)) or 0
        finished = select(Participation.panelist).filter_by(**own).where(Participation.submitted_on.is_not(None))
        answering = select(Rating.panelist).filter_by(**own).where(Rating.given).distinct()
        answered = set(session.scalars(answering))
        steps.append(
            PeopleStep(
                round=round_.number,
                invited=invited,
                answered=len(answered),
                submitted=len(answered & set(session.scalars(finished))),
                stayed=None if before is None else len(answered & before),
                left=None if before is None else len(before - answered),
                new=None if before is None else len(answered - before),
            )
        )
        before = answered
    return steps
