"""Pages of the team: who may do what, invitations, roles; and the door of a new member."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security.recoverable import generate_reset_password_token
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.study import Level, Role, Study
from delphi.studies import held_roles, team
from delphi.web.accounts import invited_account
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.language import offered, told
from delphi.web.policy import OPEN, account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("team", __name__)


@blueprint.get("/studies/<slug>/team")
@policy(Capability.OWN)
def show(study: Study) -> str:
    """List the team with its roles."""
    return _page(study)


def _page(study: Study, refused: Sequence[str] = ()) -> str:
    members = team.members(current_session(), study)
    session = current_session()
    return render_template(
        "studies/team.html",
        study=study,
        members=members,
        named_by={member.account: held_roles.named_by(session, study, member.account) for member, _who in members},
        roles=role_labels(study),
        word_of=lambda member: team.role_of(member).word,
        me=account(),
        refused=refused,
        form=ButtonForm(),
    )


def role_labels(study: Study) -> dict[str, tuple[str, str]]:
    """Name each role that a study may have, and say what it may do."""
    roles = {
        Role.OWNER.value: (_("owner"), _("decides everything; names and answers never stand on one page")),
        Role.ANALYST.value: (
            _("analyst"),
            _("sees how rounds run, results, released comments and files; never a name"),
        ),
        Role.MODERATOR.value: (
            _("analyst who moderates"),
            _("as an analyst, and decides on the panel's comments; never a name"),
        ),
        Role.PANEL_MANAGER.value: (
            _("panel manager"),
            _("sees names, invitations and who has finished, reminds and moves deadlines; never an answer"),
        ),
        Role.VIEWER.value: (_("viewer"), _("sees the protocol, how rounds run, and their results; changes nothing")),
        Role.STATISTICIAN.value: (
            _("statistician"),
            _("reads the answers of each person under a code; never had a role that sees names, and never gets one"),
        ),
    }
    if study.level is not Level.SEPARATED:
        del roles[Role.STATISTICIAN.value]
    for code in study.languages:
        name = _("translator: %(language)s") % {"language": offered().get(code, code)}
        told = _("sees the texts of the study in this language and nothing else")
        roles[team.TeamRole(Role.TRANSLATOR, code).word] = (name, told)
    return roles


@blueprint.app_context_processor
def named() -> dict[str, Any]:
    """For every template: who reads single answers of a study."""
    return {"statisticians_of": lambda study: access.statisticians(current_session(), study)}


@blueprint.post("/studies/<slug>/team")
@policy(Capability.OWN)
def invite(study: Study) -> Page:
    """Invite somebody by mail; what was typed comes back with what is wrong with it."""
    session, by, at = current_session(), account().id, clock.now()
    email = request.form.get("email", "")
    try:
        given = team.role_called(study, request.form.get("role"))
        team.invite(session, study, email, given.role, by=by, at=at, language=given.language)
    except Refused as error:
        return _page(study, [told(error)]), 409
    return done(_("The invitation is on its way."), "team.show", slug=study.slug)


@blueprint.post("/studies/<slug>/team/<int:member>/role")
@policy(Capability.OWN)
def change_role(study: Study, member: int) -> Response:
    """Change the role of a member."""
    given = team.role_called(study, request.form.get("role"))
    session, by, at = current_session(), account().id, clock.now()
    team.change_role(session, study, member, given.role, by=by, at=at, language=given.language)
    return done(_("The role was changed."), "team.show", slug=study.slug)


@blueprint.post("/studies/<slug>/team/<int:member>/confirm")
@policy(Capability.OWN)
def confirm(study: Study, member: int) -> Response:
    """Confirm a statistician whom another owner named."""
    held_roles.confirm(current_session(), study, member, by=account().id, at=clock.now())
    return done(_("The statistician is confirmed, and the panel is told by mail."), "team.show", slug=study.slug)


@blueprint.post("/studies/<slug>/team/<int:member>/remove")
@policy(Capability.OWN)
def remove(study: Study, member: int) -> Response:
    """Take somebody from the team."""
    team.remove(current_session(), study, member, by=account().id, at=clock.now())
    return done(_("This person is not on the team any more."), "team.show", slug=study.slug)


@blueprint.get("/account/join/<token>")
@policy(OPEN)
def join(token: str) -> str:
    """Greet a new member; a mail scanner that opens the link changes nothing."""
    return render_template("studies/join.html", who=invited_account(token), form=ButtonForm(), token=token)


@blueprint.post("/account/join/<token>")
@policy(OPEN)
def choose_password(token: str) -> Response:
    """Lead a new member on to choosing a password."""
    reset = generate_reset_password_token(invited_account(token))
    return redirect(url_for("security.reset_password", token=reset), 303)
