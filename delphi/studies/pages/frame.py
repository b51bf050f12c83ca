"""The frame of every page of a team: who is signed in and as what, and the places of the study."""

from typing import Any

from flask import Blueprint, render_template, request

from delphi import access
from delphi.model.round import rounds_of
from delphi.model.study import Membership, Study
from delphi.studies.frame import Frame, frame_of
from delphi.studies.pages.team import role_labels
from delphi.web.language import gettext as _
from delphi.web.policy import ACCOUNT, account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("frame", __name__)


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """For every template of a team: the frame of its study, and the reader's role there."""
    return {"frame_of": _frame, "role_in": _role, "reader": account}


def _frame(study: Study) -> Frame:
    session = current_session()
    may = access.capabilities(session, account(), study)
    values = request.view_args or {}
    return frame_of(study, rounds_of(session, study.id), may, request.endpoint or "", values.get("number"))


def _role(study: Study) -> str:
    membership = current_session().get(Membership, (study.id, account().id))
    return role_labels(study)[membership.role][0] if membership else ""


@blueprint.get("/help")
@policy(ACCOUNT)
def help_page() -> str:
    """Say what is done where."""
    return render_template("studies/help.html", parts=_parts())


def _parts() -> list[tuple[str, str]]:
    return [
        (_("Overview"), _("where the study stands, what to do next, who has answered, what happened last")),
        (
            _("Protocol"),
            _("scale, rule, groups, anonymity and texts; locked before the first answer, then only amended"),
        ),
        (_("Statements"), _("what is asked: written, imported, put in order and in sections")),
        (_("Panel"), _("who takes part: names, addresses, groups; no answer stands here")),
        (_("Rounds"), _("rehearse, launch, watch, close and release a round, and decide on what the next one asks")),
        (_("Results"), _("what the panel agreed on, statement by statement and group by group")),
        (_("Files"), _("tables, figures and texts for the paper, data for others to check, letters for the panel")),
        (_("Team"), _("who works on the study, and with which rights")),
        (_("Audit trail"), _("each decision of the team with its time, in a chain that can be checked")),
    ]
