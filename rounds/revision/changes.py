"""What the lead makes of statements between two rounds: each change is a decision with its reason, and can be undone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.vocabulary import Change, Decided, Proposal
from delphi.errors import NotFound, Refused
from delphi.model.event import EventKind
from delphi.model.round import QuestionnaireItem, Round
from delphi.model.statement import Lineage, Statement, StatementProposal, StatementVersion
from delphi.model.study import Study
from delphi.statements import questionnaire, statements
from delphi.statements.statements import NewStatement
from rounds.revision import decisions
from rounds.revision.decisions import By, edges_into, open_draft, rebuild, record

ASKED_AS_BEFORE = (Decided.SETTLED_IN, Decided.SETTLED_OUT, Decided.RATE_AGAIN, Decided.REOPEN)


def decide(session: Session, draft: Round, chosen: dict[int, tuple[Decided, By]]) -> int:
    """Settle statements or rate them again, as the rule proposes or with a reason; gives how many were decided."""
    open_draft(session, draft)
    before = dict(questionnaire.versions_asked(session, draft.study_id, draft.number - 1))
    for statement, (decided, by) in chosen.items():
        if statement not in before or decided not in ASKED_AS_BEFORE:
            raise NotFound
        if not by.reason and (by.proposal is None or decided.value != by.proposal.value):
            raise Refused("A decision other than the rule's proposal needs a reason; nothing was changed.")
        record(session, draft, [statement], decided, by)
    if chosen:
        rebuild(session, draft)
        first = next(iter(chosen.values()))[1]
        listed = {str(statement): decided.value for statement, (decided, _) in chosen.items()}
        _event(session, draft, EventKind.STATEMENTS_DECIDED, first, decided=listed)
    return len(chosen)


def reword(
    session: Session,
    draft: Round,
    statement: int,
    *,
    text: str,
    same_meaning: bool = False,
    by: By,
) -> int:
    """Give a statement a new wording in a draft round; the old wording keeps its answers. Gives the new version."""
    open_draft(session, draft)
    old = _asked(session, draft, statement)
    before = session.get_one(StatementVersion, (draft.study_id, statement, old))
    if text == before.text:
        raise Refused("The new wording equals the old one; nothing was changed.")
    record(session, draft, [statement], Decided.REWORDED, by)
    new = (session.scalar(select(func.max(StatementVersion.version)).filter_by(**_key(draft, statement))) or old) + 1
    session.add(
        StatementVersion(
            study_id=draft.study_id,
            statement=statement,
            version=new,
            text=text,
            help=before.help,
            evidence=before.evidence,
            reason=by.reason,
        )
    )
    session.flush()
    _edge(session, draft, (statement, old), (statement, new), Change.REWORDED, by.reason, same_meaning=same_meaning)
    rebuild(session, draft)
    facts = {"statement": statement, "version": new, "same_meaning": same_meaning}
    _event(session, draft, EventKind.STATEMENT_REWORDED, by, **facts)
    return new


def merge(
    session: Session,
    draft: Round,
    parents: Sequence[int],
    into: NewStatement,
    *,
    by: By,
    proposals: dict[int, Proposal] | None = None,
) -> Statement:
    """Put one new statement in the place of several; their answers are never joined to it."""
    open_draft(session, draft)
    asked = dict(questionnaire.versions_asked(session, draft.study_id, draft.number))
    parents = list(dict.fromkeys(parents))
    if len(parents) < 2 or not set(parents) <= set(asked):
        raise Refused("A merge needs two or more statements of this round; nothing was changed.")
    _not_made_here(session, draft, parents)
    for parent in parents:
        record(session, draft, [parent], Decided.MERGED, by.after((proposals or {}).get(parent)))
    child = _new(session, draft, [into])[0]
    for parent in parents:
        _edge(session, draft, (parent, asked[parent]), (child.number, 1), Change.MERGED, by.reason)
    rebuild(session, draft)
    _event(session, draft, EventKind.STATEMENTS_MERGED, by, merged=sorted(parents), into=child.number)
    return child


def split(
    session: Session,
    draft: Round,
    statement: int,
    into: Sequence[NewStatement],
    *,
    by: By,
) -> list[Statement]:
    """Put several new statements in the place of one; its answers are joined to none of them."""
    open_draft(session, draft)
    old = _asked(session, draft, statement)
    if len(into) < 2:
        raise Refused("A split needs two or more new statements; nothing was changed.")
    record(session, draft, [statement], Decided.SPLIT, by)
    children = _new(session, draft, into)
    for child in children:
        _edge(session, draft, (statement, old), (child.number, 1), Change.SPLIT, by.reason)
    rebuild(session, draft)
    numbers = [child.number for child in children]
    _event(session, draft, EventKind.STATEMENT_SPLIT, by, statement=statement, into=numbers)
    return children


def drop(
    session: Session,
    draft: Round,
    statement: int,
    *,
    by: By,
) -> None:
    """Ask a statement no longer; its earlier answers and results stay. One that was just added goes altogether."""
    open_draft(session, draft)
    made = decisions.decisions_of(session, draft.study_id, draft.number).get(statement)
    if made is not None and made.decided is Decided.ADDED:
        undo(session, draft, statement, by=by)
        return
    version = _asked(session, draft, statement)
    record(session, draft, [statement], Decided.DROPPED, by)
    _edge(session, draft, (statement, version), (statement, None), Change.DROPPED, by.reason)
    rebuild(session, draft)
    _event(session, draft, EventKind.STATEMENT_DROPPED, by, statement=statement)


def add(session: Session, draft: Round, new: NewStatement, *, by: By) -> Statement:
    """Ask a new statement from this round on, at the end of its section."""
    open_draft(session, draft)
    statement = _new(session, draft, [new])[0]
    record(session, draft, [statement.number], Decided.ADDED, by)
    _edge(session, draft, (statement.number, None), (statement.number, 1), Change.ADDED, by.reason)
    rebuild(session, draft)
    _event(session, draft, EventKind.STATEMENT_ADDED, by, statement=statement.number)
    return statement


def reopen(session: Session, draft: Round, statement: int, *, by: By) -> None:
    """Ask a settled statement again that had left the questionnaire, in its last wording."""
    open_draft(session, draft)
    asked = {number for number, _ in questionnaire.versions_asked(session, draft.study_id, draft.number)}
    settled = decisions.settled_before(session, draft.study_id, draft.number)
    if statement in asked or statement not in settled:
        raise Refused("Only a settled statement that is not asked can be reopened; nothing was changed.")
    last = (
        select(QuestionnaireItem.version)
        .filter_by(**_key(draft, statement))
        .where(QuestionnaireItem.round < draft.number)
        .order_by(QuestionnaireItem.round.desc())
        .limit(1)
    )
    version = session.scalars(last).one()
    record(session, draft, [statement], Decided.REOPEN, by)
    _edge(session, draft, (statement, version), (statement, version), Change.REOPENED, by.reason)
    rebuild(session, draft)
    _event(session, draft, EventKind.STATEMENTS_DECIDED, by, decided={str(statement): Decided.REOPEN.value})


def undo(session: Session, draft: Round, statement: int, *, by: By) -> None:
    """Take a decision back while the round is a draft; what it made, and nobody was asked, goes."""
    open_draft(session, draft)
    made = decisions.decisions_of(session, draft.study_id, draft.number)
    decision = made.get(statement)
    if decision is None:
        raise Refused("There is no decision on this statement to take back; nothing was changed.")
    edges = edges_into(session, draft.study_id, draft.number)
    into = {e.to_statement for e in edges if e.from_statement == statement}
    taken = {e.from_statement for e in edges if e.to_statement in into and e.change is Change.MERGED} | {statement}
    gone = [e for e in edges if e.from_statement in taken]
    reasons = {str(number): [made[number].decided.value, made[number].reason] for number in sorted(taken)}
    for row in [*gone, *(made[number] for number in taken)]:
        session.delete(row)
    session.flush()
    _forget(session, draft, gone)
    rebuild(session, draft)
    _event(session, draft, EventKind.DECISION_UNDONE, by, undone=reasons)


def _forget(session: Session, draft: Round, edges: Sequence[Lineage]) -> None:
    """Delete the wordings and statements that these edges had made for the draft."""
    session.execute(delete(QuestionnaireItem).filter_by(study_id=draft.study_id, round=draft.number))
    for edge in edges:
        if edge.change is Change.REWORDED:
            key = _key(draft, edge.to_statement) | {"version": edge.to_version}
            session.execute(delete(StatementVersion).filter_by(**key))
    new = (Change.ADDED, Change.MERGED, Change.SPLIT)
    for number in {edge.to_statement for edge in edges if edge.change in new}:
        proposed = update(StatementProposal).where(
            StatementProposal.study_id == draft.study_id, StatementProposal.statement == number
        )
        session.execute(proposed.values(taken=None, statement=None, note=""))
        session.execute(delete(StatementVersion).filter_by(**_key(draft, number)))
        session.execute(delete(Statement).filter_by(study_id=draft.study_id, number=number))


def _asked(session: Session, draft: Round, statement: int) -> int:
    """Give the version that the draft asks of a statement, or that it would ask without its decision."""
    _not_made_here(session, draft, [statement])
    asked = dict(questionnaire.versions_asked(session, draft.study_id, draft.number))
    before = dict(questionnaire.versions_asked(session, draft.study_id, draft.number - 1))
    if statement not in asked and statement not in before:
        raise NotFound
    return asked.get(statement) or before[statement]


def _not_made_here(session: Session, draft: Round, numbers: Sequence[int]) -> None:
    """Refuse to change what a merge or a split made for this draft: a chain within one draft could not be read."""
    edges = edges_into(session, draft.study_id, draft.number)
    if any(edge.change in decisions.CROSSING and edge.to_statement in numbers for edge in edges):
        raise Refused("This statement was made for this draft. Take back what made it; nothing was changed.")


def _new(session: Session, draft: Round, new: Sequence[NewStatement]) -> list[Statement]:
    study = session.get_one(Study, draft.study_id)
    return statements.add(session, study, [replace(one, enters_round=draft.number) for one in new])


def _key(draft: Round, statement: int) -> dict[str, Any]:
    return {"study_id": draft.study_id, "statement": statement}


def _event(session: Session, draft: Round, kind: EventKind, by: By, **facts: Any) -> None:
    reason = {"reason": by.reason} if by.reason else {}
    audit.record(session, draft.study_id, kind, by=by.by, at=by.at, round=draft.number, **facts, **reason)


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
