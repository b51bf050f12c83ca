"""Decisions on the way into a round: one a statement, written down with author and time; the questionnaire follows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.vocabulary import Change, Decided, Proposal
from delphi.database import locked, remembered
from delphi.errors import Refused
from delphi.model.account import Account
from delphi.model.round import Round, State
from delphi.model.statement import Decision, Lineage, Statement
from delphi.model.study import Settled, Study
from delphi.statements.questionnaire import AskedVersions, in_order, versions_asked, write_questionnaire
from rounds.seal.items import edges_into

SETTLED = (Decided.SETTLED_IN, Decided.SETTLED_OUT)
CROSSING = (Change.MERGED, Change.SPLIT)


@dataclass(frozen=True, slots=True)
class DecidedBy:
    """Who decided, when, and why; what the rule had proposed, where it had."""

    account: int
    at: datetime
    reason: str = ""
    proposal: Proposal | None = None

    def after(self, proposal: Proposal | None) -> "DecidedBy":
        """The same, after what the rule had proposed."""
        return replace(self, proposal=proposal)


@dataclass(frozen=True, slots=True)
class WrittenDecision:
    """A decision with its statement and the mail address of who decided, where that is known here."""

    decision: Decision
    statement: Statement
    email: str | None


def written_down(session: Session, study_id: int) -> list[WrittenDecision]:
    """Every decision of a study, by round and statement."""
    known = remembered(session, "decisions")
    if study_id not in known:
        rows = (
            select(Decision, Statement, Account.email)
            .join(Statement, (Statement.study_id == Decision.study_id) & (Statement.number == Decision.statement))
            .outerjoin(Account, Account.id == Decision.by)
            .where(Decision.study_id == study_id)
            .order_by(Decision.round, Decision.statement)
        )
        known[study_id] = [WrittenDecision(*row) for row in session.execute(rows)]
    written: list[WrittenDecision] = known[study_id]
    return written


def decisions_of(session: Session, study_id: int, number: int) -> dict[int, Decision]:
    """The decisions on the way into a round, by statement."""
    written = (one.decision for one in written_down(session, study_id))
    return {decision.statement: decision for decision in written if decision.round == number}


def undecided(session: Session, study_id: int, number: int) -> list[int]:
    """List the statements of the round before on which nobody has decided yet, in the order shown."""
    decided = decisions_of(session, study_id, number)
    return [statement for statement, _ in versions_asked(session, study_id, number - 1) if statement not in decided]


def settled_before(session: Session, study_id: int, number: int) -> dict[int, Decision]:
    """The statements whose last decision before this round settled them."""
    written = (one.decision for one in written_down(session, study_id))
    last = {decision.statement: decision for decision in written if decision.round < number}
    return {statement: decision for statement, decision in last.items() if decision.decided in SETTLED}


def open_draft(session: Session, draft: Round) -> None:
    """Take the draft for ourselves: two leads who decide at once are put in a row; a launched round is fixed."""
    locked(session, Round, (draft.study_id, draft.number))
    if draft.state is not State.DRAFT:
        raise Refused(
            "Round %(number)s was launched, so its questionnaire is fixed; nothing was changed.", number=draft.number
        )


def record(session: Session, draft: Round, statements: Iterable[int], decided: Decided, by: DecidedBy) -> None:
    """Write a decision down; a second one on the same statement is refused: take the first back before."""
    before, numbers = decisions_of(session, draft.study_id, draft.number), list(statements)
    if any(number in before for number in numbers):
        raise Refused(
            "This statement was decided on for this round already. Take that back first; nothing was changed."
        )
    for number in numbers:
        session.add(
            Decision(
                study_id=draft.study_id,
                round=draft.number,
                statement=number,
                proposal=by.proposal,
                decided=decided,
                reason=by.reason,
                by=by.account,
                at=by.at,
            )
        )
    session.flush()


def rebuild(session: Session, draft: Round) -> None:
    """Write the questionnaire that follows from the round before and the decisions: the same ones give the same."""
    study = session.get_one(Study, draft.study_id)
    decided = decisions_of(session, study.id, draft.number)
    edges = edges_into(session, study.id, draft.number)
    leaving = {n for n, d in decided.items() if d.decided in SETTLED} if study.settled is Settled.LEAVE else set()
    places = _places(edges)
    listed: AskedVersions = []
    for number, version in _begin(session, draft, edges):
        if number not in leaving:
            listed += [item for item in places.get(number, [(number, version)]) if item not in listed]
    write_questionnaire(session, draft, listed)


def _places(edges: Sequence[Lineage]) -> dict[int, AskedVersions]:
    """What stands in the place of each statement that has edges; a merged one stands at its first parent."""
    places: dict[int, AskedVersions] = {}
    for edge in edges:
        into = [] if edge.to_version is None else [(edge.to_statement, edge.to_version)]
        places.setdefault(edge.from_statement, []).extend(into)
    return places


def _begin(session: Session, draft: Round, edges: Sequence[Lineage]) -> AskedVersions:
    """List what was asked before, with what is reopened, and what enters now at the end of its section."""
    listed = versions_asked(session, draft.study_id, draft.number - 1)
    children = {edge.to_statement for edge in edges if edge.change in CROSSING}
    statements = {s.number: s for s in session.scalars(select(Statement).filter_by(study_id=draft.study_id))}
    new = [s for s in statements.values() if s.enters_round == draft.number and s.number not in children]
    entering = [(s.number, 1) for s in in_order(sorted(new, key=lambda s: s.number))]
    known = {number for number, _ in listed}
    reopened = [
        (e.from_statement, e.from_version)
        for e in edges
        if e.change is Change.REOPENED and e.from_version is not None and e.from_statement not in known
    ]
    sections = {number: (s.kind, s.section) for number, s in statements.items()}
    for number, version in [*reopened, *entering]:
        same = [i for i, (other, _) in enumerate(listed, 1) if sections[other] == sections[number]]
        listed.insert(max(same, default=len(listed)), (number, version))
    return listed
