"""Pages of the panel: the roster, one person added, export."""

from typing import Any

from flask import Blueprint, render_template, request

from delphi import clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.round import latest_round
from delphi.model.study import Study
from delphi.people import addresses, roster_files
from delphi.people.forms import NewPersonForm, wanted_of
from delphi.people.panel_list import names
from delphi.people.panel_list.lines import Order, Roster, Wanted, country_of
from delphi.protocol import groups
from delphi.web import uploads
from delphi.web.answers import Page, done, paged
from delphi.web.language import gettext as _
from delphi.web.language import language, offered, told
from delphi.web.policy import account, policy
from delphi.web.transaction import commit, current_session

blueprint = Blueprint("roster", __name__)
PAGE = 50


@blueprint.get("/studies/<slug>/panel")
@policy(Capability.ROSTER)
def index(study: Study) -> Page:
    """Show the roster: names and how far turnout is told by name, never an answer and never a code."""
    return _page(study, NewPersonForm())


def _page(study: Study, form: NewPersonForm, *, refused: str = "") -> str:
    session, wanted = current_session(), wanted_of(request.args, language())
    latest = latest_round(session, study)
    panel = Roster(session, study, latest, today=clock.now().date())
    tally = panel.tally(wanted.search)
    part = paged(tally.found(wanted), PAGE)
    people = panel.lines(wanted, first=part.offset, most=part.size)
    return render_template(
        "people/roster.html",
        study=study,
        form=form,
        refused=refused,
        wanted=wanted,
        at=_address(study, wanted),
        people=people,
        country=country_of(people),
        offered=offered(),
        tally=tally,
        everybody=tally.found(Wanted()),
        found=tally.found(wanted),
        part=part,
        groups=groups.groups_of(session, study),
        sizes=groups.sizes(session, study),
        round=latest,
        joined=names.not_invited(session, latest) if latest and latest.accepts(at=clock.now()) else 0,
        twice=names.same_names(session, study),
        left=names.left(session, study),
    )


def _address(study: Study, wanted: Wanted) -> dict[str, Any]:
    """What an address of the roster says beside its page; what is not asked for is left out."""
    return {
        "slug": study.slug,
        "search": wanted.search or None,
        "group": wanted.group,
        "standing": wanted.standing.value if wanted.standing else None,
        "order": wanted.order.value if wanted.order is not Order.NAME else None,
    }


@blueprint.post("/studies/<slug>/panel/new")
@policy(Capability.ROSTER)
def add(study: Study) -> Page | tuple[str, int]:
    """Let one person join the panel; nobody gets mail before an invitation."""
    session, form = current_session(), NewPersonForm()
    if not form.validate():
        return _page(study, form, refused=_("Nobody was added.")), 422
    row = form.row()
    if addresses.page_of(session, study, row["name"], row["email"]) is not None:
        return _page(study, form, refused=_already(row["email"])), 409
    try:
        roster_files.import_panel(session, study, [(1, row)], by=account().id, at=clock.now())
    except Refused as refusal:
        return _page(study, form, refused=told(refusal)), 409
    code = addresses.page_of(session, study, row["name"], row["email"])
    return done(_("The person is on the panel, and not invited yet."), "person.show", slug=study.slug, code=code)


def _already(email: str) -> str:
    if email:
        return _("This address is on the panel already. Nobody was added.")
    return _("Somebody of this name without an address is on the panel already. Nobody was added.")


@blueprint.post("/studies/<slug>/panel.<suffix>")
@policy(Capability.ROSTER)
def export(study: Study, suffix: str) -> Page:
    """Write the panel as the file that can be imported again."""
    uploads.check_suffix(suffix)
    head, rows = roster_files.export(current_session(), study, suffix, by=account().id, at=clock.now())
    name = f"{study.slug}_panel"
    commit()
    return uploads.download(name, suffix, head, rows)
