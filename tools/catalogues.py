"""The texts of the source, and the catalogues brought up to date with them: `make texts`."""

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

import delphi
from delphi.translations import FOLDER, LANGUAGES, catalogue

ROOT = FOLDER.parents[1]
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
JINJA = {"trimmed": "false", "silent": "false"}
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
    return found


def strings(message: Message) -> tuple[str, ...]:
    """Give the translations of a text: one, or one a plural form."""
    return message.string if isinstance(message.string, tuple) else (message.string or "",)


def untranslated(catalogue: Catalog) -> list[str]:
    """List the texts of a catalogue that lack a translation."""
    return [str(message.id) for message in catalogue if message.id and not all(strings(message))]


def main() -> None:
    """Write the catalogues anew: new texts empty, texts that are gone left out, translations kept."""
    for language in LANGUAGES:
        if language == "en":
            continue
        path = FOLDER / f"{language}.po"
        kept = catalogue(language) if path.exists() else Catalog(locale=language, project="delphi-platform")
        kept.update(texts(), no_fuzzy_matching=True, update_header_comment=False)
        kept.obsolete.clear()
        kept.header_comment, kept.fuzzy = f"# The texts of the platform: {LANGUAGES[language]}.", False
        with path.open("wb") as file:
            write_po(
                file, kept, width=120, no_location=False, include_lineno=False, sort_output=True, omit_header=False
            )
        print(f"{language}: {len(kept)} texts, {len(untranslated(kept))} not translated")


if __name__ == "__main__":
    main()
