"""Pages of the panel: the roster, an address corrected, export."""

from flask import Blueprint, render_template, request

from delphi import clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.round import latest_round
from delphi.model.study import Study
from delphi.people import addresses, roster_files, roster_list
from delphi.people.forms import AddressForm
from delphi.protocol import groups
from delphi.web import uploads
from delphi.web.answers import Page, done, paged
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import commit, current_session

blueprint = Blueprint("roster", __name__)
PAGE = 50


@blueprint.get("/studies/<slug>/panel")
@policy(Capability.ROSTER)
def index(study: Study) -> Page:
    """Show the roster: names and how far turnout is told by name, never an answer and never a code."""
    session, search = current_session(), request.args.get("search", "").strip()
    latest = latest_round(session, study)
    found = roster_list.count(session, study, search)
    part, today = paged(found, PAGE), clock.now().date()
    return render_template(
        "people/roster.html",
        study=study,
        form=ButtonForm(),
        search=search,
        people=roster_list.lines(session, study, latest, today=today, search=search, first=part.offset, most=part.size),
        found=found,
        part=part,
        groups=groups.groups_of(session, study),
        sizes=groups.sizes(session, study),
        round=latest,
        joined=roster_list.not_invited(session, latest) if latest and latest.accepts(at=clock.now()) else 0,
        twice=roster_list.same_names(session, study),
    )


@blueprint.post("/studies/<slug>/panel/address")
@policy(Capability.ROSTER)
def correct_address(study: Study) -> Page:
    """Correct an address: the person stays under the same code, and the old address is told."""
    session, form = current_session(), AddressForm()
    if not form.validate_on_submit():
        raise Refused(_("Write the address as it is here, and the right one. Nothing was changed."))
    person = addresses.person_at(session, study, form.address("old"))
    if person is None:
        raise Refused(_("Nobody of the panel has this address. Nothing was changed."))
    addresses.change(session, study, person.panelist, form.address("new"), by=account().id, at=clock.now())
    return done(_("The address is changed."), "roster.index", slug=study.slug)


@blueprint.post("/studies/<slug>/panel.<suffix>")
@policy(Capability.ROSTER)
def export(study: Study, suffix: str) -> Page:
    """Write the panel as the file that can be imported again."""
    uploads.check_suffix(suffix)
    head, rows = roster_files.export(current_session(), study, suffix, by=account().id, at=clock.now())
    name = f"{study.slug}_panel"
    commit()
    return uploads.download(name, suffix, head, rows)
