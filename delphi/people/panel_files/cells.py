"""What a cell about a person may hold; `ValueError` says what is wrong with one, for whoever made the file."""

import re
from functools import cache

import idna
from babel import Locale

from delphi.consensus.vocabulary import EVERYBODY
from delphi.people.panel_files.recipients import bare
from delphi.sheets.fields import short
from delphi.translations import LANGUAGES

# What a letter can be addressed to without SMTPUTF8: dot-atoms (RFC 5322), and a domain in ASCII.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = rf"{ATOM}(\.{ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"


def address(cell: str) -> str:
    """A mail address in small letters, if a letter can be sent to it; a domain in other letters as the mail knows it.

    Examples
    --------
    >>> address("Zoe@Müller.example"), address("mailto:a@x.org")
    ('zoe@xn--mller-kva.example', 'a@x.org')
    """
    if not cell:
        raise ValueError("this cell may not be empty")
    if cell.count("@") > 1:
        raise ValueError(f"“{cell[:100]}” is not a mail address: there is more than one @ in it")
    written = _ascii_domain(bare(cell))
    if not re.fullmatch(ADDRESS, written) or len(written) > 254:
        raise ValueError(f"“{cell[:100]}” is not a mail address")
    return written.lower()


def _ascii_domain(written: str) -> str:
    local, _, domain = written.rpartition("@")
    if domain.isascii():
        return written
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return written


def name(cell: str) -> str:
    """A name; a cell may hold line breaks, a letter's head may not."""
    return short(" ".join(cell.split()))


def group(cell: str) -> str:
    """The name of a group, or nothing."""
    text = " ".join(cell.split())
    if len(text) > 60 or text == EVERYBODY:
        raise ValueError(f"“{text[:20]}…” cannot name a group: at most 60 characters, and not “all”")
    return text


@cache
def _languages() -> dict[str, str]:
    """The code of each language that letters can be in, by what people call it in any of them."""
    named = {
        (Locale.parse(code).get_display_name(said) or code).casefold(): code for code in LANGUAGES for said in LANGUAGES
    }
    return named | {code: code for code in LANGUAGES}


def language(cell: str) -> str:
    """The code of a language, by its code or its name in one of ours; or nothing.

    Examples
    --------
    >>> language("nl-NL"), language("Nederlands"), language("German"), language("")
    ('nl', 'nl', 'de', '')
    """
    text = " ".join(cell.split()).casefold()
    found = _languages().get(text) or _languages().get(re.split(r"[-_]", text)[0])
    if text and found is None:
        raise ValueError(
            f"“{cell[:40]}” is no language of this installation; keep the column as a characteristic instead"
        )
    return found or ""


def characteristic(cell: str) -> str:
    """What else is known of a person."""
    if len(cell) > 200:
        raise ValueError(f"{len(cell)} characters; at most 200 fit")
    return cell
