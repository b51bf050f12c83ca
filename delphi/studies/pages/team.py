"""Pages of the team: who may do what, invitations, roles; and the door of a new member."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability, sha256
from delphi.errors import Refused
from delphi.model.account import AccountInvitation
from delphi.model.study import Role, Study
from delphi.studies import team
from delphi.web.accounts import TeamAccount
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import OPEN, account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("team", __name__)


def _study(slug: str) -> Study:
    return access.study_for(current_session(), account(), slug, to=Capability.OWN)


def _role() -> Role:
    if request.form.get("role") not in set(Role):
        raise Refused(_("Choose a role; nothing was changed."))
    return Role(request.form["role"])


def _back(slug: str, message: str) -> Response:
    flash(message)
    return redirect(url_for("team.show", slug=slug), 303)


@blueprint.get("/studies/<slug>/team")
@policy(Capability.OWN)
def show(slug: str) -> str:
    """List the team with its roles."""
    study = _study(slug)
    roles = {
        Role.OWNER: (_("owner"), _("decides everything; names and answers never stand on one page")),
        Role.ANALYST: (_("analyst"), _("sees results, comments and coded data; never a name")),
        Role.PANEL_MANAGER: (_("panel manager"), _("sees names, invitations and who has finished; never an answer")),
        Role.VIEWER: (_("viewer"), _("sees the protocol and released results")),
    }
    listed = team.members(current_session(), study)
    return render_template(
        "studies/team.html", study=study, members=listed, roles=roles, me=account(), form=ButtonForm()
    )


@blueprint.post("/studies/<slug>/team")
@policy(Capability.OWN)
def invite(slug: str) -> Response:
    """Invite somebody by mail."""
    address = request.form.get("email", "")
    team.invite(current_session(), _study(slug), address, _role(), by=account().id, at=clock.now())
    return _back(slug, _("The invitation is on its way."))


@blueprint.post("/studies/<slug>/team/<int:member>/role")
@policy(Capability.OWN)
def change_role(slug: str, member: int) -> Response:
    """Give a member another role."""
    team.change_role(current_session(), _study(slug), member, _role(), by=account().id, at=clock.now())
    return _back(slug, _("The role was changed."))


@blueprint.post("/studies/<slug>/team/<int:member>/remove")
@policy(Capability.OWN)
def remove(slug: str, member: int) -> Response:
    """Take somebody from the team."""
    team.remove(current_session(), _study(slug), member, by=account().id, at=clock.now())
    return _back(slug, _("This person is not on the team any more."))


def _invited(token: str) -> TeamAccount:
    """Find who may choose a first password with this link."""
    found = (
        current_session()
        .scalars(
            select(TeamAccount)
            .join(AccountInvitation, AccountInvitation.account == TeamAccount.id)
            .where(AccountInvitation.token_sha256 == sha256(token), AccountInvitation.expires_at > clock.now())
            .where(TeamAccount.password.is_(None), TeamAccount.active)
        )
        .first()
    )
    if found is None:
        abort(404)
    return found


@blueprint.get("/account/join/<token>")
@policy(OPEN)
def join(token: str) -> str:
    """Greet a new member; a mail scanner that opens the link changes nothing."""
    return render_template("studies/join.html", who=_invited(token), form=ButtonForm(), token=token)


@blueprint.post("/account/join/<token>")
@policy(OPEN)
def choose_password(token: str) -> Response:
    """Lead a new member on to choosing a password."""
    return redirect(url_for("security.reset_password", token=generate_reset_password_token(_invited(token))), 303)
