"""Pages of the end of a study: archive, delete with a waiting time, undo."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from delphi import clock
from delphi.access import Capability
from delphi.errors import NotFound
from delphi.model.study import Study
from delphi.studies import retention
from delphi.web.answers import done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("retention", __name__)


@blueprint.get("/studies/<slug>/ending")
@policy(Capability.OWN)
def show(study: Study) -> str:
    """Say what archiving and deleting do."""
    return render_template("studies/retention.html", study=study, form=ButtonForm(), days=retention.WAITING.days)


@blueprint.post("/studies/<slug>/ending/<act>")
@policy(Capability.OWN)
def decide(study: Study, act: str) -> Response:
    """Archive, restore, ask for the deletion, or undo it."""
    session, by, at = current_session(), account().id, clock.now()
    match act:
        case "archive":
            retention.archive(session, study, by=by, at=at)
            message = _("The study is archived.")
        case "restore":
            retention.restore(session, study, by=by, at=at)
            message = _("The study can be changed again.")
        case "delete":
            retention.ask_deletion(session, study, title=request.form.get("title", ""), by=by, at=at)
            message = _("The study will be deleted. Until then you can undo it here.")
        case "undo":
            retention.undo_deletion(session, study, by=by, at=at)
            message = _("The study stays.")
        case _other:
            raise NotFound
    return done(message, "retention.show", slug=study.slug)
