"""A letter as a mail message: written by a pure function, and put into its envelope (TRUST 9)."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import delphi
from delphi.dates import day_in_words, locale_of
from delphi.letters.heads import encoded, one_line
from delphi.numbers import listed
from delphi.translations import LANGUAGES, translations

FOLDER = Path(delphi.__file__).parent.parent / "templates" / "mail"


class Recipient(NamedTuple):
    """Who a letter goes to."""

    name: str
    email: str


@cache
def _texts(language: str) -> Environment:
    """The templates of letters in one language; a language without a catalogue is written in English."""
    texts = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = translations(language)
    texts.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    texts.filters["day"] = lambda on: day_in_words(on, locale=locale_of(language))
    texts.filters["listed"] = lambda words: listed(words, locale_of(language))
    return texts


def write(kind: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """Write subject and text of a letter in the language of its study; a missing fact is an error here already."""
    spoken = facts["study"].language
    template = _texts(spoken if spoken in LANGUAGES else "en").get_template(f"{kind}.txt")
    subject, _, text = template.render(facts).partition("\n")
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def envelope(
    *,
    subject: str,
    text: str,
    to: Recipient,
    sender: str,
    reply_to: str,
    message_id: str,
    date: datetime,
    calendar: str = "",
) -> EmailMessage:
    """Put a letter into its envelope: one recipient, plain text, no remote content, the dates of a round beside it."""
    message = EmailMessage()
    message["Date"] = date
    message["Subject"] = encoded(one_line(subject), "Subject").replace("\n", "")
    message["From"] = sender
    message["Reply-To"] = reply_to
    message["To"] = Address(one_line(to.name), addr_spec=to.email)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if calendar:
        message.add_attachment(calendar, subtype="calendar", filename="dates.ics")
    return message
