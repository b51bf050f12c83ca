"""The catalogues of interface texts: English is the source, each other language is one .po file beside this module."""

import io
import re
import textwrap
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
NAMES = {
    "en": "English",
    "nl": "Nederlands",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "pl": "Polski",
    "el": "Ελληνικά",
    "ar": "العربية",
}
LANGUAGES = {code: name for code, name in NAMES.items() if code == "en" or (FOLDER / f"{code}.po").exists()}
REVIEWED = "reviewed"  # by a native speaker, as the line "# Quality: reviewed" at the head of a catalogue says
MACHINE_MADE = "machine-made, not yet reviewed by a native speaker"
PSEUDO = {"ar-XB": "⟦عربي⟧"}
FIXED = re.compile(r"%\(\w+\)s|%%|%s|\{\w+\}|</?\w+>|https?:\S+")
LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابچدعفگهيجكلمنوپقرستودوكيز")


def N_(text: str) -> str:  # noqa: N802 (the usual name of this mark)
    """Mark a text for the catalogues that is translated later, where it is said."""
    return text


@cache
def translations(language: str) -> NullTranslations:
    """Load the texts of a language; what a catalogue does not have is said in English."""
    if language in PSEUDO:
        return _compiled(pseudo(catalogue("nl")))
    return NullTranslations() if language == "en" else _compiled(catalogue(language))


def catalogue(language: str) -> Catalog:
    """Read the catalogue of a language."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def quality(language: str) -> str:
    """Say how far a catalogue can be trusted, as the comment at its head does; English is the source."""
    if language == "en" or language in PSEUDO:
        return REVIEWED
    with (FOLDER / f"{language}.po").open(encoding="utf-8") as file:
        head = "".join(next(file, "") for _line in range(30))
    return REVIEWED if re.search(rf"Quality: {REVIEWED}\b", head) else MACHINE_MADE


def _compiled(texts: Catalog) -> GNUTranslations:
    packed = io.BytesIO()
    write_mo(packed, texts)
    packed.seek(0)
    return GNUTranslations(packed)


def pseudo(source: Catalog) -> Catalog:
    """Make a language that nobody speaks: from right to left, and two fifths longer than English."""
    catalogue = Catalog(locale="nl")
    for message in source:
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            texts = tuple(_disguised(text) for text in ids)
            catalogue.add(message.id, texts if len(texts) > 1 else texts[0], context=message.context)
    return catalogue


def _disguised(text: str) -> str:
    """Write a text in other letters, longer, with its placeholders untouched.

    Examples
    --------
    >>> _disguised("%(n)s of 3")
    '⟦%(n)s وف 3 ـــ⟧'
    """
    words, fixed = FIXED.split(text), FIXED.findall(text)
    letters = [word.lower().translate(LETTERS) for word in words]
    mixed = "".join(a + b for a, b in zip(letters, [*fixed, ""], strict=True))
    more = textwrap.wrap("ـ" * max(3, len("".join(words)) * 2 // 5), 7)
    return f"⟦{mixed} {' '.join(more)}⟧"
