"""P12: being named as a member of the panel, as a choice of its own."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.config import Settings
from delphi.errors import Refused
from delphi.model.acknowledgement import Acknowledgement
from delphi.model.identity import Identity
from delphi.people import acknowledgements
from delphi.people.forms import NamingForm
from delphi.web.language import gettext as _
from delphi.web.policy import PANELIST, account, panelist, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("acknowledgement", __name__)
Page = Response | str | tuple[str, int]


def key() -> str:
    """Give the key of this browser's panelist."""
    study, who = panelist()
    settings: Settings = current_app.extensions["settings"]
    return acknowledgements.key_of(settings.secret_key, study.id, who.id)


@blueprint.route("/panel/acknowledgement", methods=["GET", "POST"])
@policy(PANELIST)
def show() -> Page:
    """Ask whether and how somebody wants to be named; not being named is what happens without an answer."""
    study, who = panelist()
    db, form = current_session(), NamingForm()
    chosen = acknowledgements.find(db, study, key())
    frozen = acknowledgements.frozen(study, today=clock.now().date())
    if not form.validate_on_submit():
        if not form.is_submitted():
            person = db.get(Identity, (study.id, who.id))
            form.fill(chosen, person.name if person else "")
        page = render_template("people/acknowledgement.html", study=study, form=form, chosen=chosen, frozen=frozen)
        return page, 422 if form.is_submitted() else 200
    if request.form.get("wanted") == "no":
        if frozen:
            raise Refused(_("The list of names is closed; nothing was changed. Write to the study team."))
        acknowledgements.remove(db, study, key())
        flash(_("You will not be named."))
    else:
        wanted = Acknowledgement(study_id=study.id, key=key(), **form.values())
        acknowledgements.name(db, study, wanted, today=clock.now().date())
        flash(_("You will be named as you wrote it. You can change this until the list is closed."))
    return redirect(url_for("acknowledgement.show"), 303)


@blueprint.get("/studies/<slug>/names")
@policy(Capability.ROSTER)
def names(slug: str) -> Page:
    """List for the team who asked to be named."""
    study = access.study_for(current_session(), account(), slug, to=Capability.ROSTER)
    listed = acknowledgements.named(current_session(), study)
    frozen = acknowledgements.frozen(study, today=clock.now().date())
    return render_template("people/acknowledgements.html", study=study, named=listed, frozen=frozen)
