"""Pages of setting up: what the study is called, groups and what panelists are asked, information and consent."""

from flask import Blueprint

from delphi import clock
from delphi.access import Capability
from delphi.model.study import Study
from delphi.protocol import groups, information
from delphi.studies import facts
from delphi.studies.forms import DocumentForm, FactsForm, GroupsForm
from delphi.web.answers import Page, done, form_page
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("setup", __name__)


@blueprint.route("/studies/<slug>/facts", methods=["GET", "POST"], endpoint="facts")
@policy(Capability.LEAD)
def change_facts(study: Study) -> Page:
    """Change title, contact and time zone."""
    form = FactsForm(obj=study)
    if form.validate_on_submit():
        facts.change(current_session(), study, form.values(), by=account().id, at=clock.now())
        return done(_("Saved."), "overview.show", slug=study.slug)
    return form_page("studies/facts.html", form, study=study)


@blueprint.route("/studies/<slug>/groups", methods=["GET", "POST"], endpoint="groups")
@policy(Capability.LEAD)
def write_groups(study: Study) -> Page:
    """Write the groups with their targets, and what panelists are asked about themselves."""
    session, form = current_session(), GroupsForm.of(study)
    if form.validate_on_submit():
        groups.write(session, study, form.wanted, by=account().id, at=clock.now())
        facts.change(session, study, form.values(), by=account().id, at=clock.now())
        return done(_("The groups are saved."), "setup.groups", slug=study.slug)
    declared, sizes = groups.groups_of(session, study), groups.sizes(session, study)
    return form_page("studies/groups.html", form, study=study, groups=declared, sizes=sizes)


@blueprint.route("/studies/<slug>/texts", methods=["GET", "POST"])
@policy(Capability.LEAD)
def texts(study: Study) -> Page:
    """Write information and consent; every saving is a new version, and a material change asks again."""
    session = current_session()
    newest = information.newest(session, study.id)
    form = DocumentForm(data={"information": newest.text, "consent": newest.consent})
    if form.validate_on_submit():
        information.publish(session, study, **form.texts(), by=account().id, at=clock.now())
        return done(_("The new version is published."), "setup.texts", slug=study.slug)
    return form_page("studies/texts.html", form, study=study, versions=information.versions(session, study.id))
