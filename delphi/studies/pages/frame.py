"""The frame of every page of a team: who is signed in and as what, and the places of the study."""

from typing import Any

from flask import Blueprint, request

from delphi import access
from delphi.model.round import rounds_of
from delphi.model.study import Membership, Study
from delphi.studies import team
from delphi.studies.frame import Frame, frame_of
from delphi.studies.pages.team import role_labels
from delphi.web.policy import account
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
    word = team.role_of(membership).word if membership else ""
    return role_labels(study).get(word, ("", ""))[0]
