"""Inviting people who joined after the opening into the open round."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.model.study import Study
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.language import ngettext
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.lifecycle import late, newcomers

blueprint = Blueprint("late", __name__, url_prefix="/studies/<slug>/panel")


@blueprint.get("/invite")
@policy(Capability.ROSTER)
def ask(study: Study) -> Page:
    """Say how many would be invited, and what a newcomer tells."""
    session = current_session()
    round_ = late.round_to_join(session, study, at=clock.now())
    return render_template(
        "lifecycle/late.html",
        study=study,
        round=round_,
        waiting=late.waiting(session, round_),
        newcomers=newcomers.newcomers(session, study, round_),
        asked_twice=False,
        form=ButtonForm(),
    )


@blueprint.post("/invite")
@policy(Capability.ROSTER)
def invite(study: Study) -> Response:
    """Invite everybody who joined after the opening."""
    session, at = current_session(), clock.now()
    n = late.invite(session, study, late.round_to_join(session, study, at=at), by=account().id, at=at)
    return done(_said(n), "roster.index", slug=study.slug)


@blueprint.post("/<code>/invite")
@policy(Capability.ROSTER)
def invite_one(study: Study, code: str) -> Response:
    """Invite one person into the open round."""
    session, at = current_session(), clock.now()
    panelist, round_ = access.panelist_coded(session, study, code), late.round_to_join(session, study, at=at)
    n = late.invite(session, study, round_, by=account().id, at=at, only=panelist)
    return done(_said(n), "person.show", slug=study.slug, code=code)


def _said(n: int) -> str:
    if not n:
        return _("Everybody who can be is invited already; no letter was sent.")
    return ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", n) % {"num": n}
