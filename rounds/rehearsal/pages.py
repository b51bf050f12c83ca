"""Pages of the rehearsal: begin, step, look through the eyes of a panelist, read the letters, wipe."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import access, clock, signing
from delphi.access import Capability
from delphi.letters import message
from delphi.model.study import Study
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session, current_settings
from rounds.rehearsal import rehearsal
from rounds.rehearsal.forms import RehearsalForm

blueprint = Blueprint("rehearsal", __name__, url_prefix="/studies/<slug>/rehearsal")
Page = str | Response | tuple[str, int]


def _back(study: Study, message: str) -> Response:
    flash(message)
    return redirect(url_for("rehearsal.show", slug=study.slug), 303)


@blueprint.get("")
@policy(Capability.LEAD)
def show(study: Study) -> Page:
    """Show where the rehearsal stands, or how to begin one."""
    return _page(study, RehearsalForm())


def _page(study: Study, form: RehearsalForm) -> str:
    db = current_session()
    copy = rehearsal.of(db, study)
    facts: dict[str, Any] = {"study": study, "copy": copy, "form": form, "button": ButtonForm()}
    if copy is not None:
        facts |= {
            "rounds": rehearsal.rounds_of(db, copy),
            "over": rehearsal.is_over(db, copy),
            "scene": rehearsal.settings_of(db, copy),
            "visitors": rehearsal.VISITORS,
            "letters": _letters(db, copy),
        }
    return render_template("rehearsal/rehearsal.html", **facts)


def _letters(db: Session, copy: Study) -> list[tuple[str, str, str]]:
    """Every letter of the open round as it would leave, with a link that leads nowhere: kind, subject and text."""
    settings = current_settings()
    server = {"link": f"{settings.public_url}/p/…", "signing_key": signing.public_key_of(settings.secret_key)}
    return [
        (kind.value, *message.write(template, facts | server))
        for kind, template, facts in rehearsal.letters_of(db, copy, at=clock.now())
    ]


@blueprint.post("/begin")
@policy(Capability.LEAD)
def begin(study: Study) -> Page:
    """Make the copy with its simulated panel."""
    form = RehearsalForm()
    if not form.validate():
        return _page(study, form), 422
    rehearsal.begin(current_session(), study, form.settings(), by=account().id, at=clock.now())
    return _back(study, _("The rehearsal is set up. Nothing of it touches the study."))


@blueprint.post("/step")
@policy(Capability.LEAD)
def step(study: Study) -> Page:
    """Go one step."""
    db = current_session()
    played = rehearsal.step(db, rehearsal.existing(db, study), by=account().id, at=clock.now())
    if played.closed_at is None:
        return _back(study, _("Round %(n)s is open and the panel has answered.") % {"n": played.number})
    return _back(study, _("Round %(n)s is released.") % {"n": played.number})


@blueprint.post("/play")
@policy(Capability.LEAD)
def play(study: Study) -> Page:
    """Play to the end."""
    db = current_session()
    rehearsal.play(db, rehearsal.existing(db, study), by=account().id, at=clock.now())
    return _back(study, _("The simulated panel has played every round."))


@blueprint.post("/as/<visitor>")
@policy(Capability.LEAD)
def enter(study: Study, visitor: str) -> Page:
    """Look at the panelist's pages through the eyes of a simulated panelist; the lead stays signed in."""
    db = current_session()
    panelist = rehearsal.visitor(db, rehearsal.existing(db, study), visitor)
    today = clock.now().date()
    session["panelist_grant"] = access.start_session(db, panelist.study_id, panelist.id, today=today)
    return redirect(url_for("home.show"), 303)


@blueprint.post("/wipe")
@policy(Capability.LEAD)
def wipe(study: Study) -> Page:
    """Wipe the rehearsal."""
    rehearsal.wipe(current_session(), study, by=account().id, at=clock.now())
    return _back(study, _("The rehearsal is wiped. The audit trail keeps that it took place."))
