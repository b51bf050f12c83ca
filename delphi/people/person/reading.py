"""What the team reads of one person of the panel: name, address, letters; as far as the study's turnout setting allows."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from delphi.errors import NotFound
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round, State, rounds_of
from delphi.model.study import Consent, Study, Turnout
from delphi.people.claims import ATTEMPTS

TEAM_TURN = "team-"  # a link that the team sent, not one that was asked for
MOST_LETTERS = 50


class Delivery(StrEnum):
    """How far a letter got."""

    PLANNED = "planned"
    QUEUED = "queued"
    DELAYED = "delayed"  # the mail server took it not yet; it is tried again
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter of one person, and how far it got."""

    kind: LetterKind
    round: int | None
    delivery: Delivery
    at: datetime


@dataclass(frozen=True, slots=True)
class Details:
    """What the team can correct of a person."""

    name: str
    email: str
    group: str
    note: str
    characteristics: Mapping[str, str]
    language: str = ""

    def mark(self) -> str:
        """A short hash, by which a form says what it was filled with."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the panel beside the rounds to which they were invited."""

    panelist: Panelist
    identity: Identity
    rounds: Sequence[Round]
    agreed: bool

    @property
    def details(self) -> Details:
        """What can be corrected, as it is stored."""
        one = self.identity
        group = self.panelist.stakeholder_group or ""
        return Details(
            one.name, one.email or "", group, one.note or "", {**one.characteristics}, self.panelist.language or ""
        )

    @property
    def invited(self) -> bool:
        """Whether this person was invited to any round."""
        return bool(self.rounds)

    @property
    def group_fixed(self) -> bool:
        """Whether a round closed to which this person was invited; whether they answered in it is not told."""
        return any(round_.closed_at for round_ in self.rounds)

    def removable(self, study: Study) -> bool:
        """Whether this person can be taken out as if never invited.

        Where the server keeps turnout that ends with the invitation: a refusal would tell that somebody has begun.
        """
        if not self.rounds:
            return True
        untouched = self.panelist.declined_on is None and not self.agreed and not self.group_fixed
        return study.turnout is Turnout.SHOWN and untouched


def person_of(session: Session, study: Study, panelist: Panelist) -> Person:
    """Read a person of the panel; whose name is gone is not found."""
    identity = session.get(Identity, (study.id, panelist.id))
    if identity is None:
        raise NotFound
    agreed = select(Consent.version).where(Consent.study_id == study.id, Consent.panelist == panelist.id).exists()
    own = (Participation.study_id == study.id, Participation.panelist == panelist.id)
    rows = session.execute(select(Participation.round, agreed).where(*own)).all()
    invited = {number for number, _agreed in rows}
    rounds = [round_ for round_ in rounds_of(session, study.id) if round_.number in invited]
    return Person(panelist, identity, rounds, agreed=any(agreed for _number, agreed in rows))


def persons_of(session: Session, study: Study, panelists: Sequence[Panelist]) -> list[Person]:
    """Read some persons of the panel at once, in their order; whose name is gone is left out."""
    of = [one.id for one in panelists]
    named = select(Identity).where(Identity.study_id == study.id, Identity.panelist.in_(of))
    identities = {one.panelist: one for one in session.scalars(named)}
    agreed = select(Consent.panelist).where(Consent.study_id == study.id, Consent.panelist.in_(of))
    consented, rounds = set(session.scalars(agreed)), {one.number: one for one in rounds_of(session, study.id)}
    asked = select(Participation.panelist, Participation.round).where(
        Participation.study_id == study.id, Participation.panelist.in_(of)
    )
    invited: dict[UUID, list[Round]] = {}
    for who, number in session.execute(asked.order_by(Participation.round)):
        invited.setdefault(who, []).append(rounds[number])
    return [
        Person(one, identities[one.id], invited.get(one.id, []), agreed=one.id in consented)
        for one in panelists
        if one.id in identities
    ]


def open_round(session: Session, study: Study, *, at: datetime) -> Round | None:
    """Find the round that takes answers now."""
    running = (round_ for round_ in rounds_of(session, study.id) if round_.state is State.OPEN)
    return next((round_ for round_ in running if round_.accepts(at=at)), None)


def namesakes(session: Session, study: Study, person: Person) -> list[tuple[str, str | None, str | None]]:
    """List the name, address and page of others who have the same name."""
    same = func.lower(Identity.name) == func.lower(person.identity.name)
    others = (
        select(Identity.name, Identity.email, Panelist.page_code)
        .join(Panelist, (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist))
        .where(Identity.study_id == study.id, same, Identity.panelist != person.panelist.id)
        .order_by(Identity.email)
    )
    return [(name, email, code) for name, email, code in session.execute(others.limit(MOST_LETTERS))]


def letters_of(session: Session, study: Study, person: Person, *, at: datetime) -> list[LetterLine]:
    """List the letters to a person, newest first.

    Where the server keeps turnout only those that everybody gets, and those that the team sent: any other would tell
    who has agreed, begun or finished.
    """
    own = select(Letter).where(Letter.study_id == study.id, Letter.panelist == person.panelist.id)
    if study.turnout is Turnout.KEPT:
        own = own.where(Letter.kind.in_((LetterKind.INVITATION, LetterKind.ADDRESS_CHANGED)) | of_the_team())
    newest = own.order_by(Letter.due_at.desc(), Letter.id).limit(MOST_LETTERS)
    return [_line(letter, at) for letter in session.scalars(newest)]


def of_the_team() -> ColumnElement[bool]:
    """Whether a letter brings a link that the team sent, and that nobody asked for."""
    return Letter.dedupe_key.startswith(f"{LetterKind.LINK}:None:{TEAM_TURN}", autoescape=True)


def _line(letter: Letter, at: datetime) -> LetterLine:
    moment = letter.sent_at or letter.failed_at or letter.dropped_at or letter.due_at
    return LetterLine(letter.kind, letter.round, _delivery(letter, at), moment)


def _delivery(letter: Letter, at: datetime) -> Delivery:
    if letter.sent_at:
        return Delivery.SENT
    if letter.failed_at:
        return Delivery.GIVEN_UP if letter.attempts >= ATTEMPTS else Delivery.REFUSED
    if letter.dropped_at:
        return Delivery.NOT_NEEDED
    if letter.attempts:
        return Delivery.DELAYED
    return Delivery.PLANNED if letter.due_at > at else Delivery.QUEUED
