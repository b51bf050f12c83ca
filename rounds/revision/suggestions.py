"""Suggestions: statements that panelists wrote, as the lead reads them: taken as a new statement, merged into one, or declined."""

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
from rounds.revision.decisions import DecidedBy, open_draft


def suggested(session: Session, draft: Round) -> list[StatementProposal]:
    """List what was suggested in the closed rounds before this draft, undecided ones first, in a random order."""
    listed = (
        select(StatementProposal)
        .join(Round, (Round.study_id == StatementProposal.study_id) & (Round.number == StatementProposal.round))
        .where(StatementProposal.study_id == draft.study_id, StatementProposal.round < draft.number)
        .where(Round.closed_at.is_not(None))
        .order_by(StatementProposal.taken.is_not(None), StatementProposal.section, StatementProposal.id)
    )
    return list(session.scalars(listed))


def take(session: Session, draft: Round, id_: UUID, new: NewStatement, *, by: DecidedBy) -> Statement:
    """Ask a suggested statement, in the lead's wording, from this round on."""
    row = _waiting(session, draft, id_)
    statement = _first(session, draft, new) if draft.number == 1 else changes.add(session, draft, new, by=by)
    row.taken, row.statement, row.note = Taken.ACCEPTED, statement.number, by.reason
    _event(session, draft, row, by)
    return statement


def _first(session: Session, draft: Round, new: NewStatement) -> Statement:
    """Put a statement into the list before round 1: nothing was asked yet, so nothing has a lineage."""
    study = session.get_one(Study, draft.study_id)
    statement = statements.add(session, study, [new])[0]
    session.flush()
    place(session, study, draft)
    return statement


def merge(session: Session, draft: Round, id_: UUID, statement: int, *, by: DecidedBy) -> None:
    """Note that a suggested statement says what one of this round says already."""
    row = _waiting(session, draft, id_)
    if statement not in dict(versions_asked(session, draft.study_id, draft.number)):
        raise NotFound
    row.taken, row.statement, row.note = Taken.MERGED, statement, by.reason
    _event(session, draft, row, by)


def decline(session: Session, draft: Round, id_: UUID, *, by: DecidedBy) -> None:
    """Leave a suggested statement out; the reason is kept."""
    row = _waiting(session, draft, id_)
    if not by.reason:
        raise Refused("Leaving a suggestion out needs a reason; nothing was changed.")
    row.taken, row.note = Taken.DECLINED, by.reason
    _event(session, draft, row, by)


def reconsider(session: Session, draft: Round, id_: UUID, *, by: DecidedBy) -> None:
    """Take back that a suggestion was merged or left out; one that was taken up goes back with its statement."""
    open_draft(session, draft)
    row = next((row for row in suggested(session, draft) if row.id == id_), None)
    if row is None or row.taken not in (Taken.MERGED, Taken.DECLINED):
        raise Refused("There is no decision on this suggestion to take back here; nothing was changed.")
    row.taken, row.statement, row.note = None, None, ""
    _event(session, draft, row, by)


def _event(session: Session, draft: Round, row: StatementProposal, by: DecidedBy) -> None:
    session.flush()
    taken = {str(row.id): row.taken.value if row.taken else None}
    kind = EventKind.PROPOSALS_DECIDED
    audit.record(
        session, draft.study_id, kind, by=by.account, at=by.at, round=draft.number, proposals=taken, reason=by.reason
    )


def _waiting(session: Session, draft: Round, id_: UUID) -> StatementProposal:
    open_draft(session, draft)
    row = next((row for row in suggested(session, draft) if row.id == id_), None)
    if row is None:
        raise Refused("This suggestion is not there any more; nothing was changed.")
    if row.taken is not None:
        raise Refused("This suggestion was decided on already; nothing was changed.")
    return row
