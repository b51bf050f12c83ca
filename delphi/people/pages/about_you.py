"""P4: what a panelist says about themselves. Nothing is forced; what is known is shown for correction."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for

from delphi import handed_links
from delphi.errors import NotFound
from delphi.model.panel import Panelist
from delphi.model.round import group_fixed
from delphi.model.study import Study
from delphi.people import declarations
from delphi.people.declarations import Expertise, SelfDescription
from delphi.people.forms import read_description
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import PANELIST, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("about_you", __name__)


@blueprint.route("/panel/about", methods=["GET", "POST"])
@policy(PANELIST)
def show(study: Study, panelist: Panelist) -> Page:
    """Show and take what the study asks; a study that asks nothing has no such page."""
    session = current_session()
    if not panelist.taking_part:
        raise NotFound
    questions = declarations.questions_of(session, study)
    if not questions:
        return redirect(url_for("home.show"), 303)
    if handed_links.is_handed(session) and declarations.declared(session, panelist):
        raise handed_links.Withheld
    if not ButtonForm().validate_on_submit():
        return _page(study, panelist, declarations.description_of(session, panelist), {})
    description, errors = read_description(request.form, questions)
    if _wants_another_group(study, panelist, description):
        errors["group"] = _("Your answers were counted in a closed round, so your group stays. The rest was saved.")
    declarations.save(session, study, panelist, description)
    if errors:
        return _page(study, panelist, description, errors)
    return done(_("What you told us is saved. You can change it in every round."), "home.show")


def _wants_another_group(study: Study, panelist: Panelist, description: SelfDescription) -> bool:
    """Whether a group was sent that can no longer be had."""
    wanted = study.group_chosen and description.group and description.group != panelist.stakeholder_group
    return bool(wanted) and group_fixed(current_session(), study.id, panelist.id)


def _page(study: Study, panelist: Panelist, description: SelfDescription, errors: Mapping[str, str]) -> str:
    return render_template(
        "people/about_you.html",
        study=study,
        who=panelist,
        asked=declarations.questions_of(current_session(), study),
        told=description,
        group_fixed=group_fixed(current_session(), study.id, panelist.id),
        expertise={
            Expertise.WORKS: _("I work in this field"),
            Expertise.KNOWS: _("I know it from outside"),
            Expertise.DOES_NOT_KNOW: _("I do not know it"),
        },
        errors=errors,
    )
