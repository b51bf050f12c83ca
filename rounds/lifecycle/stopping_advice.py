"""What a closed round says about going on: the criteria of the protocol, met or not. A person decides (METHOD 7.3)."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.consensus.disclosure.shown_rows import Row
from delphi.consensus.stopping import Criterion, RoundState, stopping_advice
from delphi.consensus.vocabulary import Verdict
from delphi.model.round import Participation, Round
from delphi.model.study import Study
from delphi.protocol.method import stopping_rule_of

AT_CONSENSUS = (Verdict.IN, Verdict.OUT)


def state_of(session: Session, study: Study, round_: Round, rows: Sequence[Row]) -> RoundState:
    """Say what a closed round shows: statements at consensus, statements that are stable, panelists who responded."""
    followed = [row["stable"] for row in rows if row["stable"] in ("stable", "unstable")]
    invited = select(func.count()).select_from(Participation).filter_by(study_id=study.id, round=round_.number)
    submitted = session.scalar(invited.where(Participation.submitted_on.is_not(None))) or 0
    return RoundState(
        number=round_.number,
        at_consensus=(sum(row["verdict"] in AT_CONSENSUS for row in rows), len(rows)),
        stable=(followed.count("stable"), len(followed)) if followed else None,
        responded=(submitted, session.scalar(invited) or 0),
    )


def advise(session: Session, study: Study, round_: Round, rows: Sequence[Row]) -> tuple[RoundState, list[Criterion]]:
    """Give the state of the study after a round, and every stopping criterion with whether it is met."""
    state = state_of(session, study, round_, rows)
    return state, stopping_advice(state, stopping_rule_of(study))
