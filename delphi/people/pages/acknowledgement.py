"""P12: being named as a member of the panel, as a choice of its own."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from delphi import clock
from delphi.access import Capability
from delphi.model.acknowledgement import Acknowledgement
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.people import acknowledgements, roster
from delphi.people.forms import NamingForm
from delphi.web.answers import Page, done, form_page
from delphi.web.language import gettext as _
from delphi.web.policy import PANELIST, policy
from delphi.web.transaction import current_session, current_settings

blueprint = Blueprint("acknowledgement", __name__)


@blueprint.route("/panel/acknowledgement", methods=["GET", "POST"])
@policy(PANELIST)
def show(study: Study, panelist: Panelist) -> Page:
    """Ask whether and how somebody wants to be named; not being named is what happens without an answer."""
    session, form = current_session(), NamingForm()
    key = acknowledgements.key_of(current_settings().secret_key, study.id, panelist.id)
    if form.validate_on_submit():
        return _choose(study, key, form)
    chosen = acknowledgements.find(session, study, key)
    if not form.is_submitted():
        identity = roster.identity_of(session, panelist)
        form.fill(chosen, identity.name if identity else "")
    frozen = acknowledgements.frozen(study, today=clock.now().date())
    return form_page("people/acknowledgement.html", form, study=study, chosen=chosen, frozen=frozen)


def _choose(study: Study, key: str, form: NamingForm) -> Response:
    session, today = current_session(), clock.now().date()
    if form.wanted.data == "no":
        acknowledgements.decline(session, study, key, today=today)
        return done(_("You will not be named."), "acknowledgement.show")
    wanted = Acknowledgement(study_id=study.id, key=key, **form.values())
    acknowledgements.name(session, study, wanted, today=today)
    message = _("You will be named as you wrote it. You can change this until the list is closed.")
    return done(message, "acknowledgement.show")


@blueprint.get("/studies/<slug>/names")
@policy(Capability.ROSTER)
def names(study: Study) -> Page:
    """List for the team who asked to be named."""
    named = acknowledgements.named(current_session(), study)
    frozen = acknowledgements.frozen(study, today=clock.now().date())
    return render_template("people/acknowledgements.html", study=study, named=named, frozen=frozen)
