"""Suggestions: statements that panelists wrote, as the lead reads them: taken as a new statement, merged into one, or declined."""

from uuid import UUID

from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import NotFound, Refused
from delphi.model.event import EventKind
from delphi.model.round import Round
from delphi.model.statement import Statement, Taken
from delphi.model.study import Study
from delphi.statements import statements
from delphi.statements.questionnaire import place, versions_asked
from delphi.statements.statements import NewStatement
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy, open_draft
from rounds.seal import texts
from rounds.seal.texts import Suggestion


def suggested(session: Session, draft: Round) -> list[Suggestion]:
    """List what was suggested in the closed rounds before this draft, undecided ones first, in a random order."""
    return texts.suggestions(session, draft.study_id, before=draft.number)


def take(session: Session, draft: Round, id_: UUID, new: NewStatement, *, by: DecidedBy) -> Statement:
    """Ask a suggested statement, in the lead's wording, from this round on."""
    row = _waiting(session, draft, id_)
    statement = _first(session, draft, new) if draft.number == 1 else changes.add(session, draft, new, by=by)
    _decide(session, draft, row, Taken.ACCEPTED, by=by, statement=statement.number)
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
    _decide(session, draft, row, Taken.MERGED, by=by, statement=statement)


def decline(session: Session, draft: Round, id_: UUID, *, by: DecidedBy) -> None:
    """Leave a suggested statement out; the reason is kept."""
    row = _waiting(session, draft, id_)
    if not by.reason:
        raise Refused("Leaving a suggestion out needs a reason; nothing was changed.")
    _decide(session, draft, row, Taken.DECLINED, by=by)


def reconsider(session: Session, draft: Round, id_: UUID, *, by: DecidedBy) -> None:
    """Take back that a suggestion was merged or left out; one that was taken up goes back with its statement."""
    open_draft(session, draft)
    row = next((row for row in suggested(session, draft) if row.id == id_), None)
    if row is None or row.taken not in (Taken.MERGED, Taken.DECLINED):
        raise Refused("There is no decision on this suggestion to take back here; nothing was changed.")
    _decide(session, draft, row, None, by=by)


def _decide(
    session: Session, draft: Round, row: Suggestion, taken: Taken | None, *, by: DecidedBy, statement: int | None = None
) -> None:
    session.flush()
    note = by.reason if taken else ""
    texts.decide_suggestion(session, draft.study_id, row.id, taken, statement=statement, note=note)
    facts = {"proposals": {str(row.id): taken.value if taken else None}, "reason": by.reason}
    kind = EventKind.PROPOSALS_DECIDED
    audit.record(session, draft.study_id, kind, by=by.account, at=by.at, round=draft.number, **facts)


def _waiting(session: Session, draft: Round, id_: UUID) -> Suggestion:
    open_draft(session, draft)
    row = next((row for row in suggested(session, draft) if row.id == id_), None)
    if row is None:
        raise Refused("This suggestion is not there any more; nothing was changed.")
    if row.taken is not None:
        raise Refused("This suggestion was decided on already; nothing was changed.")
    return row
