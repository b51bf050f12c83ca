"""Interface texts in the reader's language: Babel catalogues, plurals, dates (EXPERIENCE 10)."""

from collections.abc import Sequence
from datetime import date, datetime
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.lists import format_list
from babel.support import Translations
from flask import Flask, g

import delphi
from delphi import dates
from delphi.statistics.exact import format_percent

CATALOGUES = Path(delphi.__file__).parent / "translations"
LANGUAGES = ("en",)


def translations(language: str) -> GNUTranslations | NullTranslations:
    """Load the catalogue of a language; English is the source and needs none."""
    return Translations.load(CATALOGUES, [language]) if language != "en" else NullTranslations()


def language() -> str:
    """Give the language of this page."""
    chosen: str = g.get("language", "en")
    return chosen


def gettext(message: str) -> str:
    """Translate a text for this page."""
    return translations(language()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """Translate a text with a number for this page."""
    return translations(language()).ngettext(one, many, n)


def when(moment: datetime, zone: str) -> str:
    """Write a moment in full in the language of the page."""
    return dates.in_words(moment, zone, locale="en_GB" if language() == "en" else language())


def day(on: date) -> str:
    """Write a day in full in the language of the page."""
    return dates.day_in_words(on, locale="en_GB" if language() == "en" else language())


def local(moment: datetime, zone: str) -> str:
    """Write a moment as a form field for date and time wants it."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def either(words: Sequence[str]) -> str:
    """Join alternatives as the language does: "agree or somewhat agree"."""
    return format_list(list(words), style="or", locale=language())


def init_app(app: Flask) -> None:
    """Give templates their translations and dates."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    app.jinja_env.filters["when"] = when
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["local"] = local
    app.jinja_env.filters["either"] = either
    app.jinja_env.filters["cap"] = lambda text: text[:1].upper() + text[1:]
    app.jinja_env.globals["percent"] = format_percent
    app.context_processor(lambda: {"language": language(), "direction": "ltr"})
