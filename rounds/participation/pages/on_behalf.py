"""Leaving on behalf of a panelist who told the team so: by the choices that the study promised, and with a receipt."""

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.model.panel import Panelist
from delphi.model.study import Study, Withdrawal
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.participation import withdrawal

blueprint = Blueprint("on_behalf", __name__, url_prefix="/studies/<slug>/panel/<code>")


@blueprint.route("/leave", methods=["GET", "POST"])
@policy(Capability.ROSTER)
def leave(study: Study, code: str) -> Page:
    """Ask what was chosen, then let them leave; what they answered is told in no number."""
    panelist = access.panelist_coded(current_session(), study, code)
    choices = [choice for choice in Withdrawal if choice.value in study.withdrawal_choices]
    chosen = next((choice for choice in choices if choice.value == request.form.get("choice")), None)
    sent = request.method == "POST"
    if sent and chosen and request.form.get("confirm") == "yes":
        return _leave(study, panelist, chosen)
    facts = {"code": code, "choices": choices, "chosen": chosen, "refused": sent, "form": ButtonForm()}
    return render_template("participation/on_behalf.html", study=study, **facts), 422 if sent else 200


def _leave(study: Study, panelist: Panelist, chosen: Withdrawal) -> Response:
    forget = current_app.extensions["forget"]
    by, at = account().id, clock.now()
    withdrawal.withdraw(current_session(), study, panelist, chosen, forget=forget, at=at, by=by)
    message = _("The person has left the panel. Name and address are deleted; a receipt is on its way to them.")
    return done(message, "roster.index", slug=study.slug)
