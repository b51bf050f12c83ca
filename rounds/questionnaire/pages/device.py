"""The device of a panelist: the script that opens pages offline, and the choice that nothing is kept."""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

import delphi
from delphi.web import device
from delphi.web.language import gettext as _
from delphi.web.policy import OPEN, PANELIST, policy
from delphi.web.policy import panelist as current_panelist

blueprint = Blueprint("device", __name__)


@blueprint.get("/panel/page/worker.js")
@policy(OPEN)
def worker() -> Response:
    """The service worker. Its address is its reach: it sees pages of statements and no other page."""
    return Response(_source(), mimetype="text/javascript")


@cache
def _source() -> bytes:
    return (Path(delphi.__file__).parent / "static" / "worker.js").read_bytes()


@blueprint.post("/panel/device")
@policy(PANELIST)
def share() -> AnyResponse:
    """Take whether others use this device too; then nothing is kept on it, and what was kept is deleted."""
    current_panelist()
    shared = request.form.get("shared") == "yes"
    device.share(shared=shared)
    flash(
        _("Nothing of this study is kept on this device now.")
        if shared
        else _("This device keeps what is not sent yet, until you sign out.")
    )
    answer = redirect(url_for("home.show"), 303)
    if shared:
        answer.headers.update(device.forget_headers())
    return answer
