"""Pages of the rehearsal: begin, step, look through the eyes of a panelist, read the letters, wipe."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.errors import NotFound, Refused
from delphi.letters import content
from delphi.letters import message as mail
from delphi.model.letter import Letter, LetterKind
from delphi.model.study import Study
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.rehearsal import rehearsal
from rounds.rehearsal.answers import Scene
from rounds.rehearsal.forms import RehearsalForm

blueprint = Blueprint("rehearsal", __name__, url_prefix="/studies/<slug>/rehearsal")
Page = str | Response | tuple[str, int]


def _study(slug: str) -> Study:
    return access.study_for(current_session(), account(), slug, to=Capability.LEAD)


def _rehearsal(slug: str) -> Study:
    copy = rehearsal.of(current_session(), _study(slug))
    if copy is None:
        raise Refused(_("There is no rehearsal of this study; nothing was changed."))
    return copy


def _back(slug: str, message: str) -> Response:
    flash(message)
    return redirect(url_for("rehearsal.show", slug=slug), 303)


@blueprint.get("")
@policy(Capability.LEAD)
def show(slug: str) -> Page:
    """Show where the rehearsal stands, or how to begin one."""
    return _page(_study(slug), RehearsalForm())


def _page(study: Study, form: RehearsalForm) -> str:
    db = current_session()
    copy = rehearsal.of(db, study)
    facts: dict[str, Any] = {"study": study, "copy": copy, "form": form, "button": ButtonForm()}
    if copy is not None:
        facts |= {
            "rounds": rehearsal.rounds_of(db, copy),
            "over": rehearsal.is_over(db, copy),
            "scene": rehearsal.scene_of(db, copy),
            "visitors": rehearsal.VISITORS,
            "letters": _letters(db, copy),
        }
    return render_template("rehearsal/rehearsal.html", **facts)


def _letters(db: Session, copy: Study) -> list[tuple[str, str, str]]:
    """Write every letter of the open round as it would leave, with a link that leads nowhere."""
    last = rehearsal.rounds_of(db, copy)[-1]
    people, found = rehearsal.panel_of(db, copy), []
    for kind in LetterKind:
        number = None if kind in (LetterKind.LINK, LetterKind.CONSENT, LetterKind.WITHDRAWAL) else last.number
        panelist = people[rehearsal.VISITORS.index("B" if kind is LetterKind.UNFINISHED else "C")]
        letter = Letter(study_id=copy.id, kind=kind, round=number, panelist=panelist.id)
        facts = content.facts_of(db, letter, copy, panelist, at=clock.now())
        if facts is not None and kind is not LetterKind.WITHDRAWAL:
            address = current_app.extensions["settings"].public_url
            found.append(
                (kind.value, *mail.write(content.template_of(letter, facts), facts | {"link": f"{address}/p/…"}))
            )
    return found


@blueprint.post("/begin")
@policy(Capability.LEAD)
def begin(slug: str) -> Page:
    """Make the copy with its simulated panel."""
    study, form = _study(slug), RehearsalForm()
    if not form.validate():
        return _page(study, form), 422
    scene = Scene(form.size.data or 0, form.attrition.data or 0, form.disagreement.data or 0)
    rehearsal.begin(current_session(), study, scene, by=account().id, at=clock.now())
    return _back(slug, _("The rehearsal is set up. Nothing of it touches the study."))


@blueprint.post("/step")
@policy(Capability.LEAD)
def step(slug: str) -> Page:
    """Go one step."""
    copy = _rehearsal(slug)
    played = rehearsal.step(current_session(), copy, by=account().id, at=clock.now())
    told = (
        _("Round %(n)s is open and the panel has answered.")
        if played.closed_at is None
        else _("Round %(n)s is released.")
    )
    return _back(slug, told % {"n": played.number})


@blueprint.post("/play")
@policy(Capability.LEAD)
def play(slug: str) -> Page:
    """Play to the end."""
    copy = _rehearsal(slug)
    rehearsal.play(current_session(), copy, by=account().id, at=clock.now())
    return _back(slug, _("The simulated panel has played every round."))


@blueprint.post("/as/<visitor>")
@policy(Capability.LEAD)
def enter(slug: str, visitor: str) -> Page:
    """Look at the panelist's pages through the eyes of a simulated panelist; the lead stays signed in."""
    copy = _rehearsal(slug)
    if visitor not in rehearsal.VISITORS:
        raise NotFound
    who = rehearsal.panel_of(current_session(), copy)[rehearsal.VISITORS.index(visitor)]
    session["panelist_grant"] = access.start_session(current_session(), copy.id, who.id, today=clock.now().date())
    return redirect(url_for("home.show"), 303)


@blueprint.post("/wipe")
@policy(Capability.LEAD)
def wipe(slug: str) -> Page:
    """Wipe the rehearsal."""
    rehearsal.wipe(current_session(), _study(slug), by=account().id, at=clock.now())
    return _back(slug, _("The rehearsal is wiped. The audit trail keeps that it took place."))
