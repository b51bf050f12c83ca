"""Whether somebody has answered, never what: for the monitor, reminders, letters, amendments and the end of a study."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from delphi.model.rating import Rating
from delphi.model.round import Participation, QuestionnaireItem
from delphi.model.statement import StatementProposal


def has_begun() -> ColumnElement[bool]:
    """Ask, within a query of participations, whether the panelist has answered in that round."""
    return (  # asked person by person: an index finds one answer of each, where counting them would read all
        select(Rating.panelist)
        .where(Rating.study_id == Participation.study_id, Rating.round == Participation.round)
        .where(Rating.panelist == Participation.panelist, Rating.given)
        .exists()
    )


def has_suggested() -> ColumnElement[bool]:
    """Ask, within a query of participations, whether the panelist wrote a statement in that round: in the open round."""
    proposal = StatementProposal
    return (
        select(proposal.panelist)
        .where(proposal.study_id == Participation.study_id, proposal.round == Participation.round)
        .where(proposal.panelist == Participation.panelist)
        .exists()
    )


def answered(session: Session, study_id: int, round_: int, panelist: UUID) -> int:
    """Count the statements of a round that one panelist has answered: for a letter to this panelist alone."""
    own = select(func.count()).select_from(Rating).where(Rating.study_id == study_id, Rating.round == round_)
    return session.scalar(own.where(Rating.panelist == panelist, Rating.given)) or 0


def answered_by_round(session: Session, study_id: int, panelist: UUID) -> dict[int, int]:
    """Count what one panelist has answered in each round: for this panelist alone."""
    own = select(Rating.round, func.count()).where(
        Rating.study_id == study_id, Rating.panelist == panelist, Rating.given
    )
    counted = session.execute(own.group_by(Rating.round).order_by(Rating.round))
    return {number: n for number, n in counted}  # noqa: C416 (rows are no pairs to the type checker)


def any_answer(session: Session, study_id: int) -> bool:
    """Whether any answer stands in the study."""
    return bool(session.scalar(select(exists().where(Rating.study_id == study_id, Rating.given))))


def any_in_round(session: Session, study_id: int, round_: int) -> bool:
    """Whether anybody has answered, or written a statement, in a round."""
    own = select(Participation.panelist).where(Participation.study_id == study_id, Participation.round == round_)
    return session.scalar(own.where(has_begun() | has_suggested()).limit(1)) is not None


def answers(session: Session, study_id: int) -> int:
    """Count the stored answers of a study, to know how large it is."""
    return session.scalar(select(func.count()).select_from(Rating).where(Rating.study_id == study_id)) or 0


def people_who_answered(session: Session, study_id: int) -> int:
    """Count the panelists of whom any answer stands in the study."""
    raters = select(func.count(Participation.panelist.distinct())).where(Participation.study_id == study_id)
    return session.scalar(raters.where(has_begun())) or 0


def last_places(session: Session, study_id: int, round_: int, panelists: Collection[UUID]) -> list[int]:
    """The places in the questionnaire at which these panelists gave their last answer, without saying whose."""
    last = (
        select(func.max(QuestionnaireItem.position))
        .select_from(Rating)
        .join(
            QuestionnaireItem,
            (QuestionnaireItem.study_id == Rating.study_id)
            & (QuestionnaireItem.round == Rating.round)
            & (QuestionnaireItem.statement == Rating.statement),
        )
        .where(Rating.study_id == study_id, Rating.round == round_, Rating.given)
        .where(Rating.panelist.in_(panelists))
        .group_by(Rating.panelist)
    )
    return sorted(session.scalars(last))
