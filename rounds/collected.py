"""Statements that panelists wrote, at the lead's desk: taken into the list, or left out with a reason."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit, statements
from delphi.database import locked
from delphi.errors import NotFound, Refused
from delphi.model.event import EventKind
from delphi.model.round import Round
from delphi.model.statement import Statement, StatementProposal, Taken
from delphi.model.study import Study
from delphi.panel_side import upcoming
from delphi.statements import NewStatement
from rounds import revision
from rounds.decisions import By


def collected(session: Session, study: Study) -> Sequence[StatementProposal]:
    """List what was written in rounds that are over; nobody reads along while a round is open."""
    over = select(Round.number).where(Round.study_id == study.id, Round.closed_at.is_not(None))
    found = select(StatementProposal).where(StatementProposal.study_id == study.id, StatementProposal.round.in_(over))
    order = (StatementProposal.round, StatementProposal.section, StatementProposal.id)
    return session.scalars(found.order_by(*order)).all()


def accept(session: Session, study: Study, proposal: UUID, new: NewStatement, *, by: By) -> Statement:
    """Take a proposal into the draft of the next round, in the lead's wording."""
    one = _undecided(session, study, proposal)
    draft = upcoming(session, study)
    if draft is None or draft.number == 0:
        raise Refused(
            "There is no draft of a next round to take it into. Prepare the round first; nothing was changed."
        )
    if draft.number == 1:
        made = statements.add(session, study, [new])[0]
        session.flush()
        statements.place(session, study, draft)
    else:
        made = revision.add(session, draft, new, by=by)
    one.taken, one.statement, one.note = Taken.ACCEPTED, made.number, by.reason
    _event(session, study, by, taken=one.taken.value, code=made.code)
    return made


def merge(session: Session, study: Study, proposal: UUID, code: str, *, by: By) -> None:
    """Say that a proposal is held in a statement that is there already."""
    one = _undecided(session, study, proposal)
    number = session.scalar(select(Statement.number).where(Statement.study_id == study.id, Statement.code == code))
    if number is None:
        raise Refused("There is no statement with this code; nothing was changed.")
    one.taken, one.statement, one.note = Taken.MERGED, number, by.reason
    _event(session, study, by, taken=one.taken.value, code=code)


def decline(session: Session, study: Study, proposal: UUID, *, by: By) -> None:
    """Leave a proposal out, with the reason."""
    if not by.reason:
        raise Refused("Leaving a proposal out needs a reason; nothing was changed.")
    one = _undecided(session, study, proposal)
    one.taken, one.note = Taken.DECLINED, by.reason
    _event(session, study, by, taken=one.taken.value)


def _undecided(session: Session, study: Study, proposal: UUID) -> StatementProposal:
    one = locked(session, StatementProposal, (study.id, proposal))
    if one is None or session.get_one(Round, (study.id, one.round)).closed_at is None:
        raise NotFound
    if one.taken is not None:
        raise Refused("This proposal was decided already; nothing was changed.")
    return one


def _event(session: Session, study: Study, by: By, **facts: str) -> None:
    session.flush()
    audit.record(session, study.id, EventKind.PROPOSALS_DECIDED, by=by.by, at=by.at, reason=by.reason, **facts)
