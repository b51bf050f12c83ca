"""What the team does to one person of the panel: correct, mail or hand out a link, end links, remove.

Each takes the person's row for itself first, so that two leads, or one who clicks twice, come one after the other.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from delphi import access, audit
from delphi.access import sha256
from delphi.contents import languages
from delphi.database import locked
from delphi.errors import NotFound, Refused
from delphi.letters import outbox
from delphi.model.event import Event, EventKind
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import AccessLink, Panelist
from delphi.model.round import Participation
from delphi.model.study import Study
from delphi.people import acknowledgements, addresses, links
from delphi.people.person.reading import TEAM_TURN, Details, Person, person_of
from delphi.protocol import groups
from delphi.translations import N_

OVERTAKEN = N_(
    "Somebody changed this person since you opened the page. What you typed is still here, and what stands now "
    "is above it. Nothing was changed."
)


@dataclass(frozen=True, slots=True)
class By:
    """Who of the team does something, and when."""

    account: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """What a form asks for: the right details, what it was filled with, and whether earlier links end."""

    wanted: Details
    seen: str
    end_links: bool


class Overtaken(Refused):
    """Somebody else changed the person since the form was opened."""

    def __init__(self) -> None:
        super().__init__(OVERTAKEN)


def correct(session: Session, study: Study, panelist: Panelist, asked: Correction, *, by: By) -> bool:
    """Correct a person under the same code; False if all stands already as it is asked for.

    A new address gets a new link once the person was invited. Links and devices of before end where the team says that
    the old address was wrong; where a person only moved, their own device is what confirms the new address.
    """
    person = _held(session, study, panelist)
    stored, wanted = person.details, asked.wanted
    if stored == wanted:
        return False
    if asked.seen != stored.mark():
        raise Overtaken
    _check_group(session, study, person, wanted.group)
    if wanted.email != stored.email:
        addresses.change(session, study, panelist.id, wanted.email, by=by.account, at=by.at)
        if person.invited:
            _send_to_new_address(session, study, panelist, end_links=asked.end_links, at=by.at)
    one, panelist.stakeholder_group = person.identity, wanted.group or None
    one.name, one.note, one.characteristics = wanted.name, wanted.note or None, {**wanted.characteristics}
    if wanted.language != stored.language:
        languages.speak(panelist, wanted.language or None)
    session.flush()
    parts = ("name", "group", "language", "note", "characteristics")
    what = [name for name in parts if getattr(stored, name) != getattr(wanted, name)]
    if what:
        audit.record(session, study.id, EventKind.PANELIST_CORRECTED, by=by.account, at=by.at, what=what)
    return True


def _held(session: Session, study: Study, panelist: Panelist) -> Person:
    """Take the rows of a person, in the order of whoever takes both."""
    if locked(session, Panelist, (study.id, panelist.id)) is None or panelist.withdrawn_on is not None:
        raise NotFound
    locked(session, Identity, (study.id, panelist.id))
    return person_of(session, study, panelist)


def _check_group(session: Session, study: Study, person: Person, group: str) -> None:
    if group == (person.panelist.stakeholder_group or ""):
        return
    if person.group_fixed:
        raise Refused("A round closed to which this person was invited, so the group stays. Nothing was changed.")
    if group and group not in {one.key for one in groups.groups_of(session, study)}:
        raise Refused("This study has no group of this name. Nothing was changed.")


def regroup(session: Session, study: Study, panelist: Panelist, group: str, *, by: By) -> bool:
    """Put a person into a group, or into none; False if it is so already."""
    person = _held(session, study, panelist)
    if group == (panelist.stakeholder_group or ""):
        return False
    _check_group(session, study, person, group)
    panelist.stakeholder_group = group or None
    session.flush()
    audit.record(session, study.id, EventKind.PANELIST_CORRECTED, by=by.account, at=by.at, what=["group"])
    return True


def _send_to_new_address(session: Session, study: Study, panelist: Panelist, *, end_links: bool, at: datetime) -> None:
    if end_links:
        access.revoke_links(session, study.id, panelist.id)
    if not _link_is_waiting(session, study, panelist):
        outbox.queue(session, LetterKind.LINK, study.id, None, [panelist.id], at=at, turn=f"{TEAM_TURN}{uuid4().hex}")


def _link_is_waiting(session: Session, study: Study, panelist: Panelist) -> bool:
    """Whether an invitation or a link waits to be sent: it finds the address of the moment."""
    kinds = Letter.kind.in_((LetterKind.INVITATION, LetterKind.LINK))
    own = select(Letter.id).where(Letter.study_id == study.id, Letter.panelist == panelist.id)
    return session.scalar(own.where(Letter.unsent, kinds).limit(1)) is not None


def send_link(session: Session, study: Study, panelist: Panelist, *, by: By) -> bool:
    """Mail a new link; False if one is on its way already."""
    person = _held(session, study, panelist)
    _refuse_uninvited(person)
    if person.identity.email is None:
        raise Refused("This person has no mail address. Make a link to print or copy instead. Nothing was changed.")
    if _link_is_waiting(session, study, panelist):
        return False
    turn = f"{TEAM_TURN}{uuid4().hex}"
    outbox.queue(session, LetterKind.LINK, study.id, None, [panelist.id], at=by.at, turn=turn)
    audit.record(session, study.id, EventKind.LINK_MAILED, by=by.account, at=by.at)
    return True


def _refuse_uninvited(person: Person) -> None:
    if not person.invited:
        raise Refused("This person is not invited to a round yet, so a link would open nothing. Nothing was changed.")
    if person.panelist.declined_on is not None:
        raise Refused("This person declined, so nothing is sent. Nothing was changed.")


def end_links(session: Session, study: Study, panelist: Panelist, *, by: By) -> None:
    """End every link and sign out every device; whether there were any is not told."""
    _held(session, study, panelist)
    access.revoke_links(session, study.id, panelist.id)
    audit.record(session, study.id, EventKind.LINKS_ENDED, by=by.account, at=by.at)


def hand_link(session: Session, study: Study, panelist: Panelist, *, form: UUID, secret: str, by: By) -> str:
    """Make a link to print or copy, and give its token; the same form sent twice gives the same one.

    It is a handed link: it shows nothing that was given through another one.
    """
    _refuse_uninvited(_held(session, study, panelist))
    message = f"handed link/{study.id}/{panelist.id}/{form}"
    token = hmac.new(secret.encode(), message.encode(), "sha256").hexdigest()
    if session.get(AccessLink, (study.id, sha256(token))) is not None:
        return token
    if _was_handed(session, study, form):
        raise Refused("This link was ended since. Open the person's page again to make a new one. Nothing was changed.")
    return links.mint(session, study, panelist.id, at=by.at, handed_by=by.account, form=form.hex, token=token)


def _was_handed(session: Session, study: Study, form: UUID) -> bool:
    handed = select(Event.sequence).where(Event.study_id == study.id, Event.kind == EventKind.LINK_HANDED)
    return session.scalar(handed.where(Event.data["form"].as_string() == form.hex).limit(1)) is not None


def remove(session: Session, study: Study, panelist: Panelist, *, secret: str, by: By) -> None:
    """Take somebody out who has not agreed to take part: as if never invited."""
    rounds = select(Participation.round).where(
        Participation.study_id == study.id, Participation.panelist == panelist.id
    )
    for number in session.scalars(rounds.order_by(Participation.round)).all():
        locked(session, Participation, (study.id, number, panelist.id))
    if not _held(session, study, panelist).removable(study):
        raise Refused(
            "This person was invited, so nobody can be removed without a trace any more. They can leave instead, and "
            "get a receipt. Nothing was changed."
        )
    acknowledgements.remove(session, study, acknowledgements.key_of(secret, study.id, panelist.id))
    for table in (Letter, Participation):
        session.execute(delete(table).where(table.study_id == study.id, table.panelist == panelist.id))
    session.delete(panelist)
    session.flush()
    audit.record(session, study.id, EventKind.PANELIST_REMOVED, by=by.account, at=by.at)
