"""What the postman hands over: each letter decided again, addressed and written at the last moment (TRUST 4, 9).

It is the one place where a panelist's code meets an address outside the preparation of the panel.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy.orm import Session, object_session

from delphi import signing
from delphi.access import sha256
from delphi.config import Settings
from delphi.letters import calendar, content, message, outbox, reminders, texts, tokens
from delphi.letters.calendar import Spoken
from delphi.letters.message import Recipient, Written
from delphi.letters.reminders import NotYet
from delphi.model.account import Account, AccountInvitation
from delphi.model.identity import Identity, Receipt
from delphi.model.letter import REMINDERS, Letter, LetterKind, TeamLetter, TeamLetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.seal import SealLetter
from delphi.model.study import Membership, Study
from delphi.people import acknowledgements, letter_preview, links, seal_letters, team_letters, time_zones
from delphi.people.claims import WITH_RECEIPT, LetterKey, Table

INVITED_FOR = timedelta(days=14)


def prepare(session: Session, key: LetterKey, *, at: datetime, settings: Settings) -> EmailMessage | None:
    """Decide again whether the letter is still right, mint the link, write the letter; None if it was dropped."""
    letter = session.get_one(Letter, key)
    study = session.get_one(Study, letter.study_id)
    person = _person(session, letter)
    _wait_for_the_hour(session, letter, study, person, at=at)
    panelist = session.get_one(Panelist, (letter.study_id, letter.panelist))
    facts = content.facts_of(session, letter, study, panelist, at=at) if person else None
    if person is None or person.email is None or facts is None or _is_in_vain(letter, person):
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
    facts["name"] = person.name
    if letter.round is not None:
        facts["stop"] = f"{settings.public_url}/stop/{tokens.make(settings.secret_key, tokens.STOP, *key)}"
    to = Recipient(person.name, person.email)
    dates = _dates(letter, study, facts, settings, at=at)
    return _envelope(letter, to, content.template_of(letter, facts), facts, settings=settings, at=at, dates=dates)


def _wait_for_the_hour(
    session: Session, letter: Letter, study: Study, person: Identity | Receipt | None, *, at: datetime
) -> None:
    """Let a planned reminder wait for its hour where the person is, if it comes before the deadline.

    Raises
    ------
    NotYet
        The hour has not come.
    """
    if not letter.planned or not isinstance(person, Identity):
        return
    moment = reminders.hour_of(letter, study.time_zone, time_zones.zone_of(person) or study.time_zone)
    closes_at = session.get_one(Round, (study.id, letter.round)).closes_at
    if closes_at is not None and moment >= closes_at:
        moment = letter.due_at
    if at < moment:
        raise NotYet(moment)


def _is_in_vain(letter: Letter, person: Identity | Receipt) -> bool:
    """Whether a reminder would go to an address that takes no mail."""
    return letter.kind in REMINDERS and isinstance(person, Identity) and person.bounced_on is not None


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
    session, study = object_session(letter), facts["study"]
    assert session is not None
    own = texts.own(session, study.id, template, facts.get("language") or study.language)
    return _enveloped(letter, to, message.compose(template, facts, own), facts, settings=settings, at=at, dates=dates)


def _enveloped(
    letter: Letter | TeamLetter | SealLetter,
    to: Recipient,
    written: Written,
    facts: Mapping[str, Any],
    *,
    settings: Settings,
    at: datetime,
    dates: str = "",
) -> EmailMessage:
    study = facts["study"]
    return message.envelope(
        subject=written.subject,
        text=written.text,
        html=written.html,
        language=written.language,
        to=to,
        sender=settings.mail_from,
        sender_name=study.lead_name,
        reply_to=study.contact_email,
        message_id=f"<{letter.id}@{settings.host}>",
        date=at,
        stop=facts.get("stop", ""),
        return_path=_return_path(letter, settings),
        calendar=dates,
    )


def _return_path(letter: Letter | TeamLetter | SealLetter, settings: Settings) -> str:
    """Where a letter comes back: to an address that names it, where it goes to the panel."""
    if settings.mail_return_path is None or not isinstance(letter, Letter):
        return settings.mail_return_path or ""
    local, _, domain = settings.mail_return_path.partition("@")
    return f"{local}+{tokens.make(settings.secret_key, tokens.BOUNCE, letter.study_id, letter.id)}@{domain}"


def _dates(letter: Letter, study: Study, facts: dict[str, Any], settings: Settings, *, at: datetime) -> str:
    """Write the close of the round for a calendar, where a letter tells it for the first time or anew."""
    if letter.kind not in (LetterKind.INVITATION, LetterKind.EXTENSION):
        return ""
    spoken = Spoken(facts["language"], facts["title"])
    closing = calendar.closing(study, facts["round"], settings.host, spoken, url=f"{settings.public_url}/panel")
    return calendar.write([closing], at=at)


def prepare_for_team(session: Session, key: LetterKey, *, at: datetime, settings: Settings) -> EmailMessage | None:
    """Write to a member of the team; None if there is nothing to say any more."""
    letter = session.get_one(TeamLetter, key)
    study = session.get_one(Study, letter.study_id)
    if letter.kind is TeamLetterKind.TEAM:
        return _invitation_to_team(session, letter, study, at=at, settings=settings)
    if letter.kind is TeamLetterKind.TEST:
        return _test(session, letter, study, at=at, settings=settings)
    facts = team_letters.facts_of(session, letter, study, settings)
    if facts is None:
        letter.dropped_at = at
        letter.release()
        return None
    to = Recipient("", session.get_one(Account, letter.account).email)
    return _envelope(letter, to, letter.kind.value, facts, settings=settings, at=at)


def _test(session: Session, letter: TeamLetter, study: Study, *, at: datetime, settings: Settings) -> EmailMessage:
    """Write a letter as a test to who asked for it; its link opens nothing."""
    kind, _, language = (letter.about or "").partition(":")
    look = letter_preview.Look(kind, language)
    written = letter_preview.written(session, study, look, settings, at=at)
    tested = replace(written, subject=f"[Test] {written.subject}")
    to = Recipient("", session.get_one(Account, letter.account).email)
    return _enveloped(letter, to, tested, {"study": study}, settings=settings, at=at)


def _invitation_to_team(
    session: Session, letter: TeamLetter, study: Study, *, at: datetime, settings: Settings
) -> EmailMessage:
    """Invite a new member of the team; who has no password yet gets a link to choose one."""
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
