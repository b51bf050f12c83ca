"""Statements that panelists proposed, as the lead reads them: taken as a new statement, merged into one, or declined."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import NotFound, Refused
from delphi.model.event import EventKind
from delphi.model.round import Round
from delphi.model.statement import Statement, StatementProposal, Taken
from delphi.model.study import Study
from delphi.statements import statements
from delphi.statements.questionnaire import place, versions_asked
from delphi.statements.statements import NewStatement
from rounds.revision import changes
from rounds.revision.decisions import By, open_draft


def suggested(session: Session, draft: Round) -> list[StatementProposal]:
    """List what was proposed in the closed rounds before this draft, undecided ones first, in a random order."""
    listed = (
        select(StatementProposal)
        .join(Round, (Round.study_id == StatementProposal.study_id) & (Round.number == StatementProposal.round))
        .where(StatementProposal.study_id == draft.study_id, StatementProposal.round < draft.number)
        .where(Round.closed_at.is_not(None))
        .order_by(StatementProposal.taken.is_not(None), StatementProposal.section, StatementProposal.id)
    )
    return list(session.scalars(listed))


def take(session: Session, draft: Round, id_: UUID, new: NewStatement, *, by: By) -> Statement:
    """Ask a proposed statement, in the lead's wording, from this round on."""
    found = _waiting(session, draft, id_)
    statement = _first(session, draft, new) if draft.number == 1 else changes.add(session, draft, new, by=by)
    found.taken, found.statement, found.note = Taken.ACCEPTED, statement.number, by.reason
    _event(session, draft, found, by)
    return statement


def _first(session: Session, draft: Round, new: NewStatement) -> Statement:
    """Put a statement into the list before round 1: nothing was asked yet, so nothing has a lineage."""
    study = session.get_one(Study, draft.study_id)
    made = statements.add(session, study, [new])[0]
    session.flush()
    place(session, study, draft)
    return made


def merge(session: Session, draft: Round, id_: UUID, statement: int, *, by: By) -> None:
    """Note that a proposed statement says what one of this round says already."""
    found = _waiting(session, draft, id_)
    if statement not in dict(versions_asked(session, draft.study_id, draft.number)):
        raise NotFound
    found.taken, found.statement, found.note = Taken.MERGED, statement, by.reason
    _event(session, draft, found, by)


def decline(session: Session, draft: Round, id_: UUID, *, by: By) -> None:
    """Leave a proposed statement out; the reason is kept."""
    found = _waiting(session, draft, id_)
    if not by.reason:
        raise Refused("Leaving a proposal out needs a reason; nothing was changed.")
    found.taken, found.note = Taken.DECLINED, by.reason
    _event(session, draft, found, by)


def reconsider(session: Session, draft: Round, id_: UUID, *, by: By) -> None:
    """Take back that a proposal was merged or left out; one that was taken up goes back with its statement."""
    open_draft(session, draft)
    found = next((one for one in suggested(session, draft) if one.id == id_), None)
    if found is None or found.taken not in (Taken.MERGED, Taken.DECLINED):
        raise Refused("There is no decision on this proposal to take back here; nothing was changed.")
    found.taken, found.statement, found.note = None, None, ""
    _event(session, draft, found, by)


def _event(session: Session, draft: Round, found: StatementProposal, by: By) -> None:
    session.flush()
    made = {str(found.id): found.taken.value if found.taken else None}
    kind = EventKind.PROPOSALS_DECIDED
    audit.record(
        session, draft.study_id, kind, by=by.by, at=by.at, round=draft.number, proposals=made, reason=by.reason
    )


def _waiting(session: Session, draft: Round, id_: UUID) -> StatementProposal:
    open_draft(session, draft)
    found = next((one for one in suggested(session, draft) if one.id == id_), None)
    if found is None:
        raise Refused("This proposal is not there any more; nothing was changed.")
    if found.taken is not None:
        raise Refused("This proposal was decided on already; nothing was changed.")
    return found
