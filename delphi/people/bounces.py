"""Mail that came back is noted on the person to whom it went, and the team is told once a day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.access import ALLOWED, Capability
from delphi.config import Settings
from delphi.letters import outbox, returned, tokens
from delphi.letters.returned import LONGEST_REASON, Returned
from delphi.model.identity import Identity
from delphi.model.letter import Letter, TeamLetter, TeamLetterKind
from delphi.model.panel import Panelist
from delphi.model.study import Study

TELL_AFTER, TELL_AGAIN_AFTER = timedelta(minutes=15), timedelta(days=1)
ROSTER_ROLES = [role for role, may in ALLOWED.items() if Capability.ROSTER in may]


@dataclass(frozen=True, slots=True)
class Found:
    """Whose mail came back, and why."""

    person: Identity
    reason: str


def take(session: Session, data: bytes, *, settings: Settings, at: datetime, study: Study | None = None) -> bool:
    """Note what a mail says; False if it says nothing of a letter of ours, or of an address that is no longer there.

    With a ``study`` only its people are looked at, and they are found by address, too: whoever hands the mail in may see them.
    """
    mail = returned.read(data)
    found = _find(session, mail, settings, study) if mail else None
    if found is None:
        return False
    note(session, found.person, found.reason, at=at)
    return True


def note(session: Session, person: Identity, reason: str, *, at: datetime) -> None:
    """Note on a person that the address takes no mail, and tell the team."""
    person.bounced_on = at.date()
    person.bounce = reason[:LONGEST_REASON] or None
    session.flush()
    _tell_team(session, person.study_id, at=at)


def _find(session: Session, mail: Returned, settings: Settings, study: Study | None) -> Found | None:
    for study_id, letter_id in _named(session, mail, settings, study):
        letter = session.get(Letter, (study_id, letter_id))
        person = session.get(Identity, (study_id, letter.panelist)) if letter else None
        if person is not None and _is_of(person, mail):
            return Found(person, mail.reason)
    if study is None:
        return None
    at_address = select(Identity).where(Identity.study_id == study.id, Identity.email.in_(mail.recipients))
    person = session.scalars(at_address).first()
    return Found(person, mail.reason) if person else None


def _named(session: Session, mail: Returned, settings: Settings, study: Study | None) -> list[tuple[int, UUID]]:
    """List the letters that a mail names: by the return path, which is signed, or by a Message-ID that nobody can guess."""
    read = [tokens.read(settings.secret_key, tokens.BOUNCE, token) for token in mail.tokens]
    ids = [UUID(text) for text in mail.letters if _is_uuid(text)]
    within = select(Letter.study_id, Letter.id).where(Letter.id.in_(ids))
    found = [key for key in read if key] + [(row.study_id, row.id) for row in session.execute(within)]
    return [key for key in found if study is None or key[0] == study.id]


def _is_uuid(text: str) -> bool:
    try:
        return UUID(text).version == 4
    except ValueError:
        return False


def _is_of(person: Identity, mail: Returned) -> bool:
    """Whether the mail went to the address of now; one that the team has changed since is not meant."""
    return person.email in mail.recipients or (person.email is not None and not person.changed_by_team)


def _tell_team(session: Session, study_id: int, *, at: datetime) -> None:
    """Queue one letter to each who may see the roster, unless one waits or left within a day."""
    recent = (TeamLetter.sent_at > at - TELL_AGAIN_AFTER) | TeamLetter.unsent
    told = select(TeamLetter.account).where(
        TeamLetter.study_id == study_id, TeamLetter.kind == TeamLetterKind.BOUNCE, recent
    )
    but = session.scalars(told).all()
    outbox.queue_for_team(session, TeamLetterKind.BOUNCE, study_id, ROSTER_ROLES, at=at + TELL_AFTER, but=but)


def count(session: Session, study_id: int) -> int:
    """Count the people whose address takes no mail."""
    bounced = (Identity.study_id == study_id, Identity.bounced_on.is_not(None))
    return session.scalar(select(func.count()).select_from(Identity).where(*bounced)) or 0


@dataclass(frozen=True, slots=True)
class Unreached:
    """A person whose address takes no mail, and since when and why."""

    name: str
    email: str
    page_code: str
    bounced_on: date
    bounce: str | None


def listed(session: Session, study: Study) -> list[Unreached]:
    """List the people whose address takes no mail, by name."""
    person = Identity
    query = (
        select(person.name, person.email, Panelist.page_code, person.bounced_on, person.bounce)
        .join(Panelist, (Panelist.study_id == person.study_id) & (Panelist.id == person.panelist))
        .where(person.study_id == study.id, person.bounced_on.is_not(None))
        .order_by(person.name, person.email)
    )
    return [Unreached(*row) for row in session.execute(query)]  # type: ignore[arg-type]  # none of them is missing here
