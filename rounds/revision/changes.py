"""What the lead makes of statements between two rounds: each change is a decision with its reason, and can be undone."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.vocabulary import Change, Decided, Proposal
from delphi.errors import NotFound, Refused
from delphi.model.event import EventKind
from delphi.model.round import QuestionnaireItem, Round
from delphi.model.statement import Statement, StatementVersion
from delphi.statements import questionnaire
from delphi.statements.statements import NewStatement
from rounds.revision import decisions
from rounds.revision.decisions import DecidedBy, open_draft, rebuild, record
from rounds.revision.lineage import add_edge, add_statements, add_version, forget, key_of, refuse_new, version_asked
from rounds.seal.items import edges_into

ASKED_AS_BEFORE = (Decided.SETTLED_IN, Decided.SETTLED_OUT, Decided.RATE_AGAIN, Decided.REOPEN)


def decide(session: Session, draft: Round, chosen: dict[int, tuple[Decided, DecidedBy]]) -> int:
    """Settle statements or rate them again, as the rule proposes or with a reason; how many were decided."""
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
    session: Session, draft: Round, statement: int, *, text: str, same_meaning: bool = False, by: DecidedBy
) -> int:
    """Reword a statement in a draft round, and say its new version; the old wording keeps its answers."""
    open_draft(session, draft)
    old = version_asked(session, draft, statement)
    if text == session.get_one(StatementVersion, (draft.study_id, statement, old)).text:
        raise Refused("The new wording equals the old one; nothing was changed.")
    record(session, draft, [statement], Decided.REWORDED, by)
    new = add_version(session, draft, statement, old, text=text, reason=by.reason)
    add_edge(session, draft, (statement, old), (statement, new), Change.REWORDED, by.reason, same_meaning=same_meaning)
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
    by: DecidedBy,
    proposals: dict[int, Proposal] | None = None,
) -> Statement:
    """Put one new statement in the place of several; their answers are never joined to it."""
    open_draft(session, draft)
    asked = dict(questionnaire.versions_asked(session, draft.study_id, draft.number))
    parents = list(dict.fromkeys(parents))
    if len(parents) < 2 or not set(parents) <= set(asked):
        raise Refused("A merge needs two or more statements of this round; nothing was changed.")
    refuse_new(session, draft, parents)
    for parent in parents:
        record(session, draft, [parent], Decided.MERGED, by.after((proposals or {}).get(parent)))
    child = add_statements(session, draft, [into])[0]
    for parent in parents:
        add_edge(session, draft, (parent, asked[parent]), (child.number, 1), Change.MERGED, by.reason)
    rebuild(session, draft)
    _event(session, draft, EventKind.STATEMENTS_MERGED, by, merged=sorted(parents), into=child.number)
    return child


def split(
    session: Session,
    draft: Round,
    statement: int,
    into: Sequence[NewStatement],
    *,
    by: DecidedBy,
) -> list[Statement]:
    """Put several new statements in the place of one; its answers are joined to none of them."""
    open_draft(session, draft)
    old = version_asked(session, draft, statement)
    if len(into) < 2:
        raise Refused("A split needs two or more new statements; nothing was changed.")
    record(session, draft, [statement], Decided.SPLIT, by)
    children = add_statements(session, draft, into)
    for child in children:
        add_edge(session, draft, (statement, old), (child.number, 1), Change.SPLIT, by.reason)
    rebuild(session, draft)
    numbers = [child.number for child in children]
    _event(session, draft, EventKind.STATEMENT_SPLIT, by, statement=statement, into=numbers)
    return children


def drop(
    session: Session,
    draft: Round,
    statement: int,
    *,
    by: DecidedBy,
) -> None:
    """Ask a statement no longer; its earlier answers and results stay. One that was just added goes altogether."""
    open_draft(session, draft)
    decision = decisions.decisions_of(session, draft.study_id, draft.number).get(statement)
    if decision is not None and decision.decided is Decided.ADDED:
        undo(session, draft, statement, by=by)
        return
    version = version_asked(session, draft, statement)
    record(session, draft, [statement], Decided.DROPPED, by)
    add_edge(session, draft, (statement, version), (statement, None), Change.DROPPED, by.reason)
    rebuild(session, draft)
    _event(session, draft, EventKind.STATEMENT_DROPPED, by, statement=statement)


def add(session: Session, draft: Round, new: NewStatement, *, by: DecidedBy) -> Statement:
    """Ask a new statement from this round on, at the end of its section."""
    open_draft(session, draft)
    statement = add_statements(session, draft, [new])[0]
    record(session, draft, [statement.number], Decided.ADDED, by)
    add_edge(session, draft, (statement.number, None), (statement.number, 1), Change.ADDED, by.reason)
    rebuild(session, draft)
    _event(session, draft, EventKind.STATEMENT_ADDED, by, statement=statement.number)
    return statement


def reopen(session: Session, draft: Round, statement: int, *, by: DecidedBy) -> None:
    """Ask a settled statement again that had left the questionnaire, in its last wording."""
    open_draft(session, draft)
    asked = {number for number, _ in questionnaire.versions_asked(session, draft.study_id, draft.number)}
    settled = decisions.settled_before(session, draft.study_id, draft.number)
    if statement in asked or statement not in settled:
        raise Refused("Only a settled statement that is not asked can be reopened; nothing was changed.")
    last = (
        select(QuestionnaireItem.version)
        .filter_by(**key_of(draft, statement))
        .where(QuestionnaireItem.round < draft.number)
        .order_by(QuestionnaireItem.round.desc())
        .limit(1)
    )
    version = session.scalars(last).one()
    record(session, draft, [statement], Decided.REOPEN, by)
    add_edge(session, draft, (statement, version), (statement, version), Change.REOPENED, by.reason)
    rebuild(session, draft)
    _event(session, draft, EventKind.STATEMENTS_DECIDED, by, decided={str(statement): Decided.REOPEN.value})


def undo(session: Session, draft: Round, statement: int, *, by: DecidedBy) -> None:
    """Take a decision back while the round is a draft; what it made, and nobody was asked, goes."""
    open_draft(session, draft)
    decided = decisions.decisions_of(session, draft.study_id, draft.number)
    if statement not in decided:
        raise Refused("There is no decision on this statement to take back; nothing was changed.")
    edges = edges_into(session, draft.study_id, draft.number)
    into = {e.to_statement for e in edges if e.from_statement == statement}
    undone = {e.from_statement for e in edges if e.to_statement in into and e.change is Change.MERGED} | {statement}
    outdated = [e for e in edges if e.from_statement in undone]
    reasons = {str(number): [decided[number].decided.value, decided[number].reason] for number in sorted(undone)}
    for row in [*outdated, *(decided[number] for number in undone)]:
        session.delete(row)
    session.flush()
    forget(session, draft, outdated)
    rebuild(session, draft)
    _event(session, draft, EventKind.DECISION_UNDONE, by, undone=reasons)


def _event(session: Session, draft: Round, kind: EventKind, by: DecidedBy, **facts: Any) -> None:
    reason = {"reason": by.reason} if by.reason else {}
    audit.record(session, draft.study_id, kind, by=by.account, at=by.at, round=draft.number, **facts, **reason)
