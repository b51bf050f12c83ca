"""The page on which a study is ended."""

from flask import Blueprint, current_app

from delphi import clock
from delphi.access import Capability
from delphi.model.round import latest_round
from delphi.model.study import Level, Study
from delphi.web.answers import Page, done, form_page
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.lifecycle import finishing
from rounds.lifecycle.forms import FinishForm
from rounds.seal import publishing

blueprint = Blueprint("finishing", __name__, url_prefix="/studies/<slug>/finish")


@blueprint.get("")
@policy(Capability.LEAD)
def show(study: Study) -> Page:
    """Say what the stopping rule says, and what ending means."""
    return _shown(study, FinishForm())


def _shown(study: Study, form: FinishForm) -> Page:
    session = current_session()
    facts = {
        "last": latest_round(session, study),
        "issues": finishing.issues_before_end(session, study),
        "criteria": finishing.criteria(session, study),
        "publishes": study.level is Level.OPEN_ROWS,
        "published": publishing.are_published(session, study.id),
    }
    return form_page("lifecycle/finish.html", form, study=study, **facts)


@blueprint.post("")
@policy(Capability.LEAD)
def end(study: Study) -> Page:
    """End the study; what cannot be taken back is asked for, and the reason that was typed comes back."""
    form = FinishForm()
    if not form.agrees(publishes=study.level is Level.OPEN_ROWS and study.finished_at is None):
        return _shown(study, form)
    describe, reason = current_app.extensions["describe_panel"], form.reason.data or ""
    finishing.finish(current_session(), study, reason=reason, by=account().id, at=clock.now(), describe=describe)
    return done(_("The study is finished."), "finishing.show", slug=study.slug)


@blueprint.post("/undo")
@policy(Capability.LEAD)
def take_back(study: Study) -> Page:
    """Take the end back."""
    finishing.take_back(current_session(), study, by=account().id, at=clock.now())
    return done(_("The study goes on."), "finishing.show", slug=study.slug)
