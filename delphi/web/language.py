"""Interface texts in the reader's language: Babel catalogues, plurals, dates (EXPERIENCE 10)."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.lists import format_list
from flask import Flask, current_app, g, redirect, request, session
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from delphi import dates
from delphi.config import Settings
from delphi.errors import Issue, Refused
from delphi.statistics.base.exact import format_percent
from delphi.translations import LANGUAGES, PSEUDO, translations
from delphi.web.policy import OPEN, policy


def offered() -> dict[str, str]:
    """The languages of this installation, by code, each in its own words."""
    settings: Settings = current_app.extensions["settings"]
    return LANGUAGES | (PSEUDO if settings.pseudo_language else {})


def language() -> str:
    """The language of this page: the one chosen, or the best that the browser asks for."""
    if "language" not in g:
        chosen = session.get("language")
        g.language = chosen if chosen in offered() else _best(request.headers.get("Accept-Language", ""))
    spoken: str = g.language
    return spoken


@lru_cache(maxsize=1000)
def _best(asked: str) -> str:
    """The best of our languages for a browser that asks for these."""
    return parse_accept_header(asked, LanguageAccept).best_match(list(LANGUAGES), "en")


def choose(code: str) -> None:
    """Keep the language that a reader chose; one that is not offered changes nothing."""
    if code in offered():
        session["language"] = code


def gettext(message: str) -> str:
    """Translate a text for this page."""
    return translations(language()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """Translate a text with a number for this page."""
    return translations(language()).ngettext(one, many, n)


def told(error: Refused | Issue) -> str:
    """Say in the reader's language why something was refused, or what is missing."""
    return gettext(error.message) % error.values if error.values else gettext(error.message)


def locale() -> Locale:
    """The locale whose rules for dates, numbers and lists this page follows."""
    return Locale.parse(dates.locale_of(language()))


def when(moment: datetime, zone: str) -> str:
    """Write a moment in full in the language of the page."""
    return dates.in_words(moment, zone, locale=str(locale()))


def day(on: date) -> str:
    """Write a day in full in the language of the page."""
    return dates.day_in_words(on, locale=str(locale()))


def local(moment: datetime, zone: str) -> str:
    """Write a moment as a form field for date and time wants it."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def either(words: Sequence[str]) -> str:
    """Join alternatives as the language does: "agree or somewhat agree"."""
    return format_list(list(words), style="or", locale=locale())


def facts() -> dict[str, Any]:
    """For every template: the language of the page, its direction and the other languages."""
    others = {code: name for code, name in offered().items() if code != language()}
    return {"language": language(), "direction": locale().text_direction, "other_languages": others}


@policy(OPEN)
def switch() -> Response:
    """Change the language, and go back to the page."""
    choose(request.form.get("language", ""))
    home = f"{request.script_root}/"
    back = request.form.get("back", home)
    return redirect(back if back.startswith(home) and not back.startswith(("//", "/\\")) else home, 303)


def init_app(app: Flask) -> None:
    """Let templates translate, and write dates."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    app.jinja_env.filters["when"] = when
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["local"] = local
    app.jinja_env.filters["either"] = either
    app.jinja_env.filters["told"] = told
    app.jinja_env.filters["cap"] = lambda text: text[:1].upper() + text[1:]
    app.jinja_env.globals["percent"] = format_percent
    app.context_processor(facts)
    app.add_url_rule("/language", "language", switch, methods=["POST"])
