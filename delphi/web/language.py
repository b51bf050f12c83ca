"""Interface texts in the reader's language: Babel catalogues, plurals, dates (EXPERIENCE 10)."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, current_app, g, redirect, render_template, request, session
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from delphi import dates, numbers
from delphi.access import SignedOut
from delphi.config import Settings
from delphi.errors import Issue, Refused
from delphi.translations import LANGUAGES, PSEUDO, REVIEWED, STATEMENT, quality, translations
from delphi.web.answers import own_path
from delphi.web.policy import OPEN, panelist, policy
from delphi.web.transaction import current_session


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
    """The best of our languages for a browser that asks for these; Flemish is Dutch before a second choice is English."""
    for wanted, weight in parse_accept_header(asked, LanguageAccept):
        for code in (wanted, wanted.partition("-")[0].lower()):
            if weight and code in LANGUAGES:
                return code
    return "en"


def choose(code: str) -> None:
    """Keep the language that a reader chose; one that is not offered changes nothing. Of a panelist it is kept for good."""
    if code not in offered():
        return
    session["language"] = code
    g.pop("language", None)
    if "panelist_grant" in session:
        try:
            who = panelist()[1]
        except SignedOut:
            return
        who.language = code
        current_session().flush()


def for_this_page(code: str | None) -> None:
    """Let one page speak the language of a panelist who has not come in yet, and keep nothing."""
    g.of_the_panel = True
    if code in offered():
        g.language = code


def noun() -> str:
    """What the study of this page calls that which its panel rates, where the panel reads the page."""
    return str(g.get("noun", STATEMENT))


def as_the_panel_reads(study_noun: str) -> None:
    """Let this page say what is rated as the panel of the study reads it."""
    g.noun = study_noun


def gettext(message: str) -> str:
    """Translate a text for this page."""
    return translations(language(), noun()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """Translate a text with a number for this page."""
    return translations(language(), noun()).ngettext(one, many, n)


def told(error: Refused | Issue) -> str:
    """Say in the reader's language why something was refused, or what is missing."""
    return gettext(error.message) % error.values if error.values else gettext(error.message)


def _rules() -> str:
    """The locale whose rules for dates, numbers and lists this page follows."""
    return dates.locale_of(language())


@lru_cache
def direction_of(code: str) -> str:
    """The direction in which a language is written."""
    direction: str = Locale.parse(dates.locale_of(code)).text_direction
    return direction


def when(moment: datetime, zone: str) -> str:
    """Write a moment in full in the language of the page."""
    return dates.in_words(moment, zone, locale=_rules())


def day(on: date) -> str:
    """Write a day in full in the language of the page."""
    return dates.day_in_words(on, locale=_rules())


def local(moment: datetime, zone: str) -> str:
    """Write a moment as a form field for date and time wants it."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def short_day(on: date) -> str:
    """Write a day in short in the language of the page."""
    return dates.short_day(on, locale=_rules())


def span(first: date, last: date) -> str:
    """Write the days from one to another in short in the language of the page."""
    return dates.span(first, last, locale=_rules())


def moment(at: datetime, zone: str) -> str:
    """Write a moment in short in the language of the page."""
    return dates.short_moment(at, zone, locale=_rules())


def number(value: float, decimals: int = 2, *, fixed: bool = False, signed: bool = False) -> str:
    """Write a number in the language of the page, rounded half up."""
    return numbers.number(value, _rules(), decimals=decimals, fixed=fixed, signed=signed)


def per_cent(shown: str | float) -> str:
    """Write a percentage that is rounded already in the language of the page."""
    return numbers.per_cent(shown, _rules())


def percent(k: int, n: int) -> str:
    """Write a share of counts as a percentage in the language of the page."""
    return numbers.share(k, n, _rules())


def listed(words: Sequence[object]) -> str:
    """Join words as the language does: "A, B and C"."""
    return numbers.listed(words, _rules())


def either(words: Sequence[str]) -> str:
    """Join alternatives as the language does: "agree or somewhat agree"."""
    return numbers.listed(words, _rules(), style="or")


def facts() -> dict[str, Any]:
    """For every template: the language of the page, its direction and the other languages."""
    names, own = offered(), language()
    others = [(code, name, direction_of(code)) for code, name in names.items() if code != own]
    return {
        "language": own,
        "language_name": names[own],
        "direction": direction_of(own),
        "other_languages": others,
    }


@policy(OPEN)
def installed() -> str:
    """Show the languages of this installation, and how far their texts can be trusted."""
    return render_template("web/languages.html", languages=offered(), reviewed=REVIEWED, quality=quality)


@policy(OPEN)
def switch() -> Response:
    """Change the language, and go back to the page."""
    choose(request.form.get("language", ""))
    return redirect(own_path(request.form.get("back", "")) or f"{request.script_root}/", 303)


def init_app(app: Flask) -> None:
    """Let templates translate, and write dates."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    for formatter in (when, day, short_day, moment, local, number, per_cent, listed, either, told):
        app.jinja_env.filters[formatter.__name__] = formatter
    app.jinja_env.filters["cap"] = lambda text: text[:1].upper() + text[1:]
    app.jinja_env.globals["percent"] = percent
    app.context_processor(facts)
    app.add_url_rule("/language", "language", switch, methods=["POST"])
    app.add_url_rule("/languages", "languages", installed)
