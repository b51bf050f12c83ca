"""The lead's page for the panelist's side: what panelists may write, how they may leave, which days are planned."""

from flask import Blueprint, redirect, url_for

from delphi import clock
from delphi.access import Capability
from delphi.model.study import Study
from delphi.protocol import labels, panelist_options
from delphi.protocol.forms import PanelistOptionsForm
from delphi.web.answers import Page, done, form_page
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("panelist_options", __name__)


@blueprint.route("/studies/<slug>/panel-side", methods=["GET", "POST"])
@policy(Capability.LEAD)
def show(study: Study) -> Page:
    """Show and change the settings."""
    session = current_session()
    draft = panelist_options.upcoming(session, study)
    form = PanelistOptionsForm.of(study, draft)
    if form.validate_on_submit():
        if panelist_options.decide(session, study, form.wanted(), by=account().id, at=clock.now()):
            message = _("The settings of the panelist's side are saved.")
            return done(message, "panelist_options.show", slug=study.slug)
        return redirect(url_for("panelist_options.show", slug=study.slug), 303)
    nouns = {"item_nouns": labels.item_nouns(), "person_nouns": labels.person_nouns()}
    return form_page("protocol/panelist_options.html", form, study=study, draft=draft, **nouns)
