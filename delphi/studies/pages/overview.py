"""Pages of preparing: studies, protocol, statements, panel."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.consensus.vocabulary import Change
from delphi.errors import NotFound
from delphi.model.event import Event
from delphi.model.round import Round, State
from delphi.model.study import Study
from delphi.people import roster
from delphi.protocol import method
from delphi.studies import copying, creation, designs, next_step, readiness
from delphi.studies.designs import StudyPlan, StudyTemplate
from delphi.studies.forms import StudyForm
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import ACCOUNT, OPEN, account, policy, signed_in
from delphi.web.transaction import current_session

blueprint = Blueprint("overview", __name__)
Page = str | Response
COPY = "copy"


def _study(slug: str, to: Capability) -> Study:
    return access.study_for(current_session(), account(), slug, to=to)


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
    mine = [study for study in access.studies_of(current_session(), account()) if not study.rehearsal_of]
    return render_template(
        "studies/index.html",
        studies=[study for study in mine if not study.archived_at],
        archived=[study for study in mine if study.archived_at],
        standing=_standings(mine),
        form=ButtonForm(),
    )


def _standings(mine: Sequence[Study]) -> dict[int, str]:
    """Say where each study stands, by its newest round."""
    found = select(Round).where(Round.study_id.in_([study.id for study in mine])).order_by(Round.number)
    newest = {round_.study_id: round_ for round_ in current_session().scalars(found)}
    return {study.id: next_step.of_study(study, newest.get(study.id)) for study in mine}


@blueprint.route("/studies/new", methods=["GET", "POST"])
@policy(ACCOUNT)
def new() -> Page:
    """Create a study from the template library."""
    form = StudyForm()
    if form.validate_on_submit():
        template = _design(form.template.data or "")
        plan = StudyPlan(
            slug=form.slug.data or "",
            title=form.title.data or "",
            lead_name=form.lead_name.data or "",
            contact_email=form.contact_email.data or "",
            time_zone=form.time_zone.data or "UTC",
            simulated=bool(form.simulated.data),
            method=form.method(),
        )
        study = creation.create(current_session(), template, plan, by=account().id, at=clock.now())
        flash(_("The study is created. Nothing is mailed before you launch round 1."))
        return redirect(url_for("overview.show", slug=study.slug), 303)
    return render_template(
        "studies/new.html",
        form=form,
        templates=designs.templates(),
        mine=access.studies_of(current_session(), account()),
    )


def _design(key: str) -> StudyTemplate:
    """Find a design of the library, or make one of a study that this account leads."""
    word, colon, slug = key.partition(":")
    if word == COPY and colon:
        return copying.template_of(current_session(), _study(slug, Capability.LEAD))
    if key not in designs.templates():
        raise NotFound
    return designs.templates()[key]


@blueprint.get("/studies/<slug>")
@policy(Capability.READ)
def show(slug: str) -> Page:
    """Show where a study stands."""
    study = _study(slug, Capability.READ)
    session = current_session()
    rounds = session.scalars(select(Round).where(Round.study_id == study.id).order_by(Round.number)).all()
    phase, may = _phase(study, rounds), access.capabilities(session, account(), study)
    latest = select(Event).where(Event.study_id == study.id).order_by(Event.sequence.desc()).limit(5)
    return render_template(
        "studies/overview.html",
        study=study,
        rounds=[(round_.number, next_step.of_round(study, round_)) for round_ in rounds],
        next_step=next_step.next_step(study, rounds) if phase and rounds else None,
        phase=phase,
        preparing=phase == 0,
        issues=readiness.issues(session, study) if phase == 0 else [],
        may=may,
        events=session.scalars(latest).all() if Capability.AUDIT in may else [],
        rule=method.definition_of(study).describe(),
        panel_size=roster.size(session, study),
        countries=roster.characteristic_counts(session, study, "country"),
        form=ButtonForm(),
    )


def _phase(study: Study, rounds: Sequence[Round]) -> int:
    """Say where a study stands: 0 preparing, a round, or beyond the last: reporting."""
    opened = [round_ for round_ in rounds if round_.opened_at]
    if not opened:
        return 0
    ended = opened[-1].number >= study.maximum_rounds and opened[-1].state is State.RELEASED
    return study.maximum_rounds + 1 if ended or study.finished_at else opened[-1].number


@blueprint.post("/studies/<slug>/lock")
@policy(Capability.LEAD)
def lock(slug: str) -> Page:
    """Lock the protocol."""
    study = _study(slug, Capability.LEAD)
    method.lock(current_session(), study, by=account().id, at=clock.now())
    flash(_("The protocol is locked."))
    return redirect(url_for("overview.show", slug=slug), 303)


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the words of the lineage."""
    return {
        "changes": {
            Change.REWORDED: _("reworded"),
            Change.MERGED: _("merged"),
            Change.SPLIT: _("split"),
            Change.ADDED: _("added"),
            Change.DROPPED: _("dropped"),
        }
    }
