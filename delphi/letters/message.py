"""A letter as a mail message: written by a pure function, and put into its envelope (TRUST 9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, NamedTuple

from delphi.letters import filling, html
from delphi.letters.heads import encoded, one_line
from delphi.letters.kinds.kind import Text
from delphi.letters.kinds.shipped import KINDS
from delphi.letters.values import VALUES, Words
from delphi.translations import LANGUAGES, STATEMENT


class Recipient(NamedTuple):
    """Who a letter goes to."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in one language: its subject, what it says, and the foot below it."""

    subject: str
    body: str
    foot: str
    language: str

    @property
    def text(self) -> str:
        """The letter as plain text."""
        return f"{self.body}\n\n{self.foot}\n"

    @property
    def html(self) -> str:
        """The letter as HTML."""
        return html.render(self.subject, self.body, self.foot, self.language)


def compose(kind: str, facts: Mapping[str, Any], own: Text | None = None) -> Written:
    """Write a letter in the language of its reader, else of its study; a missing fact is an error here already.

    ``own`` is the text that the study wrote itself in that language.
    """
    language = facts.get("language") or facts["study"].language
    words, letter = Words(language, str(getattr(facts["study"], "item_noun", STATEMENT))), KINDS[kind]
    text = own or letter.text(words._)

    def value(name: str) -> str:
        return VALUES[name](facts, words)

    subject = filling.fill_line(text.subject, value, letter.placeholders)
    body = filling.fill(text.body, value, letter.placeholders)
    spoken = language if own or language in LANGUAGES else "en"
    return Written(subject, body, _foot(facts, words), spoken)


def write(kind: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """Write subject and text of a letter as the catalogues have it."""
    written = compose(kind, facts)
    return written.subject, written.text


def _foot(facts: Mapping[str, Any], words: Words) -> str:
    """Say whom to ask, what the study notes on every page, and how reminders are stopped."""
    study = facts["study"]
    who = {"name": one_line(study.lead_name), "address": study.contact_email}
    lines = [words._("Questions: %(name)s, %(address)s") % who]
    if study.notice:
        lines.append(study.notice)
    if stop := facts.get("stop"):
        lines.append(words._("No more reminders of this study (you stay in the panel):") + f"\n{stop}")
    return "\n\n".join(lines)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on a letter beside its text.

    ``sender`` is the address of this server; the letter shows ``sender_name`` beside it. ``stop`` is where one click stops
    reminders, ``return_path`` where what cannot be delivered comes back.
    """

    to: Recipient
    sender: str
    reply_to: str
    message_id: str
    date: datetime
    sender_name: str = ""
    stop: str = ""
    return_path: str = ""
    calendar: str = ""


def envelope(
    *, subject: str, text: str, html: str = "", language: str = "", calendar: str = "", **heads: Any
) -> EmailMessage:
    """Put a letter into its envelope: one recipient, text and HTML, no remote content, the dates of a round beside it."""
    message = EmailMessage()
    _write_heads(message, subject, Envelope(**heads))
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if calendar:
        message.add_attachment(calendar, subtype="calendar", filename="dates.ics")
    if language:
        message["Content-Language"] = language  # last: a head of content moves into the part that is made of it
    return message


def _write_heads(message: EmailMessage, subject: str, envelope: Envelope) -> None:
    message["Date"] = envelope.date
    message["Subject"] = encoded(one_line(subject), "Subject").replace("\n", "")
    name, address = parseaddr(envelope.sender)
    message["From"] = Address(one_line(envelope.sender_name) or name, addr_spec=address)
    message["Reply-To"] = envelope.reply_to
    message["To"] = Address(one_line(envelope.to.name), addr_spec=envelope.to.email)
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"
    if envelope.stop:
        message["List-Unsubscribe"] = f"<{envelope.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if envelope.return_path:
        message["Return-Path"] = f"<{envelope.return_path}>"
