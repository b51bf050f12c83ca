"""What the postman hands over: each letter decided again, addressed and written at the last moment (TRUST 4, 9).

It is the one place where a panelist's code meets an address outside the preparation of the panel.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy.orm import Session

from delphi import signing
from delphi.access import sha256
from delphi.config import Settings
from delphi.letters import calendar, content, message, outbox
from delphi.letters.message import Recipient
from delphi.model.account import Account, AccountInvitation
from delphi.model.identity import Identity, Receipt
from delphi.model.letter import Letter, LetterKind, TeamLetter
from delphi.model.panel import Panelist
from delphi.model.seal import SealLetter
from delphi.model.study import Membership, Study
from delphi.people import acknowledgements, links, seal_letters
from delphi.people.claims import WITH_RECEIPT, LetterKey, Table

INVITED_FOR = timedelta(days=14)


def prepare(session: Session, key: LetterKey, *, at: datetime, settings: Settings) -> EmailMessage | None:
    """Decide again whether the letter is still right, mint the link, write the letter; None if it was dropped."""
    letter = session.get_one(Letter, key)
    study = session.get_one(Study, letter.study_id)
    person = _person(session, letter)
    panelist = session.get_one(Panelist, (letter.study_id, letter.panelist))
    facts = content.facts_of(session, letter, study, panelist, at=at) if person else None
    if person is None or person.email is None or facts is None:
        outbox.drop(session, letter.study_id, Letter.id == letter.id, at=at)
        return None
    if letter.kind is LetterKind.WITHDRAWAL:  # a receipt that was queued before 0002 left this to be done
        named_by = acknowledgements.key_of(settings.secret_key, study.id, panelist.id)
        acknowledgements.remove(session, study, named_by)
    if letter.kind in content.WITH_LINK:
        facts["signing_key"] = signing.public_key_of(settings.secret_key)
        facts["link"] = f"{settings.public_url}/p/{links.mint(session, study, panelist.id, at=at)}"
    if person.changed_by_team:
        facts |= content.WITHHELD
    to = Recipient(person.name, person.email)
    dates = _dates(letter, study, facts, settings.host, at=at)
    return _envelope(letter, to, content.template_of(letter, facts), facts, settings=settings, at=at, dates=dates)


def _person(session: Session, letter: Letter) -> Identity | Receipt | None:
    """Find who a letter goes to; of whoever withdrew, and of an address of before, the receipt alone knows it."""
    if letter.kind in WITH_RECEIPT:
        return session.get(Receipt, (letter.study_id, letter.id))
    return session.get(Identity, (letter.study_id, letter.panelist))


def _envelope(
    letter: Letter | TeamLetter | SealLetter,
    to: Recipient,
    template: str,
    facts: Mapping[str, Any],
    *,
    settings: Settings,
    at: datetime,
    dates: str = "",
) -> EmailMessage:
    """Write a letter, and put it into its envelope; whoever answers reaches the contact of the study."""
    subject, text = message.write(template, facts)
    return message.envelope(
        subject=subject,
        text=text,
        to=to,
        sender=settings.mail_from,
        reply_to=facts["study"].contact_email,
        message_id=f"<{letter.id}@{settings.host}>",
        date=at,
        calendar=dates,
    )


def _dates(letter: Letter, study: Study, facts: dict[str, Any], host: str, *, at: datetime) -> str:
    """Write the close of the round for a calendar, where a letter tells it for the first time or anew."""
    if letter.kind not in (LetterKind.INVITATION, LetterKind.EXTENSION):
        return ""
    return calendar.write([calendar.closing(study, facts["round"], host)], at=at)


def prepare_for_team(session: Session, key: LetterKey, *, at: datetime, settings: Settings) -> EmailMessage | None:
    """Write to a new member of the team; who has no password yet gets a link to choose one."""
    letter = session.get_one(TeamLetter, key)
    study = session.get_one(Study, letter.study_id)
    member = session.get_one(Membership, (letter.study_id, letter.account))
    account = session.get_one(Account, letter.account)
    path = f"join/{_invite(session, account, at=at)}" if account.password is None else "sign-in"
    facts = {"study": study, "role": member.role, "new": account.password is None, "days": INVITED_FOR.days}
    facts["link"] = f"{settings.public_url}/account/{path}"
    return _envelope(letter, Recipient("", account.email), "team", facts, settings=settings, at=at)


def prepare_for_seal(session: Session, key: LetterKey, *, at: datetime, settings: Settings) -> EmailMessage | None:
    """Tell the hash of an entry of the chain to an owner, or to the contact for data protection; None if it is neither now."""
    letter = session.get_one(SealLetter, key)
    study = session.get_one(Study, letter.study_id)
    told = seal_letters.told(session, study, letter)
    if told is None:
        letter.dropped_at = at
        letter.release()
        return None
    facts = seal_letters.facts_of(session, study, letter)
    return _envelope(letter, Recipient(*told), "seal", facts, settings=settings, at=at)


def _invite(session: Session, account: Account, *, at: datetime) -> str:
    """Make a link with which a first password is chosen."""
    token = secrets.token_urlsafe(32)
    session.add(AccountInvitation(token_sha256=sha256(token), account=account.id, expires_at=at + INVITED_FOR))
    return token


WRITERS: dict[Table, Callable[..., EmailMessage | None]] = {
    Letter: prepare,
    TeamLetter: prepare_for_team,
    SealLetter: prepare_for_seal,
}
