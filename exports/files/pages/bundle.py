"""The study bundle from the web: the owner's alone, and every download is an event with the hash of what was sent."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from delphi import access
from delphi.access import Capability
from delphi.errors import NotFound
from delphi.model.study import Study
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session, reads_first
from exports.bundle.source import released_rounds
from exports.files import jobs
from exports.files.pages import send
from exports.files.permissions import allowed

blueprint = Blueprint("bundle", __name__)


@blueprint.get("/studies/<slug>/bundle")
@policy(Capability.AUDIT)
def show(study: Study) -> str:
    """Say what a bundle is, and offer it."""
    rounds = released_rounds(current_session(), study)
    return render_template("files/bundle.html", study=study, rounds=rounds, form=ButtonForm())


@blueprint.post("/studies/<slug>/bundle")
@policy(Capability.AUDIT)
@reads_first
def download(study: Study) -> Response:
    """Write the bundle and send it, or have it written."""
    session, order = current_session(), jobs.bundle_order(request.form.get("profile"))
    if not allowed(access.capabilities(session, account(), study), order.report, order.profile):
        raise NotFound
    return send(session, study, order)
