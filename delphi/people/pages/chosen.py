"""What is done with everybody who is ticked on the roster: asked with numbers first, then done."""

from uuid import uuid4

from flask import Blueprint, render_template, request

from delphi import clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.study import Study
from delphi.people.forms import act_of
from delphi.people.panel_list import chosen
from delphi.people.panel_list.chosen import Act
from delphi.people.person.changes import By
from delphi.people.person.forms import form_key
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm, clean
from delphi.web.language import gettext as _
from delphi.web.language import ngettext
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session, current_settings

blueprint = Blueprint("chosen", __name__)


@blueprint.post("/studies/<slug>/panel/chosen")
@policy(Capability.ROSTER)
def act(study: Study) -> Page:
    """Say with numbers what would be done with those who are ticked; then do it."""
    wanted, codes = act_of(request.form.get("act", "")), request.form.getlist("who")
    if wanted is None or not codes:
        raise Refused(_("Tick at least one person first. Nothing was changed."))
    session, group = current_session(), clean(request.form.get("group"))
    planned = chosen.plan(session, study, codes, wanted, group)
    if request.form.get("confirm") != "yes":
        key = uuid4().hex
        return render_template("people/chosen.html", study=study, planned=planned, form=ButtonForm(), key=key)
    by, secret = By(account().id, clock.now()), current_settings().secret_key
    if wanted is Act.PRINT:
        links = chosen.links(session, study, planned, form=form_key(request.form), secret=secret, by=by)
        return render_template("people/handed_links.html", study=study, links=links, url=current_settings().public_url)
    n = chosen.carry_out(session, study, planned, secret=secret, by=by)
    return done(_said(wanted, n), "roster.index", slug=study.slug)


def _said(wanted: Act, n: int) -> str:
    if not n:
        return _("Nothing was changed: it stands for everybody as you asked already.")
    words = {
        Act.LINK: ngettext("%(num)s new link is on its way.", "%(num)s new links are on their way.", n),
        Act.GROUP: ngettext("The group of %(num)s person was changed.", "The group of %(num)s people was changed.", n),
        Act.REMOVE: ngettext(
            "%(num)s person was removed. Nothing of them is kept.",
            "%(num)s people were removed. Nothing of them is kept.",
            n,
        ),
    }
    return words[wanted] % {"num": n}
