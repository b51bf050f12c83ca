"""The team of a study: who may do what; invitations by mail; there is always an owner."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.database import locked
from delphi.errors import NotFound, Refused
from delphi.model.account import Account
from delphi.model.event import EventKind
from delphi.model.letter import TeamLetter
from delphi.model.study import Membership, Role, Study
from delphi.studies import held_roles

ADDRESS = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def members(session: Session, study: Study) -> Sequence[tuple[Membership, Account]]:
    """List the team by role and address."""
    rows = session.execute(
        select(Membership, Account)
        .join(Account, Account.id == Membership.account)
        .where(Membership.study_id == study.id)
        .order_by(Account.email)
    ).all()
    order = list(Role)
    return sorted(((member, account) for member, account in rows), key=lambda row: order.index(row[0].role))


class TeamRole(NamedTuple):
    """A role as it is given: that of a translator is of one language."""

    role: Role
    language: str | None = None

    @property
    def word(self) -> str:
        """How forms name it: "viewer", "translator:nl"."""
        return f"{self.role}:{self.language}" if self.language else self.role.value

    @property
    def facts(self) -> dict[str, str]:
        """What the audit trail keeps of it."""
        return {"role": self.role.value} | ({"language": self.language} if self.language else {})


def role_called(study: Study, word: str | None) -> TeamRole:
    """Find the role of this name; a translator is one of a language of the study."""
    name, _colon, language = (word or "").partition(":")
    if name not in set(Role) or (name == Role.TRANSLATOR) != (language in study.languages):
        raise Refused("Choose a role; nothing was changed.")
    return TeamRole(Role(name), language or None)


def invite(
    session: Session, study: Study, email: str, role: Role, *, by: int, at: datetime, language: str | None = None
) -> Account:
    """Invite somebody to a role by mail; who has no account gets one without a password."""
    given, address = TeamRole(role, language), email.strip().lower()
    if not ADDRESS.fullmatch(address) or not address.isascii():
        raise Refused("This is not a mail address; nobody was invited.")
    account = session.scalars(select(Account).where(Account.email == address)).first()
    held_roles.refuse_both_sides(session, study, account.id if account else None, given.role)
    if account is None:
        account = Account(email=address, fs_uniquifier=secrets.token_hex(32), active=True)
        session.add(account)
        session.flush()
    member = session.get(Membership, (study.id, account.id))
    if member is not None and (account.password is not None or role_of(member) != given):
        raise Refused("This person is on the team already; nobody was invited.")
    if member is None:
        held_roles.give(session, study.id, account.id, given.role, language=given.language)
    session.add(TeamLetter(study_id=study.id, id=uuid4(), account=account.id, run_after=at, attempts=0))
    audit.record(session, study.id, EventKind.MEMBER_INVITED, by=by, at=at, account=account.id, **given.facts)
    return account


def role_of(member: Membership) -> TeamRole:
    """The role that a member has."""
    return TeamRole(member.role, member.language)


def change_role(
    session: Session, study: Study, number: int, role: Role, *, by: int, at: datetime, language: str | None = None
) -> None:
    """Change the role of a member; there is always an owner."""
    given = TeamRole(role, language)
    member = _member(session, study, number)
    if role_of(member) == given:
        return
    if member.role is Role.OWNER:
        _another_owner(session, study)
    held_roles.refuse_both_sides(session, study, number, given.role)
    held_roles.give(session, study.id, number, given.role, language=given.language)
    audit.record(session, study.id, EventKind.MEMBER_CHANGED, by=by, at=at, account=number, **given.facts)


def remove(session: Session, study: Study, number: int, *, by: int, at: datetime) -> None:
    """Take somebody from the team; letters that did not leave yet stay here."""
    member = _member(session, study, number)
    if member.role is Role.OWNER:
        _another_owner(session, study)
    session.execute(delete(TeamLetter).filter_by(study_id=study.id, account=number))
    session.delete(member)
    audit.record(session, study.id, EventKind.MEMBER_REMOVED, by=by, at=at, account=number)


def _member(session: Session, study: Study, number: int) -> Membership:
    locked(session, Study, (study.id,))  # two owners who remove each other at once are put in a row
    member = session.get(Membership, (study.id, number), populate_existing=True)
    if member is None:
        raise NotFound
    return member


def _another_owner(session: Session, study: Study) -> None:
    if held_roles.owners(session, study) < 2:
        raise Refused("A study needs an owner. Make somebody else an owner first; nothing was changed.")
