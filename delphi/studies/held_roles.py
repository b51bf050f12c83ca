"""Separated duties: whoever ever saw names never reads single answers, nor the other way round; two owners see to it."""

from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.access import SEES_NAMES
from delphi.errors import NotFound, Refused
from delphi.letters import outbox
from delphi.model.event import Event, EventKind
from delphi.model.letter import LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation
from delphi.model.study import HeldRole, Level, Membership, Role, Study

APART = frozenset({EventKind.MEMBER_INVITED, EventKind.MEMBER_CHANGED})


def give(
    session: Session,
    study_id: int,
    account: int,
    role: Role,
    *,
    confirmed_by: int | None = None,
    language: str | None = None,
) -> Membership:
    """Put an account into a role, and keep for good that it has held it; ``language`` is that of a translator."""
    member = session.get(Membership, (study_id, account))
    if member is None:
        member = Membership(study_id=study_id, account=account, role=role)
        session.add(member)
    member.role, member.confirmed_by, member.language = role, confirmed_by, language
    if session.get(HeldRole, (study_id, account, role)) is None:
        session.add(HeldRole(study_id=study_id, account=account, role=role))
    session.flush()
    return member


def held(session: Session, study_id: int, account: int) -> frozenset[Role]:
    """Every role that an account has or had in a study."""
    return frozenset(session.scalars(select(HeldRole.role).filter_by(study_id=study_id, account=account)))


def refuse_both_sides(session: Session, study: Study, account: int | None, role: Role) -> None:
    """Refuse a role that would put names and single answers into the same hands, and a statistician without need."""
    before = held(session, study.id, account) if account is not None else frozenset()
    if role in SEES_NAMES and Role.STATISTICIAN in before:
        raise Refused(
            "This person was the statistician of this study and may have read single answers, so no role that sees "
            "names, letters or comments can follow. Nothing was changed."
        )
    if role is not Role.STATISTICIAN:
        return
    if study.level is not Level.SEPARATED:
        raise Refused("Only a study with separated duties has a statistician. Nothing was changed.")
    if before & SEES_NAMES:
        raise Refused(
            "This person could see names, letters or comments of this study, now or earlier, so they cannot read single "
            "answers as its statistician. Nothing was changed."
        )
    if owners(session, study) < 2:
        raise Refused(
            "A second owner has to confirm the statistician. Make somebody else an owner first; nothing was changed."
        )


def owners(session: Session, study: Study) -> int:
    """How many owners a study has."""
    counted = select(func.count()).select_from(Membership).filter_by(study_id=study.id, role=Role.OWNER)
    return session.scalar(counted) or 0


def confirm(session: Session, study: Study, account: int, *, by: int, at: datetime) -> None:
    """Confirm a statistician as a second owner; from now on single answers can be read, and the panel is told."""
    member = session.get(Membership, (study.id, account), populate_existing=True)
    if member is None:
        raise NotFound
    if member.role is not Role.STATISTICIAN or member.confirmed_by is not None:
        raise Refused("There is nothing to confirm; nothing was changed.")
    if named_by(session, study, account) == by:
        raise Refused("You named this person, so another owner confirms. Nothing was changed.")
    member.confirmed_by = by
    audit.record(session, study.id, EventKind.MEMBER_CONFIRMED, by=by, at=at, account=account)
    told = select(Panelist.id).where(
        Panelist.study_id == study.id,
        Panelist.withdrawn_on.is_(None),
        Panelist.declined_on.is_(None),
        exists().where(Participation.study_id == study.id, Participation.panelist == Panelist.id),
    )
    turn = audit_number(session, study)
    outbox.queue(session, LetterKind.STATISTICIAN, study.id, None, session.scalars(told), at=at, turn=turn)


def named_by(session: Session, study: Study, account: int) -> int | None:
    """The owner who made this account what it is, by the newest event that says so."""
    told = select(Event).where(Event.study_id == study.id, Event.kind.in_(APART)).order_by(Event.sequence.desc())
    return next((event.actor for event in session.scalars(told) if event.data.get("account") == account), None)


def audit_number(session: Session, study: Study) -> int:
    """The number of the newest event: letters about another person have another one."""
    return session.scalar(select(func.max(Event.sequence)).where(Event.study_id == study.id)) or 0
