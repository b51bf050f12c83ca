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
STATEMENT = "statement"
VOWELS = frozenset("aeiou")
NOUNS = (
    STATEMENT,
    "outcome",
    "indication",
)  # what a panel rates; the catalogues hold a message for each under its name
FIXED = re.compile(r"%\(\w+\)s|%%|%s|\{\w+\}|</?\w+>|https?:\S+")
LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابچدعفگهيجكلمنوپقرستودوكيز")


def N_(text: str) -> str:  # noqa: N802 (the usual name of this mark)
    """Mark a text for the catalogues that is translated later, where it is said."""
    return text


@cache
def translations(language: str, noun: str = STATEMENT) -> NullTranslations:
    """Load the texts of a language; what a catalogue does not have is said in English.

    ``noun`` is what a study calls that which its panel rates: texts that the panel reads are said with it.
    """
    if language == "en":
        return NullTranslations() if noun == STATEMENT else _compiled(english(noun))
    texts = pseudo(catalogue("nl")) if language in PSEUDO else catalogue(language)
    return _compiled(said_with(texts, noun))


def said_with(texts: Catalog, noun: str) -> Catalog:
    """Take the messages that are written for this noun instead of those for statements; the others stay."""
    chosen = Catalog(locale=texts.locale)
    for message in sorted(texts, key=lambda message: message.context is not None):
        if message.id and message.context in (None, noun):
            found = chosen.get(message.id)
            if found is not None:
                found.string = message.string
            else:
                chosen.add(message.id, message.string)
    return chosen


def english(noun: str) -> Catalog:
    """The English messages that name what is rated, with another noun."""
    texts = Catalog(locale="en")
    for message in catalogue("nl"):
        if message.context == noun:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            said = tuple(renamed(text, noun) for text in ids)
            texts.add(message.id, said if len(said) > 1 else said[0])
    return texts


def renamed(text: str, noun: str, usual: str = STATEMENT) -> str:
    """Say an English text with another noun than the usual one.

    Examples
    --------
    >>> renamed("Statements: write a statement.", "outcome")
    'Outcomes: write an outcome.'
    """
    if noun[0] in VOWELS:
        text = re.sub(rf"\b([Aa]) {usual}", rf"\1n {noun}", text)
    return text.replace(usual, noun).replace(usual.capitalize(), noun.capitalize())


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
