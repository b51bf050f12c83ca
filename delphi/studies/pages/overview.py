"""Pages of studies: one's own, a new one, and where each stands."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.consensus.vocabulary import Change
from delphi.model.round import newest_rounds, progress_of
from delphi.model.study import Study
from delphi.people import bounces
from delphi.protocol import groups, method
from delphi.statements import statements
from delphi.studies import audit_trail, copying, creation, designs, event_words, next_step, preparation, readiness
from delphi.studies.forms import StudyForm
from delphi.studies.time_line import time_line
from delphi.web.answers import Page, Question, asked, done
from delphi.web.language import gettext as _
from delphi.web.language import ngettext, told
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
def show(study: Study) -> str:
    """Show where a study stands, and what comes next."""
    session, at = current_session(), clock.now()
    progress, may = progress_of(session, study), access.capabilities(session, account(), study)
    leads = Capability.LEAD in may
    known = current_app.extensions["under_way"](session, progress, may, at=at)
    issues = preparation.in_order(list(readiness.issues(session, study))) if leads and progress.phase == 0 else []
    now = replace(known.situation, issues=issues or known.situation.issues)
    if progress.phase and Capability.ROSTER in may and not study.names_destroyed_at:
        now = replace(now, addresses_bounced=bounces.count(session, study.id))
    answered = {number: _answered(*told) for number, told in known.answered.items()}
    return render_template(
        "studies/overview.html",
        study=study,
        may=may,
        headline=next_step.headline(progress, at=at),
        steps=time_line(progress, at=at, answered=answered),
        next_step=next_step.next_step(progress, now) if leads else None,
        prepared=preparation.steps(issues) if leads and progress.phase == 0 else [],
        consider=preparation.to_consider(issues),
        attention=list(current_app.extensions["attention"](progress, now, known.groups)) if leads else [],
        under_way=known,
        current=progress.current,
        events=audit_trail.newest(session, study, most=LATEST_EVENTS) if Capability.AUDIT in may else [],
        rule=method.definition_of(study).describe(),
    )


def _answered(invited: int, counted: Any) -> str:
    """Say how many of the invited answered, or nothing where that number is not told."""
    if counted.n is None:
        return ngettext("%(num)s invited", "%(num)s invited", invited) % {"num": invited}
    return _("%(n)s of %(invited)s answered") % {"n": counted.n, "invited": invited}


@blueprint.get("/studies/<slug>/lock")
@policy(Capability.LEAD)
def ask_lock(study: Study) -> Page:
    """Ask once more before the protocol is locked."""
    session = current_session()
    missing = [told(method.LEVEL_OPEN)] if study.harm is None else []
    if study.protocol_locked_at:
        missing.append(_("The protocol is locked already; nothing was changed."))
    question = Question(
        _("Lock the protocol of “%(title)s”?") % {"title": study.title},
        _("Lock the protocol"),
        url_for("overview.lock", slug=study.slug),
        url_for("protocol.show", slug=study.slug),
        (
            _(
                "Scale, rule, level of anonymity and number of rounds stand from now on, with the time and a fingerprint."
            ),
            _("Each later change is an amendment with its reason, and is reported."),
            _("No mail leaves. Statements, people and texts can still be changed."),
        ),
        (
            (_("Rounds"), study.maximum_rounds),
            (_("Statements"), len(statements.newest(session, study))),
            (_("People"), sum(groups.sizes(session, study).values())),
        ),
        refused=missing,
    )
    return asked(question, study=study)


@blueprint.post("/studies/<slug>/lock")
@policy(Capability.LEAD)
def lock(study: Study) -> Response:
    """Lock the protocol."""
    method.lock(current_session(), study, by=account().id, at=clock.now())
    return done(_("The protocol is locked."), "overview.show", slug=study.slug)


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """The words of the lineage and of events, for every template."""
    return {
        "event_said": event_words.said,
        "changes": {
            Change.REWORDED: _("reworded"),
            Change.MERGED: _("merged"),
            Change.SPLIT: _("split"),
            Change.ADDED: _("added"),
            Change.DROPPED: _("dropped"),
        },
    }
