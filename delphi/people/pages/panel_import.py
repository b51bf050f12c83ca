"""Pages of the panel's import: what a file or a paste would change, taking it, and what is left out as a file."""

import secrets
from collections.abc import Sequence

from flask import Blueprint, request, url_for

from delphi import clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.study import Study
from delphi.people import roster_files
from delphi.people.forms import read_choices
from delphi.people.panel_files import heads
from delphi.people.panel_files.reading import PanelFile
from delphi.people.panel_list import names
from delphi.sheets.comparison import FileComparison
from delphi.sheets.lists.columns import KEEP, LEAVE
from delphi.web import uploads
from delphi.web.answers import Page, done
from delphi.web.language import gettext as _
from delphi.web.language import listed
from delphi.web.policy import account, parses_first, policy, takes_files
from delphi.web.transaction import current_session, reads_first

blueprint = Blueprint("panel_import", __name__)
LONGEST_KEY = 60


@blueprint.post("/studies/<slug>/panel")
@policy(Capability.ROSTER)
@takes_files
@reads_first
def preview(study: Study) -> Page:
    """Show what a file or a pasted list would change; nothing is saved."""
    data = uploads.sent_bytes()
    return _show(study, data, roster_files.read(data, read_choices(request.form)))


def _show(study: Study, data: bytes, file: PanelFile) -> Page:
    comparison = _compared(study, file)
    fresh = roster_files.new_groups(current_session(), study, comparison)
    page = uploads.preview_list(
        study,
        data,
        file,
        comparison,
        list(dict.fromkeys(name for _line, row in file.rows for name in row)),
        title=_("Import people"),
        note=_note(study, fresh, [values["name"] for _line, values in comparison.new]),
        key=secrets.token_urlsafe(16),
        targets=_targets(),
        ask=_("Say first which column holds the names and which the addresses; nothing can be imported before."),
        pieces=_("Recipients"),
        again=_("The same person again:"),
        more="people/unaddressed.html",
        counted_as=_("Cells with an address"),
        **_ways(study),
    )
    return page, 422 if file.wrong or file.nameless else 200


def _note(study: Study, fresh: Sequence[str], new: Sequence[str]) -> str:
    """Point out groups that are new, and new people whose name the panel has already."""
    notes = [_("Groups that are new: %(names)s.") % {"names": listed(fresh)}] if fresh else []
    known = names.names_known(current_session(), study, new) if new else []
    if known:
        message = _("Same name, other address: %(names)s. Correct the address on the person's page instead.")
        notes.append(message % {"names": listed(known)})
    return " ".join(notes)


def _compared(study: Study, file: PanelFile) -> FileComparison:
    """Compare with the panel; what cannot be changed there is left out of the file."""
    comparison, errors = roster_files.compare_with_panel(current_session(), study, file.rows)
    file.leave_out(errors)
    return comparison


def _ways(study: Study) -> dict[str, str]:
    ways = {"action": "panel_import.take", "reread": "panel_import.preview", "rest": "panel_import.rest"}
    ways["back"] = "roster.index"
    return {name: url_for(endpoint, slug=study.slug) for name, endpoint in ways.items()}


def _targets() -> dict[str, str]:
    """What the columns of a panel are called."""
    return {
        heads.NAME: _("Name"),
        heads.FIRST: _("First name"),
        heads.INFIX: _("Between first and last name (van, de)"),
        heads.LAST: _("Last name"),
        heads.EMAIL: _("Mail address"),
        heads.GROUP: _("Group"),
        heads.LANGUAGE: _("Language"),
        KEEP: _("A characteristic, called as here"),
        LEAVE: _("Leave it out"),
    }


@blueprint.post("/studies/<slug>/panel/import")
@policy(Capability.ROSTER)
@takes_files
@parses_first(lambda: roster_files.read(uploads.carried_file(), read_choices(request.form)))
def take(study: Study, rows: PanelFile) -> Page:
    """Take what the preview showed; with other choices than it was made by, show it again first."""
    if not uploads.was_shown(rows):
        return _show(study, uploads.carried_file(), rows)
    if rows.nameless:
        raise Refused(_("Say first which column holds the names. Nothing was imported."))
    key = request.form.get("request", "")[:LONGEST_KEY]
    taken = roster_files.import_panel(current_session(), study, rows.rows, by=account().id, at=clock.now(), key=key)
    return done(_told(rows, taken), "roster.index", slug=study.slug)


def _told(file: PanelFile, taken: FileComparison | None) -> str:
    if taken is None:
        return _("This was imported already. Nothing was imported again.")
    left = len(file.wrong) + len(file.rows) - len(taken.new) - len(taken.changed) - taken.same
    if taken.empty and not left:
        return _("The file changes nothing.")
    counts = {
        _("were added"): len(taken.new),
        _("were changed"): len(taken.changed),
        _("stay as they are"): taken.same,
        _("were left out"): left,
    }
    return _("People of the panel: %(what)s.") % {"what": uploads.summary(counts)}


@blueprint.post("/studies/<slug>/panel/rest")
@policy(Capability.ROSTER)
@takes_files
@reads_first
def rest(study: Study) -> Page:
    """Hand back what is left out, as it stands in the file, with the reason."""
    file = roster_files.read(uploads.carried_file(), read_choices(request.form))
    _compared(study, file)
    head, rows = file.rest()
    return uploads.download(f"{study.slug}_left_out", "csv", head, rows)
