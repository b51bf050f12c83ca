"""Whether a page speaks one language: each word of it is one of the catalogue or of the content of the language it is marked with."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html.parser import HTMLParser

from babel import Locale
from babel.messages import Message
from catalogues import strings

from delphi.dates import locale_of
from delphi.translations import NAMES, catalogue

WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
NO_WORDS = re.compile(
    r"%\(\w+\)\w|\{\w+\}|</?\w+[^>]*>|\S+@\S+|https?:\S+|\b[A-Za-z]+/[A-Za-z_]+\b|(?=[^\s<>]*\d)[\w+/=]{20,}|\b[0-9a-f]{8,}\b|\b\w*\d\w*\b"
)
SPOKEN_ATTRIBUTES = ("aria-label", "title", "alt", "placeholder")
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "rect", "line", "path"}
SILENT = {"script", "style", "code", "svg"}
NAMES_OF_THINGS = {
    "Delphi",
    "JSON",
    "CSV",
    "PDF",
    "SHA",
    "Excel",
    "ORCID",
    "COMET",
    "GRADE",
    "RAND",
    "UCLA",
    "IQR",
    "UTC",
    "ID",
}


class Runs(HTMLParser):
    """The texts of a page, each with the language it is marked with."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []

    @property
    def language(self) -> str:
        return self._open[-1][1] if self._open else ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        spoken = given.get("lang") or self.language
        self.found += [(spoken, given[name]) for name in SPOKEN_ATTRIBUTES if given.get(name)]
        if tag == "textarea" or (tag == "input" and given.get("type") in ("submit", "button")):
            self.found.append((spoken, given.get("value") or ""))
        if tag not in VOID:
            self._open.append((tag, spoken))

    def handle_endtag(self, tag):
        while self._open and tag in [name for name, _ in self._open]:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data):
        if not {name for name, _ in self._open} & SILENT and data.strip():
            self.found.append((self.language, data))


def runs(page: str) -> Iterator[tuple[str, str]]:
    """Texts of a page with their language."""
    parser = Runs()
    parser.feed(page)
    yield from parser.found


def words(text: str) -> set[str]:
    """Words of a text in small letters, without addresses, codes and placeholders."""
    return {word.casefold().replace("’", "'") for word in WORD.findall(NO_WORDS.sub(" ", text))}


@cache
def interface(language: str) -> frozenset[str]:
    """Words of a catalogue, of days and months; of what is not translated yet (another test wants it to be) the source."""
    known = set(map(str.casefold, NAMES_OF_THINGS))
    for message in catalogue("nl" if language == "en" else language):
        said = _forms(message) if language == "en" or not all(strings(message)) else strings(message)
        for text in said if message.id else ():
            known |= words(text)
    locale = Locale.parse(locale_of(language))
    for names in (locale.days, locale.months):
        for forms in names.values():
            known |= {word for one in forms.values() for text in one.values() for word in words(text)}
    known |= words(locale.zone_formats["region"]) | words(NAMES[language])
    return frozenset(known)


def _forms(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def foreign(page: str, content: Mapping[str, set[str]], names: set[str]) -> list[tuple[str, str, str]]:
    """Words of a page that are neither of the interface nor of the content of the language they are marked with."""
    found = []
    for language, text in runs(page):
        known = names | content.get(language, set()) | (interface(language) if language in NAMES else set())
        joined = {
            word for word in words(text) if language == "ar" and word.removeprefix("و") in known
        }  # "and" is a letter
        found += [(language, word, text.strip()[:80]) for word in sorted(words(text) - known - joined)]
    return found


def wrong_numbers(page: str, language: str) -> list[str]:
    """Shares and decimals of a page that are not written as its language does."""
    comma = Locale.parse(locale_of(language)).number_symbols["latn"]["decimal"]
    other = {",": ".", ".": ","}.get(comma, ",")
    text = " ".join(said for code, said in runs(page) if code == language)
    decimals = re.findall(rf"(?<![\d.,/:-])\d+{re.escape(other)}\d{{1,2}}(?![\d.,/:-])", text)
    glued = re.findall(r"\d%", text) if language == "de" else []
    return decimals + glued
