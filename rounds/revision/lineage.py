"""What a draft round makes of statements: new ones, new wordings, and the edges that tell where each comes from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from delphi.access import LARGEST_NUMBER
from delphi.consensus.vocabulary import Change
from delphi.errors import NotFound, Refused
from delphi.model.round import QuestionnaireItem, Round
from delphi.model.statement import Lineage, Statement, StatementVersion
from delphi.model.study import Study
from delphi.statements import editing, questionnaire, statements
from delphi.statements.statements import NewStatement
from rounds.revision import decisions
from rounds.seal.items import edges_into


def forget(session: Session, draft: Round, edges: Sequence[Lineage]) -> None:
    """Delete the wordings and statements that these edges had made for the draft."""
    session.execute(delete(QuestionnaireItem).filter_by(study_id=draft.study_id, round=draft.number))
    for edge in edges:
        if edge.change is Change.REWORDED:
            key = key_of(draft, edge.to_statement) | {"version": edge.to_version}
            session.execute(delete(StatementVersion).filter_by(**key))
    new = (Change.ADDED, Change.MERGED, Change.SPLIT)
    for number in {edge.to_statement for edge in edges if edge.change in new}:
        editing.let_suggestions_wait(session, draft.study_id, number)
        session.execute(delete(StatementVersion).filter_by(**key_of(draft, number)))
        session.execute(delete(Statement).filter_by(study_id=draft.study_id, number=number))


def version_asked(session: Session, draft: Round, statement: int) -> int:
    """The version that the draft asks of a statement, or that it would ask without its decision."""
    refuse_new(session, draft, [statement])
    asked = dict(questionnaire.versions_asked(session, draft.study_id, draft.number))
    before = dict(questionnaire.versions_asked(session, draft.study_id, draft.number - 1))
    if statement not in asked and statement not in before:
        raise NotFound
    return asked.get(statement) or before[statement]


def refuse_new(session: Session, draft: Round, numbers: Sequence[int]) -> None:
    """Refuse to change what a merge or a split made for this draft: a chain within one draft could not be read."""
    edges = edges_into(session, draft.study_id, draft.number)
    if any(edge.change in decisions.CROSSING and edge.to_statement in numbers for edge in edges):
        raise Refused("This statement was made for this draft. Take back what made it; nothing was changed.")


def add_statements(session: Session, draft: Round, new: Sequence[NewStatement]) -> list[Statement]:
    """Add statements that are asked from the draft on."""
    study = session.get_one(Study, draft.study_id)
    return statements.add(session, study, [replace(statement, enters_round=draft.number) for statement in new])


def add_version(session: Session, draft: Round, statement: int, old: int, *, text: str, reason: str) -> int:
    """Add a new wording of a statement with the help and the evidence of the old one, and say its version."""
    before = session.get_one(StatementVersion, (draft.study_id, statement, old))
    newest = session.scalar(select(func.max(StatementVersion.version)).filter_by(**key_of(draft, statement)))
    version = StatementVersion(
        **key_of(draft, statement),
        version=(newest or old) + 1,
        text=text,
        help=before.help,
        evidence=before.evidence,
        reason=reason,
    )
    session.add(version)
    session.flush()
    return version.version


def parts_of(session: Session, draft: Round, statement: int, wordings: Sequence[tuple[str, str]]) -> list[NewStatement]:
    """The statements into which one is split, by code and wording; they stay in its section."""
    whole = session.get(Statement, (draft.study_id, statement)) if statement < LARGEST_NUMBER else None
    if whole is None:
        raise NotFound
    return [NewStatement(code=code, text=text, kind=whole.kind, section=whole.section) for code, text in wordings]


def key_of(draft: Round, statement: int) -> dict[str, Any]:
    """The columns that name a statement of the study of a draft."""
    return {"study_id": draft.study_id, "statement": statement}


def add_edge(
    session: Session,
    draft: Round,
    origin: tuple[int, int | None],
    target: tuple[int, int | None],
    change: Change,
    reason: str,
    *,
    same_meaning: bool = False,
) -> None:
    """Note where a statement and version of the draft come from: (statement, version) of either end."""
    session.add(
        Lineage(
            study_id=draft.study_id,
            round=draft.number,
            from_statement=origin[0],
            from_version=origin[1],
            to_statement=target[0],
            to_version=target[1],
            change=change,
            same_meaning=same_meaning,
            reason=reason,
        )
    )
    session.flush()
