"""Pages of studies: one's own, a new one, and where each stands."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.consensus.vocabulary import Change
from delphi.model.round import newest_rounds, progress_of
from delphi.model.study import Study
from delphi.people import roster
from delphi.protocol import groups, method
from delphi.studies import audit_trail, copying, creation, designs, next_step, readiness
from delphi.studies.forms import StudyForm
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import ACCOUNT, OPEN, account, policy, signed_in
from delphi.web.transaction import current_session

blueprint = Blueprint("overview", __name__)
LATEST_EVENTS = 5


@blueprint.get("/")
@policy(OPEN)
def welcome() -> Page:
    """Greet, or lead a signed-in person on."""
    if signed_in():
        return redirect(url_for("overview.index"), 303)
    return render_template("studies/welcome.html")


@blueprint.get("/studies")
@policy(ACCOUNT)
def index() -> Page:
    """List own studies."""
    studies = [study for study in access.studies_of(current_session(), account()) if not study.rehearsal_of]
    newest = newest_rounds(current_session(), studies)
    return render_template(
        "studies/index.html",
        studies=[study for study in studies if not study.archived_at],
        archived=[study for study in studies if study.archived_at],
        standing={study.id: next_step.of_study(study, newest.get(study.id)) for study in studies},
        translating=access.translated_by(current_session(), account()),
        form=ButtonForm(),
    )


@blueprint.route("/studies/new", methods=["GET", "POST"])
@policy(ACCOUNT)
def new() -> Page:
    """Create a study from the template library or as a copy of an own one."""
    form, session = StudyForm(), current_session()
    if form.validate_on_submit():
        template = copying.design_called(session, account(), form.template.data or "")
        study = creation.create(session, template, form.plan(), by=account().id, at=clock.now())
        message = _("The study is created. Nothing is mailed before you launch round 1.")
        return done(message, "overview.show", slug=study.slug)
    own = access.studies_of(session, account())
    return render_template("studies/new.html", form=form, templates=designs.templates(), mine=own)


@blueprint.get("/studies/<slug>")
@policy(Capability.READ)
def show(study: Study) -> Page:
    """Show where a study stands."""
    session = current_session()
    progress, may = progress_of(session, study), access.capabilities(session, account(), study)
    preparing = progress.phase == 0
    return render_template(
        "studies/overview.html",
        study=study,
        rounds=[(round_.number, next_step.of_round(study, round_)) for round_ in progress.rounds],
        next_step=next_step.next_step(study, progress.rounds) if progress.phase else None,
        phase=progress.phase,
        preparing=preparing,
        issues=list(readiness.issues(session, study)) if preparing else [],
        may=may,
        events=audit_trail.newest(session, study, most=LATEST_EVENTS) if Capability.AUDIT in may else [],
        rule=method.definition_of(study).describe(),
        panel_size=sum(groups.sizes(session, study).values()),
        countries=roster.characteristic_counts(session, study, "country"),
        form=ButtonForm(),
    )


@blueprint.post("/studies/<slug>/lock")
@policy(Capability.LEAD)
def lock(study: Study) -> Response:
    """Lock the protocol."""
    method.lock(current_session(), study, by=account().id, at=clock.now())
    return done(_("The protocol is locked."), "overview.show", slug=study.slug)


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """The words of the lineage, for every template."""
    return {
        "changes": {
            Change.REWORDED: _("reworded"),
            Change.MERGED: _("merged"),
            Change.SPLIT: _("split"),
            Change.ADDED: _("added"),
            Change.DROPPED: _("dropped"),
        }
    }
