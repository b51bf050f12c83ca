"""People who joined the panel after a round was opened: invited into it while it takes answers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.database import locked
from delphi.errors import Refused
from delphi.letters import outbox
from delphi.model.event import EventKind
from delphi.model.letter import LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round, State, rounds_of
from delphi.model.study import Study
from rounds.lifecycle import invitations
from rounds.lifecycle.invitations import TAKING_PART


def round_to_join(session: Session, study: Study, *, at: datetime) -> Round:
    """Find the round that takes answers now.

    Raises
    ------
    Refused
        No round takes answers.
    """
    running = (round_ for round_ in rounds_of(session, study.id) if round_.state is State.OPEN)
    found = next((round_ for round_ in running if round_.accepts(at=at)), None)
    if found is None:
        raise Refused("No round takes answers now, so nobody can be invited into one. Nothing was changed.")
    return found


def count_waiting(session: Session, round_: Round) -> int:
    """Count those who joined after the opening of a round and are not invited to it."""
    return session.scalar(select(func.count()).select_from(_waiting(round_).subquery())) or 0


def waiting(session: Session, round_: Round, only: Sequence[Panelist] | None = None) -> Sequence[UUID]:
    """List who joined after the opening and is not invited; of some people, or of all."""
    wanted = _waiting(round_)
    if only is not None:
        wanted = wanted.where(Panelist.id.in_([one.id for one in only]))
    return session.scalars(wanted.order_by(Panelist.id)).all()


def _waiting(round_: Round) -> Select[UUID]:
    here = (Participation.study_id == Panelist.study_id, Participation.panelist == Panelist.id)
    invited = select(Participation.panelist).where(*here, Participation.round == round_.number).exists()
    return select(Panelist.id).where(Panelist.study_id == round_.study_id, TAKING_PART, ~invited)


def invite(
    session: Session, study: Study, round_: Round, *, by: int, at: datetime, only: Sequence[Panelist] | None = None
) -> int:
    """Invite them, or some of them, into the open round; how many were invited: none who is already.

    They count in its response from now on, and get the reminders that are still planned.
    """
    locked(session, Round, (study.id, round_.number))
    if not round_.accepts(at=at):
        raise Refused("This round takes no answers any more, so nobody can be invited into it. Nothing was changed.")
    people = waiting(session, round_, only)
    if people:
        _invite(session, round_, study.time_zone, people, at=at)
        facts = {"round": round_.number, "count": len(people)}
        audit.record(session, study.id, EventKind.PANELIST_INVITED, by=by, at=at, **facts)
    return len(people)


def _invite(session: Session, round_: Round, zone: str, people: Sequence[UUID], *, at: datetime) -> None:
    key = {"study_id": round_.study_id, "round": round_.number, "submitted_on": None}
    session.execute(insert(Participation), [key | {"panelist": one} for one in people])
    outbox.queue(session, LetterKind.INVITATION, round_.study_id, round_.number, people, at=at)
    invitations.plan_for(session, round_, zone, people, at=at)
