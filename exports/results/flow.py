"""How statements and participants went through the rounds, as counts for the two flow diagrams."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.consensus.sealed_counts import SealedRound
from delphi.consensus.vocabulary import EVERYBODY, Change, Decided
from delphi.model.round import QuestionnaireItem, Round
from delphi.model.study import Study
from rounds.revision.decisions import decisions_of
from rounds.seal import chain
from rounds.seal.items import edges_into


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
    submitted: int | None
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


def people_flow(session: Session, study: Study, rounds: Sequence[Round]) -> list[PeopleStep]:
    """Tell who took part from round to round, as the seals hold it."""
    steps = []
    seals = chain.seals_of(session, study.id)
    for round_ in rounds:
        seal = seals.get(round_.number)
        sealed = SealedRound.from_dict(seal.content) if seal else None
        panel = sealed.numbers_of(EVERYBODY) if sealed else None
        if panel is not None:
            steps.append(
                PeopleStep(
                    round=round_.number,
                    invited=panel.invited,
                    answered=panel.counted,
                    submitted=panel.submitted,
                    stayed=panel.stayed,
                    left=panel.left,
                    new=panel.joined,
                )
            )
    return steps
