"""The page on which an owner destroys the names of a finished study."""

from flask import Blueprint, render_template, request

from delphi import clock
from delphi.access import Capability
from delphi.model.study import Study
from delphi.people import severing
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("severing", __name__, url_prefix="/studies/<slug>/names/destroy")


@blueprint.get("")
@policy(Capability.OWN)
def show(study: Study) -> str:
    """Say in numbers what goes and what stays."""
    effect = severing.effect(current_session(), study)
    return render_template("people/severing.html", study=study, form=ButtonForm(), effect=effect)


@blueprint.post("")
@policy(Capability.OWN)
def destroy(study: Study) -> Page:
    """Destroy the names."""
    title = request.form.get("title", "")
    severing.sever_as_owner(current_session(), study, title=title, by=account().id, at=clock.now())
    return done(_("The names of this study are destroyed."), "severing.show", slug=study.slug)
