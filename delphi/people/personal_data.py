"""Everything that is held about one panelist, for that panelist: plain values, in the order of the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from delphi import audit, handed_links
from delphi.contents.information import document_in
from delphi.contents.piece import Piece
from delphi.contents.reading import Contents
from delphi.database import remembered
from delphi.errors import NotFound, Refused
from delphi.model.acknowledgement import Acknowledgement
from delphi.model.event import EventKind
from delphi.model.identity import Declaration, Identity
from delphi.model.letter import Letter
from delphi.model.panel import AccessLink, Panelist, PanelistSession
from delphi.model.round import Participation
from delphi.model.statement import StatementProposal
from delphi.model.study import Consent, Document, Study
from delphi.people.own_answers import Facts, answers_of, given_by, rounds_of_person
from delphi.translations import NAMES


@dataclass(frozen=True, slots=True)
class AboutPerson:
    """What stands once about a panelist, and how many people are in the same group.

    Attributes
    ----------
    company, added_later
        People in this panelist's group, oneself among them, and how many of them were added after round 1. A team that
        invents panelists is not stopped by it, but seen: so many of the group never were in the first round.
    """

    identity: Identity | None
    declaration: Declaration | None
    acknowledgement: Acknowledgement | None
    company: int
    added_later: int


def about(session: Session, who: Panelist, *, acknowledgement: str) -> AboutPerson:
    """Read it in one statement; the key of the acknowledgement is given, since no row leads there."""
    known = remembered(session, "about")
    if who.id not in known:
        own = {"study_id": who.study_id, "panelist": who.id}
        named = (Acknowledgement.study_id == who.study_id) & (Acknowledgement.key == acknowledgement)
        query = (
            select(Identity, Declaration, Acknowledgement, *_company(who))
            .select_from(Panelist)
            .outerjoin(Identity, and_(*(getattr(Identity, name) == value for name, value in own.items())))
            .outerjoin(Declaration, and_(*(getattr(Declaration, name) == value for name, value in own.items())))
            .outerjoin(Acknowledgement, named)
            .where(Panelist.study_id == who.study_id, Panelist.id == who.id)
        )
        known[who.id] = AboutPerson(*session.execute(query).one())
    found: AboutPerson = known[who.id]
    return found


def _company(who: Panelist) -> tuple[ColumnElement[int], ColumnElement[int]]:
    peer = aliased(Panelist)
    begun = exists().where(Participation.study_id == who.study_id, Participation.round == 1)
    here = (Participation.study_id == peer.study_id, Participation.panelist == peer.id, Participation.round == 1)
    first = select(Participation.panelist).where(*here).exists()
    group = (
        select(func.count())
        .select_from(peer)
        .where(peer.study_id == who.study_id, peer.declined_on.is_(None), peer.withdrawn_on.is_(None))
        .where(peer.stakeholder_group.is_not_distinct_from(who.stakeholder_group))
    )
    return group.scalar_subquery(), group.where(begun, ~first).scalar_subquery()


def gather(
    session: Session, study: Study, who: Panelist, *, acknowledgement: str, contents: Contents | None = None
) -> dict[str, list[Facts]]:
    """Collect all rows about a panelist by section; what the study says is told in a language."""
    said = contents or Contents.of_source(study)
    known = about(session, who, acknowledgement=acknowledgement)
    links = _rows_of(session, AccessLink, who, AccessLink.minted_on)
    given = given_by(session, who)
    return {
        "person": _person(said, known.identity, who),
        "declaration": _declaration(session, known.declaration),
        "acknowledgement": _named(known.acknowledgement),
        "consents": _consents(session, said, who),
        "links": [{"minted_on": link.minted_on.isoformat(), "handed": link.handed} for link in links],
        "devices": [_device(device) for device in _devices(session, who)],
        "rounds": rounds_of_person(given),
        "answers": answers_of(said, said.scale(study), given),
        "proposals": _proposals(session, said, who),
        "letters": _letters(session, who),
    }


def _devices(session: Session, who: Panelist) -> list[PanelistSession]:
    known = remembered(session, "devices")
    if who.id not in known:
        order = (PanelistSession.expires_on, PanelistSession.grant_sha256)
        known[who.id] = _rows_of(session, PanelistSession, who, *order)
    found: list[PanelistSession] = known[who.id]
    return found


def _device(device: PanelistSession) -> Facts:
    return {"signed_in_until": device.expires_on.isoformat(), "handed": device.handed_link is not None}


def handed_devices(session: Session, who: Panelist) -> list[PanelistSession]:
    """List the devices that were signed in by a link that the team handed out, for a device that sees everything."""
    if handed_links.is_handed(session):
        return []
    return [device for device in _devices(session, who) if device.handed_link is not None]


def answer_for_device(session: Session, who: Panelist, grant_sha256: str, *, own: bool) -> None:
    """Let a device that a handed link signed in show everything, or sign it out; only an own device says which."""
    if handed_links.is_handed(session):
        raise handed_links.Withheld
    for device in handed_devices(session, who):
        if device.grant_sha256 == grant_sha256:
            if own:
                device.handed_link = None
            else:
                session.delete(device)
            session.flush()
            return
    raise Refused("This device is not signed in any more. Nothing was changed.")


def _consents(session: Session, contents: Contents, who: Panelist) -> list[Facts]:
    """List the consents with their items in words."""
    given = (
        select(Consent, Document)
        .join(Document, (Document.study_id == Consent.study_id) & (Document.version == Consent.version))
        .where(Consent.study_id == who.study_id, Consent.panelist == who.id)
        .order_by(Consent.version)
    )
    return [
        {
            "version": one.version,
            "items": [document_in(contents, document).items[n] for n in one.items],
            "given_on": one.given_on.isoformat(),
        }
        for one, document in session.execute(given)
    ]


def _proposals(session: Session, contents: Contents, who: Panelist) -> list[Facts]:
    names = ("round", "section", "text", "reason", "source")
    written = _rows_of(session, StatementProposal, who, StatementProposal.round, StatementProposal.text)
    rows = [{name: getattr(one, name) for name in names} for one in written]
    return [row | {"section": contents.section(row["section"])} for row in rows]


def _letters(session: Session, who: Panelist) -> list[Facts]:
    return [
        {"kind": letter.kind.value, "round": letter.round, "sent_at": letter.sent_at.isoformat()}
        for letter in _rows_of(session, Letter, who, Letter.sent_at)
        if letter.sent_at
    ]


def correct_name(session: Session, study: Study, panelist: Panelist, name: str, *, at: datetime) -> None:
    """Correct a panelist's name; the trail tells that one was corrected and on which day, never whose it is."""
    identity = session.get(Identity, (panelist.study_id, panelist.id))
    if identity is None:
        raise NotFound
    if identity.name == name:
        return
    identity.name = name
    day = datetime.combine(at.date(), time(), at.tzinfo)
    audit.record(session, study.id, EventKind.PANELIST_CORRECTED, by=None, at=day)


def as_rows(data: dict[str, list[Facts]]) -> Iterator[tuple[str, int, str, str]]:
    """Flatten what is held into rows of section, number, field, value."""
    for section, rows in data.items():
        for number, row in enumerate(rows, 1):
            for name, value in row.items():
                yield section, number, name, "" if value is None else str(value)


def _rows_of(session: Session, table: Any, who: Panelist, *order: Any) -> list[Any]:
    query = select(table).where(table.study_id == who.study_id, table.panelist == who.id)
    return list(session.scalars(query.order_by(*order)))


def _person(contents: Contents, person: Identity | None, who: Panelist) -> list[Facts]:
    known: Facts = {"name": person.name, "email": person.email} | person.characteristics if person else {}
    if person and person.note:
        known["note"] = person.note
    if person and person.changed_by_team:
        known["changed_by_team"] = True
    if person and person.bounced_on:
        known |= {"bounced_on": person.bounced_on.isoformat(), "bounce": person.bounce}
    membership = {
        "stakeholder_group": contents.say(f"group.{who.stakeholder_group}", who.stakeholder_group or ""),
        "language": Piece(NAMES.get(who.language, who.language), who.language) if who.language else None,
        "declined_on": who.declined_on.isoformat() if who.declined_on else None,
        "left_because": who.left_because or None,
        "reminders_stopped": who.reminders_stopped or None,
    }
    return [known | {name: value for name, value in membership.items() if value}]


def _declaration(session: Session, declared: Declaration | None) -> list[Facts]:
    if declared is None or handed_links.is_handed(session):
        return []
    conflict = {
        "conflict_of_interest": declared.conflict,
        "conflict_text": declared.conflict_text,
        "conflict_published": declared.conflict_published,
    }
    return [{f"expertise: {section}": level for section, level in declared.expertise.items()} | conflict]


def _named(chosen: Acknowledgement | None) -> list[Facts]:
    if chosen is None:
        return []
    return [{name: getattr(chosen, name) for name in ("name", "affiliation", "orcid", "certificate")}]
