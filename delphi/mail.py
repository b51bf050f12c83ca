"""Letters: queued with the decision, written by a pure function, handed to the relay (TRUST 9)."""

import smtplib
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import insert
from sqlalchemy.orm import Session

import delphi
from delphi.dates import day_in_words
from delphi.model.letter import Letter, LetterKind

TEXTS = Environment(
    loader=FileSystemLoader(Path(delphi.__file__).parent.parent / "templates" / "mail"),
    undefined=StrictUndefined,
    keep_trailing_newline=False,
    autoescape=False,
)
TEXTS.filters["day"] = day_in_words
SECONDS_TO_WAIT = 30


def queue(
    session: Session,
    kind: LetterKind,
    study_id: int,
    round_: int | None,
    panelists: Iterable[UUID],
    *,
    at: datetime,
    turn: int | str = 1,
) -> None:
    """Queue one letter a panelist; the same letter queued twice is refused by the database."""
    rows = [
        {
            "study_id": study_id,
            "id": uuid4(),
            "kind": kind,
            "round": round_,
            "panelist": panelist,
            "dedupe_key": f"{kind}:{round_}:{turn}:{panelist}",
            "due_at": at,
            "run_after": at,
            "attempts": 0,
        }
        for panelist in panelists
    ]
    if rows:
        session.execute(insert(Letter), rows)


def write(kind: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """Write subject and text of a letter; a missing fact is an error here and not in somebody's mailbox."""
    subject, _, text = TEXTS.get_template(f"{kind}.txt").render(facts).partition("\n")
    return " ".join(subject.split()), text.strip() + "\n"


def envelope(
    *, subject: str, text: str, name: str, address: str, sender: str, reply_to: str, message_id: str, calendar: str = ""
) -> EmailMessage:
    """Put a letter into its envelope: one recipient, plain text, no remote content, the dates of a round beside it."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = sender
    message["Reply-To"] = reply_to
    message["To"] = Address(name, addr_spec=address)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if calendar:
        message.add_attachment(calendar, subtype="calendar", filename="dates.ics")
    return message


def hand_over(message: EmailMessage, mail_url: str) -> None:
    """Give a message to the relay; raises `smtplib.SMTPException` or `OSError`."""
    relay = urlsplit(mail_url)
    with smtplib.SMTP(relay.hostname or "localhost", relay.port or 25, timeout=SECONDS_TO_WAIT) as smtp:
        if relay.scheme == "smtp+tls":
            smtp.starttls()
        if relay.username:
            smtp.login(unquote(relay.username), unquote(relay.password or ""))
        smtp.send_message(message)
