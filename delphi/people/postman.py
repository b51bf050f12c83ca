"""The postman: claims due letters, looks up addresses, mints links, sends (TRUST 4, 9).

It is the one place where a panelist's code meets an address outside the preparation of the panel.
"""

import logging
import random
import secrets
import smtplib
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from delphi import clock
from delphi.access import sha256
from delphi.config import Settings
from delphi.database import Database
from delphi.letters import calendar, content
from delphi.letters import message as mail
from delphi.model.account import Account, AccountInvitation
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind, TeamLetter
from delphi.model.panel import AccessLink, Panelist
from delphi.model.study import Membership, Study
from delphi.people import acknowledgements, lost_links

LEASE = timedelta(seconds=120)
ATTEMPTS = 8
BATCH = 20
INVITED_FOR = timedelta(days=14)
log = logging.getLogger(__name__)

Key = tuple[int, UUID]
Table = type[Letter] | type[TeamLetter]


class Postman:
    """Sends what is due, until told to stop."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings
        self.name = secrets.token_hex(8)
        self.stop = threading.Event()

    def run(self, pause: float = 1.0) -> None:
        """Send for ever; a failure is logged and tried again."""
        while not self.stop.is_set():
            try:
                sent = self.deliver(at=clock.now())
            except Exception:
                log.exception("postman")
                sent = 0
            if not sent:
                self.stop.wait(pause)

    def deliver(self, *, at: datetime) -> int:
        """Claim a batch of due letters and send each; gives how many were claimed."""
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

    def _deliver_one(self, table: Table, key: Key, *, at: datetime) -> None:
        with self.database.transaction() as session:
            message = WRITERS[table](session, key, by=self.name, at=at, settings=self.settings)
        if message is None:
            return
        self._finish(table, key, self._hand_over(message))

    def _finish(self, table: Table, key: Key, ending: dict[str, datetime]) -> None:
        with self.database.transaction() as session:
            finish(session, key, by=self.name, at=clock.now(), ending=ending, table=table)

    def _hand_over(self, message: EmailMessage) -> dict[str, datetime]:
        """Give a message to the relay, and say how it ended; nothing is said of what may be tried again."""
        if self.settings.mail_url is None:
            log.warning("letter not sent: MAIL_URL is not set")
            return {}
        try:
            mail.hand_over(message, self.settings.mail_url)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= 500 for code, _ in error.recipients.values()):
                return {"failed_at": clock.now()}
        except (OSError, smtplib.SMTPException) as error:
            log.warning("letter not sent: %s", type(error).__name__)
        else:
            return {"sent_at": clock.now()}
        return {}


def claim(session: Session, *, by: str, at: datetime, table: Table = Letter) -> Sequence[Key]:
    """Take a lease on a batch of due letters; another postman's live lease is left alone."""
    due = (
        select(table.study_id, table.id)
        .where(table.sent_at.is_(None), table.failed_at.is_(None), table.dropped_at.is_(None))
        .where(table.run_after <= at, or_(table.claimed_until.is_(None), table.claimed_until < at))
        .order_by(table.run_after, table.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    keys = [(row.study_id, row.id) for row in session.execute(due)]
    for study_id, letter in keys:
        session.execute(
            update(table)
            .where(table.study_id == study_id, table.id == letter)
            .values(claimed_by=by, claimed_until=at + LEASE, attempts=table.attempts + 1)
        )
    return keys


def prepare(session: Session, key: Key, *, by: str, at: datetime, settings: Settings) -> EmailMessage | None:
    """Decide again whether the letter is still right, mint the link, write the letter; None if it was dropped."""
    letter = session.get_one(Letter, key)
    if letter.claimed_by != by:
        return None
    study = session.get_one(Study, letter.study_id)
    person = session.get(Identity, (letter.study_id, letter.panelist))
    panelist = session.get_one(Panelist, (letter.study_id, letter.panelist))
    facts = content.facts_of(session, letter, study, panelist, at=at) if person else None
    if person is None or facts is None:
        letter.dropped_at, letter.claimed_by, letter.claimed_until = at, None, None
        return None
    if letter.kind is LetterKind.WITHDRAWAL:
        named_by = acknowledgements.key_of(settings.secret_key, study.id, panelist.id)
        acknowledgements.remove(session, study, named_by)
    if letter.kind in content.WITH_LINK:
        facts["link"] = f"{settings.public_url}/p/{_mint(session, letter, at=at)}"
    subject, text = mail.write(content.template_of(letter, facts), facts)
    return mail.envelope(
        subject=subject,
        text=text,
        name=person.name,
        address=person.email,
        sender=settings.mail_from,
        reply_to=study.contact_email,
        message_id=f"<{letter.id}@{settings.host}>",
        calendar=_dates(letter, study, facts, settings.host, at=at),
    )


def _dates(letter: Letter, study: Study, facts: dict[str, Any], host: str, *, at: datetime) -> str:
    """Write the close of the round for a calendar, where a letter tells it for the first time or anew."""
    if letter.kind not in (LetterKind.INVITATION, LetterKind.EXTENSION):
        return ""
    return calendar.write([calendar.closing(study, facts["round"], host)], at=at)


def _mint(session: Session, letter: Letter, *, at: datetime) -> str:
    """Make a new link for the addressee; earlier ones go on working."""
    token = secrets.token_urlsafe(32)
    session.add(
        AccessLink(study_id=letter.study_id, token_sha256=sha256(token), panelist=letter.panelist, minted_on=at.date())
    )
    return token


def prepare_for_team(session: Session, key: Key, *, by: str, at: datetime, settings: Settings) -> EmailMessage | None:
    """Write to a new member of the team; who has no password yet gets a link to choose one."""
    letter = session.get_one(TeamLetter, key)
    if letter.claimed_by != by:
        return None
    study = session.get_one(Study, letter.study_id)
    member = session.get_one(Membership, (letter.study_id, letter.account))
    account = session.get_one(Account, letter.account)
    path = f"join/{_invite(session, account, at=at)}" if account.password is None else "sign-in"
    facts = {"study": study, "role": member.role, "new": account.password is None, "days": INVITED_FOR.days}
    subject, text = mail.write("team", facts | {"link": f"{settings.public_url}/account/{path}"})
    return mail.envelope(
        subject=subject,
        text=text,
        name="",
        address=account.email,
        sender=settings.mail_from,
        reply_to=study.contact_email,
        message_id=f"<{letter.id}@{settings.host}>",
    )


def _invite(session: Session, account: Account, *, at: datetime) -> str:
    """Make a link with which a first password is chosen."""
    token = secrets.token_urlsafe(32)
    session.add(AccountInvitation(token_sha256=sha256(token), account=account.id, expires_at=at + INVITED_FOR))
    return token


def finish(
    session: Session, key: Key, *, by: str, at: datetime, ending: dict[str, datetime], table: Table = Letter
) -> None:
    """Write down how a delivery ended; without an ending it is tried again later, up to eight times."""
    letter = session.get_one(table, key)
    assert isinstance(letter, Letter | TeamLetter)
    if letter.claimed_by != by:
        return
    if not ending and letter.attempts >= ATTEMPTS:
        ending = {"failed_at": at}
    for name, moment in ending.items():
        setattr(letter, name, moment)
    letter.claimed_by = letter.claimed_until = None
    if ending and isinstance(letter, Letter) and letter.kind is LetterKind.WITHDRAWAL:
        # The receipt was the last thing the name was needed for.
        lost_links.forget(session, letter.study_id, letter.panelist)
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 (spreads retries; not a secret)
    letter.run_after = letter.run_after if ending else at + timedelta(minutes=4**letter.attempts * jitter / 4)


WRITERS: dict[Table, Callable[..., EmailMessage | None]] = {Letter: prepare, TeamLetter: prepare_for_team}
