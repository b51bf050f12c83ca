"""Signing in by an institution: there, back with what it says, and in by a button. GET stores nothing."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_security import login_user
from werkzeug.wrappers import Response

from delphi.errors import NotFound, Refused
from delphi.institution import linking
from delphi.web import institution
from delphi.web.answers import done, own_path
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.operating.sight import tell
from delphi.web.policy import OPEN, account, policy, signed_in
from delphi.web.transaction import current_session

blueprint = Blueprint("institution", __name__, url_prefix="/account/institution")
NEXT = "institution_next"


@blueprint.get("")
@policy(OPEN)
def start() -> Response:
    """Lead to the institution."""
    if not institution.is_offered():
        raise NotFound
    session[NEXT] = own_path(request.args.get("next", ""))
    return institution.leave_for(url_for("institution.back"))


@blueprint.get("/back")
@policy(OPEN)
def back() -> str:
    """Say whom the institution has proved; nobody is signed in yet."""
    if not institution.is_offered():
        raise NotFound
    person = institution.proved()
    institution.keep(person)
    known = account() if signed_in() else None
    return render_template("institution/back.html", person=person, known=known, form=ButtonForm())


@blueprint.post("/back")
@policy(OPEN)
def enter() -> Response:
    """Sign that person in, or connect who is signed in."""
    person = institution.kept()
    if person is None:
        raise Refused(_("This took too long. Go back to the sign-in, and begin again."))
    if signed_in():
        linking.connect(current_session(), account(), person)
        tell("institution connected", account=account().id)
        return done(_("From now on you can sign in by your institution."), "overview.index")
    login_user(linking.account_of(current_session(), person), remember=False)
    return redirect(session.pop(NEXT, None) or url_for("overview.index"), 303)
