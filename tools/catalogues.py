"""The texts of the source, and the catalogues brought up to date with them: `make texts`."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from gettext import c2py

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

import delphi
from delphi.translations import FOLDER, LANGUAGES, NOUNS, catalogue, quality, renamed

ROOT = FOLDER.parents[1]
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
JINJA = {"trimmed": "false", "silent": "false"}
PANEL_READS = re.compile(
    r"templates/(?:feedback|participation|questionnaire)/"
    r"|delphi/letters/(?:kinds/(?:of_rounds|personal)|values)\.py"
    r"|templates/macros/(?:answer|card|levels|lines|panelist|sides)\.html"
    r"|templates/protocol/(?:in_plain_words|printed)\.html|templates/web/(?:this_)?device\.html"
    r"|delphi/people/pages/personal_data\.py|delphi/protocol/labels\.py|rounds/questionnaire/"
)
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}|</?\w+>")
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "Refused": None,
    "BadInput": None,
    "RoundClosed": None,
    "KeyReused": None,
    "BadBundle": None,
    "Issue": (2,),
}


def plain(text: str) -> str:
    """Take placeholders, accents and capital letters away, so that only words are compared."""
    letters = unicodedata.normalize("NFD", PLACEHOLDER.sub(" ", text).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@dataclass(frozen=True)
class Term:
    """A term of the field: its English words, phrases in which they mean something else, and what a translation may say."""

    name: str
    words: re.Pattern[str]
    other: tuple[str, ...]
    forms: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, str], language: str) -> "Term":
        """Read a term from its line in the glossary."""
        words, other, forms = (
            tuple(plain(form.strip()) for form in row[column].split("|") if form.strip())
            for column in ("en", "except", language)
        )
        return cls(words[0], re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b"), other, forms)

    def meant_in(self, source: str) -> bool:
        """Whether an English text speaks of it."""
        for phrase in self.other:
            source = source.replace(phrase, " ")
        return bool(self.words.search(source))

    def said_in(self, text: str) -> bool:
        """Whether a translation says it as the field does."""
        return any(form in text for form in self.forms)


@cache
def texts() -> Catalog:
    """Collect every text that is marked for translation."""
    found = Catalog(project="delphi-platform", version=delphi.__version__, charset="utf-8")
    for package in ("delphi", "rounds", "exports", "templates"):
        rows = extract_from_dir(
            str(ROOT / package),
            [(pattern.removeprefix(f"{package}/"), method) for pattern, method in METHODS],
            options_map={"**.html": JINJA},
            keywords=KEYWORDS,
        )
        for name, _line, message, _comments, context in rows:
            found.add(message, None, [(f"{package}/{name}", 0)], context=context)
    return _with_nouns(found)


def _with_nouns(found: Catalog) -> Catalog:
    """Add to the texts that the panel reads of statements the same for each other noun that a study may use."""
    for message in list(found):
        read = any(PANEL_READS.match(name) for name, _line in message.locations)
        if message.id and read and re.search(r"\b[Ss]tatements?\b", " ".join(_forms(message))):
            for noun in NOUNS[1:]:
                found.add(message.id, None, message.locations, context=noun)
    return found


def _forms(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def strings(message: Message) -> tuple[str, ...]:
    """Give the translations of a text: one, or one a plural form."""
    return message.string if isinstance(message.string, tuple) else (message.string or "",)


def translated(catalogue: Catalog) -> Iterator[Message]:
    """Give the messages of which something is translated."""
    return (message for message in catalogue if message.id and any(strings(message)))


def lone_number(catalogue: Catalog, form: int) -> bool:
    """Whether a plural form is said of one number alone, so that it may be said in a word instead."""
    choose = c2py(catalogue.plural_expr.strip("()"))
    return sum(choose(n) == form for n in range(1000)) == 1


def other_placeholders(catalogue: Catalog) -> list[str]:
    """List the translations whose placeholders are not those of their source; what is missing is listed elsewhere."""
    wrong = []
    for message in translated(catalogue):
        sources = _forms(message)
        for form, text in enumerate(strings(message)):
            wanted, found = (sorted(PLACEHOLDER.findall(each)) for each in (sources[min(form, len(sources) - 1)], text))
            if len(sources) > 1 and lone_number(catalogue, form):
                wanted, found = ([name for name in names if name != "%(num)s"] for names in (wanted, found))
            if wanted != found:
                wrong.append(text)
    return wrong


def without_a_plural(catalogue: Catalog) -> list[str]:
    """List the messages with a number that do not have every plural form of their language."""
    plural = (message for message in catalogue if isinstance(message.id, tuple))
    return [
        message.id[0] for message in plural if len([form for form in strings(message) if form]) < catalogue.num_plurals
    ]


def glossary(language: str) -> list[Term]:
    """Read the field's terms with the forms that a translation may have."""
    with (FOLDER / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return [Term.of(row, language) for row in csv.DictReader(file)]


def off_the_glossary(catalogue: Catalog, terms: Sequence[Term]) -> list[tuple[str, str, str]]:
    """List term, source and translation where a translation says a term of the field in other words."""
    found = []
    for message in translated(catalogue):
        source = plain(renamed(" ".join(_forms(message)), message.context or "statement"))
        said = plain(" ".join(strings(message)))
        found += [(term.name, source, said) for term in terms if term.meant_in(source) and not term.said_in(said)]
    return found


def untranslated(catalogue: Catalog) -> list[str]:
    """List the texts of a catalogue that lack a translation."""
    lacking = (message for message in catalogue if message.id and not all(strings(message)))
    return [f"{message.id} ({message.context})" if message.context else str(message.id) for message in lacking]


def main() -> None:
    """Write the catalogues anew: new texts empty, texts that are gone left out, translations kept."""
    for language in LANGUAGES:
        if language == "en":
            continue
        path = FOLDER / f"{language}.po"
        kept = catalogue(language)
        kept.update(texts(), no_fuzzy_matching=True, update_header_comment=False)
        kept.obsolete.clear()
        kept.header_comment = f"# The texts of the platform: {LANGUAGES[language]}.\n# Quality: {quality(language)}"
        kept.fuzzy = False
        with path.open("wb") as file:
            write_po(
                file, kept, width=120, no_location=False, include_lineno=False, sort_output=True, omit_header=False
            )
        print(f"{language}: {len(kept)} texts, {len(untranslated(kept))} not translated")


if __name__ == "__main__":
    main()
