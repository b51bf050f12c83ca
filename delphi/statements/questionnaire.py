"""How long a questionnaire is: for letters and first pages, before anybody has seen a card."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from delphi.errors import Refused
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.statement import Kind, Statement, StatementVersion
from delphi.model.study import Study
from delphi.statements.statements import newest


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


MANY, SLOW = 60, 20  # statements and minutes


def is_long(listed: int, minutes: int) -> bool:
    """Whether a questionnaire is one that panels answer less often (EXPERIENCE 2)."""
    return listed > MANY or minutes > SLOW


def place(session: Session, study: Study, draft: Round) -> None:
    """Put every statement that enters by this round on its questionnaire, in the order of sections."""
    versions = {statement: version.version for statement, version in newest(session, study)}
    entering = [statement for statement in versions if statement.enters_round <= draft.number]
    write_questionnaire(session, draft, [(s.number, versions[s]) for s in in_order(entering)])


def write_questionnaire(session: Session, draft: Round, asked: Sequence[tuple[int, int]]) -> None:
    """Write the questionnaire of a draft round anew: (statement, version) in the order to be shown."""
    if draft.state is not State.DRAFT:
        raise Refused(
            "Round %(number)s was launched, so its questionnaire is fixed; nothing was changed.", number=draft.number
        )
    session.execute(delete(QuestionnaireItem).filter_by(study_id=draft.study_id, round=draft.number))
    if asked:
        rows = [
            {"study_id": draft.study_id, "round": draft.number, "statement": s, "version": v, "position": position}
            for position, (s, v) in enumerate(asked, 1)
        ]
        session.execute(insert(QuestionnaireItem), rows)


def in_order(statements: Sequence[Statement]) -> list[Statement]:
    """Order by kind, then by section as sections first appear, then by number."""
    sections: dict[tuple[str, str], int] = {}
    for s in statements:
        sections.setdefault((s.kind.value, s.section), len(sections))
    kinds = list(Kind)
    return sorted(statements, key=lambda s: (kinds.index(s.kind), sections[s.kind.value, s.section], s.number))


AskedVersions = list[tuple[int, int]]


def versions_asked(session: Session, study_id: int, number: int) -> AskedVersions:
    """List (statement, version) of a round in the order shown."""
    items = (
        select(QuestionnaireItem.statement, QuestionnaireItem.version)
        .filter_by(study_id=study_id, round=number)
        .order_by(QuestionnaireItem.position)
    )
    return [(row.statement, row.version) for row in session.execute(items)]
