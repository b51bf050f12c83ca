"""How long a questionnaire is: for letters and first pages, before anybody has seen a card."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.model.round import QuestionnaireItem, Round
from delphi.model.statement import StatementVersion


def size_of(session: Session, round_: Round) -> tuple[int, int]:
    """Count the statements of a round and, roughly, their words."""
    items, letters = session.execute(
        select(func.count(), func.sum(func.length(StatementVersion.text)))
        .select_from(QuestionnaireItem)
        .join(
            StatementVersion,
            (StatementVersion.study_id == QuestionnaireItem.study_id)
            & (StatementVersion.statement == QuestionnaireItem.statement)
            & (StatementVersion.version == QuestionnaireItem.version),
        )
        .where(QuestionnaireItem.study_id == round_.study_id, QuestionnaireItem.round == round_.number)
    ).one()
    return items, (letters or 0) // 6
