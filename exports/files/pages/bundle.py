"""The study bundle from the web: the owner's alone, and every download is an event with the hash of what was sent."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from delphi import access
from delphi.access import Capability
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from exports.bundle.source import released_rounds
from exports.files import jobs
from exports.files.pages.files import given_out

blueprint = Blueprint("bundle", __name__)


@blueprint.get("/studies/<slug>/bundle")
@policy(Capability.AUDIT)
def show(slug: str) -> str:
    """Say what a bundle is, and offer it."""
    session = current_session()
    study = access.study_for(session, account(), slug, to=Capability.AUDIT)
    rounds = released_rounds(session, study)
    return render_template("files/bundle.html", study=study, rounds=rounds, form=ButtonForm())


@blueprint.post("/studies/<slug>/bundle")
@policy(Capability.AUDIT)
def download(slug: str) -> Response:
    """Write the bundle and send it, or have it written."""
    session = current_session()
    study = access.study_for(session, account(), slug, to=Capability.AUDIT)
    return given_out(session, study, jobs.bundle_order(request.form.get("profile")))
