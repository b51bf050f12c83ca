"""Addresses that the team corrects: the same person under the same code, and the old address is told."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from delphi import audit, handed_links
from delphi.errors import NotFound, Refused
from delphi.model.event import EventKind
from delphi.model.identity import Identity, Receipt
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation
from delphi.model.study import Study


def person_at(session: Session, study: Study, email: str) -> Identity | None:
    """Find whose address this is."""
    return session.scalars(select(Identity).filter_by(study_id=study.id, email=email.lower())).first()


def page_of(session: Session, study: Study, name: str, email: str) -> str | None:
    """The code in the address of the page of whoever has this mail address; of who has none, by the name."""
    member = (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist)
    known = select(Panelist.page_code).join(Identity, member).where(Identity.study_id == study.id)
    unaddressed = Identity.email.is_(None) & (Identity.name == name)
    return session.scalar(known.where(Identity.email == email if email else unaddressed).limit(1))


def change(session: Session, study: Study, panelist: UUID, email: str, *, by: int, at: datetime) -> None:
    """Change the address of a person on the panel; once invited, links to the new one show nothing given before."""
    person = session.get(Identity, (study.id, panelist))
    if person is None:
        raise NotFound
    new = email.lower()
    if new == person.email:
        return
    if person_at(session, study, new) is not None:
        raise Refused("This address belongs to another person of the panel. Nothing was changed.")
    if _invited(session, person):
        _tell_old_address(session, person, at=at)
        person.changed_by_team = True
    person.email, person.bounced_on, person.bounce = new, None, None
    session.flush()
    audit.record(session, study.id, EventKind.PANELIST_CORRECTED, by=by, at=at)


def confirm(session: Session, study: Study, panelist: UUID) -> None:
    """Keep that an address is the panelist's own: a device says so that no handed link has signed in."""
    if handed_links.is_handed(session):
        raise handed_links.Withheld
    person = session.get(Identity, (study.id, panelist))
    if person is None:
        raise NotFound
    person.changed_by_team = False
    session.flush()


def _invited(session: Session, person: Identity) -> bool:
    invited = exists().where(Participation.study_id == person.study_id, Participation.panelist == person.panelist)
    return bool(session.scalar(select(invited)))


def _tell_old_address(session: Session, person: Identity, *, at: datetime) -> None:
    """Queue the news for the address of before, if there was one, which the letter keeps for itself until it has left."""
    if person.email is None:
        return
    letter = Letter(study_id=person.study_id, id=uuid4(), kind=LetterKind.ADDRESS_CHANGED, panelist=person.panelist)
    letter.dedupe_key = f"{letter.kind}:None:{letter.id.hex}:{person.panelist}"
    letter.due_at = letter.run_after = at
    letter.attempts = 0
    session.add(letter)
    session.flush()
    session.add(Receipt(study_id=person.study_id, letter=letter.id, name=person.name, email=person.email))
