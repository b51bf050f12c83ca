"""Changing and removing statements that nobody was asked yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.statement import Decision, Lineage, Statement, StatementProposal, StatementVersion
from delphi.model.study import Study
from delphi.statements.questionnaire import place
from delphi.statements.statements import find


def editable(session: Session, study: Study) -> bool:
    """Whether nobody was asked a statement yet."""
    return session.get_one(Round, (study.id, 1)).state is State.DRAFT


def rewrite(statement: Statement, version: StatementVersion, changes: Mapping[str, Any]) -> None:
    """Change a statement that nobody was asked yet; afterwards a new wording is a new version."""
    for name, value in changes.items():
        match name:
            case "kind":
                statement.kind = value
            case "section":
                statement.section = value
            case "round":
                statement.enters_round = value
            case "text":
                version.text = value
            case "help":
                version.help = value
            case "evidence":
                version.evidence = value


def change(
    session: Session, study: Study, number: int, changes: Mapping[str, Any], *, by: int, at: datetime
) -> Statement:
    """Change one statement before its round is launched."""
    statement, version = _unasked(session, study, number)
    rewrite(statement, version, changes)
    session.flush()
    place(session, study, session.get_one(Round, (study.id, 1)))
    audit.record(session, study.id, EventKind.STATEMENT_CHANGED, by=by, at=at, code=statement.code)
    return statement


def remove(session: Session, study: Study, number: int, *, by: int, at: datetime) -> str:
    """Remove a statement that nobody was asked; the answer is its code."""
    statement, _version = _unasked(session, study, number)
    code, draft = statement.code, session.get_one(Round, (study.id, 1))
    own = (Lineage.from_statement == number) | (Lineage.to_statement == number)
    session.execute(delete(Lineage).where(Lineage.study_id == study.id, own))
    session.execute(delete(Decision).filter_by(study_id=study.id, statement=number))
    let_suggestions_wait(session, study.id, number)
    session.execute(delete(QuestionnaireItem).filter_by(study_id=study.id, round=1, statement=number))
    session.execute(delete(StatementVersion).filter_by(study_id=study.id, statement=number))
    session.execute(delete(Statement).filter_by(study_id=study.id, number=number))
    place(session, study, draft)
    audit.record(session, study.id, EventKind.STATEMENT_CHANGED, by=by, at=at, code=code, removed=True)
    return code


def let_suggestions_wait(session: Session, study_id: int, number: int) -> None:
    """Let the suggestions that became a statement wait for a decision again, since the statement goes."""
    proposed = update(StatementProposal).where(
        StatementProposal.study_id == study_id, StatementProposal.statement == number
    )
    session.execute(proposed.values(taken=None, statement=None, note=""))


def _unasked(session: Session, study: Study, number: int) -> tuple[Statement, StatementVersion]:
    """Find a statement with its newest wording, as long as round 1 is a draft."""
    pair = find(session, study, number)
    if not editable(session, study):
        raise Refused(
            "Round 1 was launched, so what was asked stays as it was. Reword the statement at the desk of the next round; "
            "nothing was changed."
        )
    return pair
