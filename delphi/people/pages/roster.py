"""Pages of the panel: the roster, import in two steps, export."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request, url_for

from delphi import clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.round import latest_round
from delphi.model.study import Study
from delphi.people import addresses, roster_files, roster_list
from delphi.people.forms import AddressForm
from delphi.protocol import groups
from delphi.sheets.fields import TypedRows
from delphi.web import uploads
from delphi.web.answers import Page, done, paged
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, parses_first, policy, takes_files
from delphi.web.transaction import commit, current_session, reads_first

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


@blueprint.post("/studies/<slug>/panel")
@policy(Capability.ROSTER)
@takes_files
@reads_first
def preview(study: Study) -> Page:
    """Show what a file or a pasted list would change; nothing is saved."""
    session = current_session()
    rows = uploads.sent(roster_files.read, roster_files.read_pasted)
    comparison = roster_files.compare_with_panel(session, study, rows)
    fresh = roster_files.new_groups(session, study, comparison)
    return uploads.preview(
        study,
        rows,
        comparison,
        list(dict.fromkeys(name for _line, row in rows for name in row)),
        title=_("Import people"),
        action=url_for("roster.take", slug=study.slug),
        back=url_for("roster.index", slug=study.slug),
        note=_preview_note(study, fresh, [values["name"] for _line, values in comparison.new]),
    )


def _preview_note(study: Study, fresh: Sequence[str], names: Sequence[str]) -> str:
    """Point out groups that are new, and new people whose name the panel has already."""
    notes = [_("Groups that are new: %(names)s.") % {"names": ", ".join(fresh)}] if fresh else []
    known = roster_list.names_known(current_session(), study, names) if names else []
    if known:
        message = _("Same name, other address: %(names)s. Correct the address on the person's page instead.")
        notes.append(message % {"names": ", ".join(known)})
    return " ".join(notes)


@blueprint.post("/studies/<slug>/panel/import")
@policy(Capability.ROSTER)
@takes_files
@parses_first(lambda: roster_files.read(uploads.carried_file()))
def take(study: Study, rows: TypedRows) -> Page:
    """Take what the preview showed."""
    taken = roster_files.import_panel(current_session(), study, rows, by=account().id, at=clock.now())
    if taken.empty:
        return done(_("The file changes nothing."), "roster.index", slug=study.slug)
    counts = {_("were added"): len(taken.new), _("were changed"): len(taken.changed), _("stay as they are"): taken.same}
    message = _("People of the panel: %(what)s.") % {"what": uploads.summary(counts)}
    return done(message, "roster.index", slug=study.slug)


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
