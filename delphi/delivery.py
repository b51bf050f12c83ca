"""The postman: claims due letters, looks up addresses, mints links, sends (TRUST 4, 9).

It is the one place where a panelist's code meets an address outside the preparation of the panel.
"""

import logging
import random
import secrets
import smtplib
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from delphi import acknowledgements, clock, letters, links, mail
from delphi.access import sha256
from delphi.config import Settings
from delphi.database import Database
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import AccessLink, Panelist
from delphi.model.study import Study

LEASE = timedelta(seconds=120)
ATTEMPTS = 8
BATCH = 20
log = logging.getLogger(__name__)

Key = tuple[int, UUID]


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
            links.answer(session, at=at)
            claimed = claim(session, by=self.name, at=at)
        for key in claimed:
            try:
                self._deliver_one(key, at=at)
            except Exception as error:  # noqa: BLE001 (whatever it is, it must not hold back the letters behind it)
                log.error("letter not written: %s", type(error).__name__)  # noqa: TRY400 (a traceback may quote a name)
                self._finish(key, {})
        return len(claimed)

    def _deliver_one(self, key: Key, *, at: datetime) -> None:
        with self.database.transaction() as session:
            message = prepare(session, key, by=self.name, at=at, settings=self.settings)
        if message is None:
            return
        self._finish(key, self._hand_over(message))

    def _finish(self, key: Key, ending: dict[str, datetime]) -> None:
        with self.database.transaction() as session:
            finish(session, key, by=self.name, at=clock.now(), ending=ending)

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


def claim(session: Session, *, by: str, at: datetime) -> Sequence[Key]:
    """Take a lease on a batch of due letters; another postman's live lease is left alone."""
    due = (
        select(Letter.study_id, Letter.id)
        .where(Letter.sent_at.is_(None), Letter.failed_at.is_(None), Letter.dropped_at.is_(None))
        .where(Letter.run_after <= at, or_(Letter.claimed_until.is_(None), Letter.claimed_until < at))
        .order_by(Letter.run_after, Letter.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    keys = [(row.study_id, row.id) for row in session.execute(due)]
    for study_id, letter in keys:
        session.execute(
            update(Letter)
            .where(Letter.study_id == study_id, Letter.id == letter)
            .values(claimed_by=by, claimed_until=at + LEASE, attempts=Letter.attempts + 1)
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
    facts = letters.facts_of(session, letter, study, panelist, at=at) if person else None
    if person is None or facts is None:
        letter.dropped_at, letter.claimed_by, letter.claimed_until = at, None, None
        return None
    if letter.kind is LetterKind.WITHDRAWAL:
        named_by = acknowledgements.key_of(settings.secret_key, study.id, panelist.id)
        acknowledgements.remove(session, study, named_by)
    if letter.kind in letters.WITH_LINK:
        facts["link"] = f"{settings.public_url}/p/{_mint(session, letter, at=at)}"
    subject, text = mail.write(letters.template_of(letter, facts), facts)
    return mail.envelope(
        subject=subject,
        text=text,
        name=person.name,
        address=person.email,
        sender=settings.mail_from,
        reply_to=study.contact_email,
        message_id=f"<{letter.id}@{settings.host}>",
    )


def _mint(session: Session, letter: Letter, *, at: datetime) -> str:
    """Make a new link for the addressee; earlier ones go on working."""
    token = secrets.token_urlsafe(32)
    session.add(
        AccessLink(study_id=letter.study_id, token_sha256=sha256(token), panelist=letter.panelist, minted_on=at.date())
    )
    return token


def finish(session: Session, key: Key, *, by: str, at: datetime, ending: dict[str, datetime]) -> None:
    """Write down how a delivery ended; without an ending it is tried again later, up to eight times."""
    letter = session.get_one(Letter, key)
    if letter.claimed_by != by:
        return
    if not ending and letter.attempts >= ATTEMPTS:
        ending = {"failed_at": at}
    for name, moment in ending.items():
        setattr(letter, name, moment)
    letter.claimed_by = letter.claimed_until = None
    if ending and letter.kind is LetterKind.WITHDRAWAL:
        # The receipt was the last thing the name was needed for.
        links.forget(session, letter.study_id, letter.panelist)
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 (spreads retries; not a secret)
    letter.run_after = letter.run_after if ending else at + timedelta(minutes=4**letter.attempts * jitter / 4)
