"""The page on which a study is ended."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.access import Capability
from delphi.model.round import latest_round
from delphi.model.study import Study
from delphi.web.forms import ButtonForm, clean
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.lifecycle import finishing

blueprint = Blueprint("finishing", __name__, url_prefix="/studies/<slug>/finish")
LONGEST = 2000


@blueprint.get("")
@policy(Capability.LEAD)
def show(study: Study) -> str:
    """Say what the stopping rule says, and what ending means."""
    session = current_session()
    return render_template(
        "lifecycle/finish.html",
        study=study,
        form=ButtonForm(),
        last=latest_round(session, study),
        issues=finishing.issues_before_end(session, study),
        criteria=finishing.criteria(session, study),
    )


@blueprint.post("")
@policy(Capability.LEAD)
def end(study: Study) -> Response:
    """End the study."""
    reason = clean(request.form.get("reason", ""), LONGEST)
    describe = current_app.extensions["describe_panel"]
    finishing.finish(current_session(), study, reason=reason, by=account().id, at=clock.now(), describe=describe)
    flash(_("The study is finished."))
    return redirect(url_for("finishing.show", slug=study.slug), 303)


@blueprint.post("/undo")
@policy(Capability.LEAD)
def take_back(study: Study) -> Response:
    """Take the end back."""
    finishing.take_back(current_session(), study, by=account().id, at=clock.now())
    flash(_("The study goes on."))
    return redirect(url_for("finishing.show", slug=study.slug), 303)
