"""The next-round desk: reword, merge, drop, add. Each is an edge of the lineage with a reason."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit, statements
from delphi.consensus.vocabulary import Change
from delphi.errors import NotFound, Refused
from delphi.model.event import EventKind
from delphi.model.round import QuestionnaireItem, Round
from delphi.model.statement import Lineage, Statement, StatementVersion
from delphi.model.study import Study
from delphi.statements import NewStatement

Asked = list[tuple[int, int]]


def questionnaire(session: Session, round_: Round) -> Asked:
    """Give (statement, version) of a round in the order shown."""
    items = (
        select(QuestionnaireItem.statement, QuestionnaireItem.version)
        .filter_by(study_id=round_.study_id, round=round_.number)
        .order_by(QuestionnaireItem.position)
    )
    return [(row.statement, row.version) for row in session.execute(items)]


def reword(
    session: Session,
    draft: Round,
    statement: int,
    *,
    text: str,
    reason: str,
    same_meaning: bool = False,
    by: int,
    at: datetime,
) -> int:
    """Give a statement a new wording in a draft round; the old wording keeps its answers. Gives the new version."""
    asked = dict(questionnaire(session, draft))
    if statement not in asked:
        raise NotFound
    old = asked[statement]
    if text == session.get_one(StatementVersion, (draft.study_id, statement, old)).text:
        raise Refused("The new wording equals the old one; nothing was changed.")
    _not_yet_changed(session, draft, [statement])
    help_ = session.get_one(StatementVersion, (draft.study_id, statement, old)).help
    session.add(
        StatementVersion(
            study_id=draft.study_id, statement=statement, version=old + 1, text=text, help=help_, reason=reason
        )
    )
    session.flush()
    asked[statement] = old + 1
    statements.write_questionnaire(session, draft, list(asked.items()))
    _edge(session, draft, (statement, old), (statement, old + 1), Change.REWORDED, reason, same_meaning=same_meaning)
    audit.record(
        session,
        draft.study_id,
        EventKind.STATEMENT_REWORDED,
        by=by,
        at=at,
        round=draft.number,
        statement=statement,
        version=old + 1,
        same_meaning=same_meaning,
        reason=reason,
    )
    return old + 1


def merge(
    session: Session, draft: Round, parents: Sequence[int], into: NewStatement, *, reason: str, by: int, at: datetime
) -> Statement:
    """Put one new statement in the place of several; their answers are never joined to it."""
    asked = dict(questionnaire(session, draft))
    parents = list(dict.fromkeys(parents))
    if len(parents) < 2 or not set(parents) <= set(asked):
        raise Refused("A merge needs two or more statements of this round; nothing was changed.")
    _not_yet_changed(session, draft, parents)
    study = _study(session, draft)
    child = statements.add(session, study, [into])[0]
    first = min(parents, key=list(asked).index)
    order: Asked = []
    for number, version in asked.items():
        if number == first:
            order.append((child.number, 1))
        elif number not in parents:
            order.append((number, version))
    statements.write_questionnaire(session, draft, order)
    for parent in parents:
        _edge(session, draft, (parent, asked[parent]), (child.number, 1), Change.MERGED, reason)
    audit.record(
        session,
        draft.study_id,
        EventKind.STATEMENTS_MERGED,
        by=by,
        at=at,
        round=draft.number,
        merged=sorted(parents),
        into=child.number,
        reason=reason,
    )
    return child


def drop(session: Session, draft: Round, statement: int, *, reason: str, by: int, at: datetime) -> None:
    """Ask a statement no longer; its earlier answers and results stay."""
    asked = dict(questionnaire(session, draft))
    if statement not in asked:
        raise NotFound
    _not_yet_changed(session, draft, [statement])
    version = asked.pop(statement)
    statements.write_questionnaire(session, draft, list(asked.items()))
    _edge(session, draft, (statement, version), (statement, None), Change.DROPPED, reason)
    audit.record(
        session,
        draft.study_id,
        EventKind.STATEMENT_DROPPED,
        by=by,
        at=at,
        round=draft.number,
        statement=statement,
        reason=reason,
    )


def add(session: Session, draft: Round, new: NewStatement, *, reason: str, by: int, at: datetime) -> Statement:
    """Ask a new statement from this round on, at the end of its section."""
    study = _study(session, draft)
    statement = statements.add(session, study, [new])[0]
    asked = questionnaire(session, draft)
    sections = {s.number: (s.kind, s.section) for s in session.scalars(select(Statement).filter_by(study_id=study.id))}
    last = max((i for i, (n, _) in enumerate(asked, 1) if sections[n] == (new.kind, new.section)), default=len(asked))
    statements.write_questionnaire(session, draft, [*asked[:last], (statement.number, 1), *asked[last:]])
    _edge(session, draft, (statement.number, None), (statement.number, 1), Change.ADDED, reason)
    audit.record(
        session,
        study.id,
        EventKind.STATEMENT_ADDED,
        by=by,
        at=at,
        round=draft.number,
        statement=statement.number,
        reason=reason,
    )
    return statement


def _edge(
    session: Session,
    draft: Round,
    origin: tuple[int, int | None],
    target: tuple[int, int | None],
    change: Change,
    reason: str,
    *,
    same_meaning: bool = False,
) -> None:
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


def _not_yet_changed(session: Session, draft: Round, numbers: Sequence[int]) -> None:
    """One decision a statement and round: a second one would make the lineage ambiguous."""
    edges = session.scalars(
        select(Lineage).where(
            Lineage.study_id == draft.study_id,
            Lineage.round == draft.number,
            Lineage.from_statement.in_(numbers) | Lineage.to_statement.in_(numbers),
        )
    ).first()
    if edges is not None:
        raise Refused("This statement was changed for this round already; nothing was changed.")


def _study(session: Session, draft: Round) -> Study:
    return session.get_one(Study, draft.study_id)
