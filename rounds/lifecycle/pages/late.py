"""Inviting people who joined after the opening into the open round."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.language import ngettext
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.lifecycle import late, newcomers

blueprint = Blueprint("late", __name__, url_prefix="/studies/<slug>/panel")
MOST = 50  # people who are ticked: a page of the roster


@blueprint.get("/invite")
@policy(Capability.ROSTER)
def ask(study: Study) -> Page:
    """Say how many would be invited, and what a newcomer tells."""
    session = current_session()
    round_ = late.round_to_join(session, study, at=clock.now())
    return _ask(study, round_, late.count_waiting(session, round_))


def _ask(study: Study, round_: Round, waiting: int, ticked: Sequence[str] = ()) -> str:
    return render_template(
        "lifecycle/late.html",
        study=study,
        round=round_,
        waiting=waiting,
        ticked=ticked,
        newcomers=newcomers.newcomers(current_session(), study, round_),
        asked_twice=False,
        form=ButtonForm(),
    )


@blueprint.post("/invite/chosen")
@policy(Capability.ROSTER)
def invite_chosen(study: Study) -> Page:
    """Invite those of the people ticked on the roster who are not invited: asked with their number first."""
    session, at, codes = current_session(), clock.now(), request.form.getlist("who")[:MOST]
    if not codes:
        raise Refused(_("Tick at least one person first. Nothing was changed."))
    round_ = late.round_to_join(session, study, at=at)
    ticked = access.panelists_coded(session, study, codes)
    if request.form.get("confirm") != "yes":
        return _ask(study, round_, len(late.waiting(session, round_, ticked)), codes)
    n = late.invite(session, study, round_, by=account().id, at=at, only=ticked)
    return done(_said(n), "roster.index", slug=study.slug)


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
    n = late.invite(session, study, round_, by=account().id, at=at, only=[panelist])
    return done(_said(n), "person.show", slug=study.slug, code=code)


def _said(n: int) -> str:
    if not n:
        return _("Everybody who can be is invited already; no letter was sent.")
    return ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", n) % {"num": n}
