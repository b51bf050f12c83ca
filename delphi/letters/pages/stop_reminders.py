"""No more reminders: a page with a button, and the one click of mail programs (RFC 8058)."""

from flask import Blueprint, render_template, request

from delphi.letters import stopping
from delphi.web.answers import Page
from delphi.web.policy import OPEN, policy
from delphi.web.security import csrf
from delphi.web.transaction import current_session, current_settings

blueprint = Blueprint("stop_reminders", __name__, url_prefix="/stop/<token>")
csrf.exempt(blueprint)  # a mail program has no page of ours; the token says whose letter it is


@blueprint.get("")
@policy(OPEN)
def ask(token: str) -> Page:
    """Ask before anything changes: programs that look into mails open its links."""
    return _page(token)


@blueprint.post("")
@policy(OPEN)
def stop(token: str) -> Page:
    """Stop the reminders, or take that back."""
    _study, panelist = stopping.holder(current_session(), token, current_settings().secret_key)
    stopping.stop(panelist, stopped="again" not in request.form)
    return _page(token)


def _page(token: str) -> str:
    study, panelist = stopping.holder(current_session(), token, current_settings().secret_key)
    return render_template("letters/stop_reminders.html", study=study, stopped=panelist.reminders_stopped, token=token)
