"""The letters of a study: listed, written, looked at as anybody of the panel would get them, tried out, and sent."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request

from delphi import clock
from delphi.access import Capability
from delphi.errors import NotFound
from delphi.letters import announcing, texts
from delphi.letters.kinds.kind import Kind, Text
from delphi.letters.kinds.meanings import MEANINGS
from delphi.letters.kinds.of_rounds import OF_ROUNDS
from delphi.letters.kinds.of_team import OF_TEAM
from delphi.letters.kinds.personal import PERSONAL
from delphi.letters.kinds.shipped import KINDS
from delphi.letters.message import Written
from delphi.letters.texts import WrongText
from delphi.model.study import Study
from delphi.people import letter_preview, team_letters
from delphi.people.forms import read_letter
from delphi.people.letter_preview import Look
from delphi.translations import N_, NAMES
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.language import ngettext, told
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session, current_settings

blueprint = Blueprint("letters", __name__, url_prefix="/studies/<slug>/letters")
GROUPS: Sequence[tuple[str, Sequence[Kind]]] = (
    (N_("To the panel, of a round"), OF_ROUNDS),
    (N_("To one panelist"), PERSONAL),
    (N_("To the team"), OF_TEAM),
)
NO_STYLE_BUT_ITS_OWN = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise NotFound
    return KINDS[name]


def _languages(study: Study) -> dict[str, str]:
    return {code: NAMES.get(code, code) for code in texts.languages(current_session(), study)}


def _language(study: Study) -> str:
    wanted: str = request.values.get("language", study.language)
    if wanted not in _languages(study):
        raise NotFound
    return wanted


@blueprint.get("")
@policy(Capability.LEAD)
def index(study: Study) -> Page:
    """List every kind, which were written anew, and which can be sent now."""
    session = current_session()
    return render_template(
        "letters/index.html",
        study=study,
        groups=GROUPS,
        edited=texts.edited(session, study),
        languages=_languages(study),
        possible=announcing.possible(session, study, at=clock.now()),
        kinds=KINDS,
        form=ButtonForm(),
    )


@blueprint.get("/<kind>")
@policy(Capability.LEAD)
def show(study: Study, kind: str) -> Page:
    """Show a letter: its text to be written, and how it looks."""
    letter, language = _kind(kind), _language(study)
    return _page(study, letter, language, texts.text_of(current_session(), study, letter, language))


def _page(study: Study, letter: Kind, language: str, text: Text, *, refused: str = "") -> str:
    session, look = current_session(), _look(study, letter, language)
    facts: dict[str, Any] = {"kind": letter, "language": language, "text": text, "refused": refused, "look": look}
    return render_template(
        "letters/letter.html",
        study=study,
        languages=_languages(study),
        own=texts.own(session, study.id, letter.name, language) is not None,
        own_in_source=texts.own(session, study.id, letter.name, study.language) is not None,
        default=texts.usual(study, letter, language),
        meanings={name: MEANINGS[name] for name in letter.placeholders},
        written=_written(study, look),
        search=request.values.get("who", ""),
        form=ButtonForm(),
        **facts,
    )


def _look(study: Study, letter: Kind, language: str) -> Look:
    person = letter_preview.person_like(current_session(), study, request.values.get("who", "").strip())
    return Look(letter.name, language, person.name if person else "", missing="missing" in request.values)


def _written(study: Study, look: Look) -> Written:
    return letter_preview.written(current_session(), study, look, current_settings(), at=clock.now())


@blueprint.get("/<kind>/html")
@policy(Capability.LEAD)
def html(study: Study, kind: str) -> Page:
    """The HTML part alone, as a mail program shows it."""
    written = _written(study, _look(study, _kind(kind), _language(study)))
    return Response(written.html, headers={"Content-Security-Policy": NO_STYLE_BUT_ITS_OWN})


@blueprint.post("/<kind>")
@policy(Capability.LEAD)
def keep(study: Study, kind: str) -> Page | tuple[str, int]:
    """Keep what was typed, or go back to the text of the catalogues; what cannot be sent comes back with what is wrong."""
    letter, language = _kind(kind), _language(study)
    text = texts.usual(study, letter, language) if "default" in request.form else Text(*read_letter(request.form))
    try:
        changed = texts.keep(current_session(), study, letter, language, text, by=account().id, at=clock.now())
    except WrongText as wrong:
        return _page(study, letter, language, text, refused=told(wrong)), 422
    message = _("The letter is saved.") if changed else _("All stands as you wrote it; nothing was changed.")
    return done(message, "letters.show", slug=study.slug, kind=kind, language=language)


@blueprint.post("/<kind>/test")
@policy(Capability.LEAD)
def test(study: Study, kind: str) -> Page:
    """Mail the letter to who asks for it."""
    letter, language = _kind(kind), _language(study)
    sent = team_letters.queue_test(current_session(), study, letter.name, language, account().id, at=clock.now())
    message = _("A test is on its way to you.") if sent else _("A test is on its way already; no second one is sent.")
    return done(message, "letters.show", slug=study.slug, kind=kind, language=language)


@blueprint.post("/<kind>/send")
@policy(Capability.LEAD)
def send(study: Study, kind: str) -> Page:
    """Send a letter that can be sent now to everybody who has not had it."""
    n = announcing.announce(current_session(), study, kind, by=account().id, at=clock.now())
    message = ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", n) % {"num": n}
    return done(message, "letters.index", slug=study.slug)
