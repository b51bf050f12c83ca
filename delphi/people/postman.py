"""The postman: claims due letters, looks up addresses, mints links, sends (TRUST 4, 9).

It is the one place where a panelist's code meets an address outside the preparation of the panel.
"""

import logging
import random
import secrets
import smtplib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from delphi import clock, signing, worker
from delphi.access import sha256
from delphi.config import Settings
from delphi.database import Database
from delphi.letters import calendar, content, message, outbox
from delphi.model.account import Account, AccountInvitation
from delphi.model.identity import Identity, Receipt
from delphi.model.letter import Letter, LetterKind, TeamLetter
from delphi.model.panel import Panelist
from delphi.model.seal import SealLetter
from delphi.model.study import Membership, Study
from delphi.people import acknowledgements, leaving, links, lost_links, seal_letters
from delphi.worker import Loop

ATTEMPTS = 8
BATCH = 20
INVITED_FOR = timedelta(days=14)
WITH_RECEIPT = (LetterKind.WITHDRAWAL, LetterKind.ADDRESS_CHANGED)
log = logging.getLogger(__name__)

Table = type[Letter] | type[TeamLetter] | type[SealLetter]


class LetterKey(NamedTuple):
    """The key of a letter."""

    study_id: int
    letter: UUID


class Recipient(NamedTuple):
    """Who a letter goes to."""

    name: str
    email: str


class Postman(Loop):
    """Sends what is due, until told to stop."""

    title = "postman"

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__(database)
        self.settings = settings

    def work(self, *, at: datetime) -> bool:
        """Send a batch of letters; False if none is due."""
        return self.deliver(at=at) > 0

    def deliver(self, *, at: datetime) -> int:
        """Claim a batch of due letters and send each; the answer is how many were claimed."""
        with self.database.transaction() as session:
            lost_links.answer(session, at=at)
            claimed = [(table, key) for table in WRITERS for key in claim(session, by=self.name, at=at, table=table)]
        for table, key in claimed:
            try:
                self._deliver_one(table, key, at=at)
            except Exception as error:  # noqa: BLE001 (whatever it is, it must not hold back the letters behind it)
                log.error("letter not written: %s", type(error).__name__)  # noqa: TRY400 (a traceback may quote a name)
                self._finish(table, key, {})
        return len(claimed)

    def _deliver_one(self, table: Table, key: LetterKey, *, at: datetime) -> None:
        with self.database.transaction() as session:
            mail = WRITERS[table](session, key, by=self.name, at=at, settings=self.settings)
        if mail is not None:
            self._finish(table, key, self._hand_over(mail))

    def _finish(self, table: Table, key: LetterKey, ending: dict[str, datetime]) -> None:
        with self.database.transaction() as session:
            finish(session, key, by=self.name, at=clock.now(), ending=ending, table=table)

    def _hand_over(self, mail: EmailMessage) -> dict[str, datetime]:
        """Hand a letter to the relay, and say how it ended; nothing is said of what may be tried again."""
        if self.settings.mail_url is None:
            log.warning("letter not sent: MAIL_URL is not set")
            return {}
        try:
            message.hand_over(mail, self.settings.mail_url)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= 500 for code, _ in error.recipients.values()):
                return {"failed_at": clock.now()}
        except (OSError, smtplib.SMTPException) as error:
            log.warning("letter not sent: %s", type(error).__name__)
        else:
            return {"sent_at": clock.now()}
        return {}


def claim(session: Session, *, by: str, at: datetime, table: Table = Letter) -> list[LetterKey]:
    """Take a lease on a batch of due letters; another postman's live lease is left alone."""
    ready = table.unsent & (table.run_after <= at)
    letters: Select[Any] = worker.due(table, ready, (table.run_after, table.id), at=at)
    return [LetterKey(one.study_id, one.id) for one in worker.claim(session, letters, by=by, at=at, most=BATCH)]


def prepare(session: Session, key: LetterKey, *, by: str, at: datetime, settings: Settings) -> EmailMessage | None:
    """Decide again whether the letter is still right, mint the link, write the letter; None if it was dropped."""
    letter = session.get_one(Letter, key)
    if letter.claimed_by != by:
        return None
    study = session.get_one(Study, letter.study_id)
    person = _person(session, letter)
    panelist = session.get_one(Panelist, (letter.study_id, letter.panelist))
    facts = content.facts_of(session, letter, study, panelist, at=at) if person else None
    if person is None or facts is None:
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
    return _envelope(letter, to, content.template_of(letter, facts), facts, settings=settings, dates=dates)


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
    dates: str = "",
) -> EmailMessage:
    """Write a letter, and put it into its envelope; whoever answers reaches the contact of the study."""
    subject, text = message.write(template, facts)
    return message.envelope(
        subject=subject,
        text=text,
        name=to.name,
        address=to.email,
        sender=settings.mail_from,
        reply_to=facts["study"].contact_email,
        message_id=f"<{letter.id}@{settings.host}>",
        calendar=dates,
    )


def _dates(letter: Letter, study: Study, facts: dict[str, Any], host: str, *, at: datetime) -> str:
    """Write the close of the round for a calendar, where a letter tells it for the first time or anew."""
    if letter.kind not in (LetterKind.INVITATION, LetterKind.EXTENSION):
        return ""
    return calendar.write([calendar.closing(study, facts["round"], host)], at=at)


def prepare_for_team(
    session: Session, key: LetterKey, *, by: str, at: datetime, settings: Settings
) -> EmailMessage | None:
    """Write to a new member of the team; who has no password yet gets a link to choose one."""
    letter = session.get_one(TeamLetter, key)
    if letter.claimed_by != by:
        return None
    study = session.get_one(Study, letter.study_id)
    member = session.get_one(Membership, (letter.study_id, letter.account))
    account = session.get_one(Account, letter.account)
    path = f"join/{_invite(session, account, at=at)}" if account.password is None else "sign-in"
    facts = {"study": study, "role": member.role, "new": account.password is None, "days": INVITED_FOR.days}
    facts["link"] = f"{settings.public_url}/account/{path}"
    return _envelope(letter, Recipient("", account.email), "team", facts, settings=settings)


def prepare_for_seal(
    session: Session, key: LetterKey, *, by: str, at: datetime, settings: Settings
) -> EmailMessage | None:
    """Tell the hash of an entry of the chain to an owner, or to the contact for data protection; None if it is neither now."""
    letter = session.get_one(SealLetter, key)
    if letter.claimed_by != by:
        return None
    study = session.get_one(Study, letter.study_id)
    told = seal_letters.told(session, study, letter)
    if told is None:
        letter.dropped_at = at
        letter.release()
        return None
    facts = seal_letters.facts_of(session, study, letter)
    return _envelope(letter, Recipient(*told), "seal", facts, settings=settings)


def _invite(session: Session, account: Account, *, at: datetime) -> str:
    """Make a link with which a first password is chosen."""
    token = secrets.token_urlsafe(32)
    session.add(AccountInvitation(token_sha256=sha256(token), account=account.id, expires_at=at + INVITED_FOR))
    return token


def finish(
    session: Session, key: LetterKey, *, by: str, at: datetime, ending: dict[str, datetime], table: Table = Letter
) -> None:
    """Write down how a delivery ended; without an ending it is tried again later, up to eight times."""
    letter = session.get_one(table, key)
    assert isinstance(letter, Letter | TeamLetter | SealLetter)
    if letter.claimed_by != by:
        return
    if not ending and letter.attempts >= ATTEMPTS:
        ending = {"failed_at": at}
    for name, moment in ending.items():
        setattr(letter, name, moment)
    letter.release()
    if ending and isinstance(letter, Letter) and letter.kind in WITH_RECEIPT:
        leaving.forget_address(session, letter.study_id, letter.id)
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 (spreads retries; not a secret)
    letter.run_after = letter.run_after if ending else at + timedelta(minutes=4**letter.attempts * jitter / 4)


WRITERS: dict[Table, Callable[..., EmailMessage | None]] = {
    Letter: prepare,
    TeamLetter: prepare_for_team,
    SealLetter: prepare_for_seal,
}
