"""Pages of the import of statements: what a file or a paste would change, taking it, and what is left out as a file."""

from flask import Blueprint, request, url_for

from delphi import clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.study import Study
from delphi.sheets.comparison import FileComparison
from delphi.sheets.lists.columns import LEAVE
from delphi.statements import files, heads
from delphi.statements.files import COLUMNS
from delphi.statements.forms import read_choices
from delphi.statements.reading import StatementFile
from delphi.web import uploads
from delphi.web.answers import Page, done
from delphi.web.language import gettext as _
from delphi.web.policy import account, parses_first, policy, takes_files
from delphi.web.transaction import current_session, reads_first

blueprint = Blueprint("statement_import", __name__)


@blueprint.post("/studies/<slug>/statements")
@policy(Capability.LEAD)
@takes_files
@reads_first
def preview(study: Study) -> Page:
    """Show what a file or a pasted list would change; nothing is saved."""
    data = uploads.sent_bytes()
    return _show(study, data, files.read(data, read_choices(request.form)))


def _show(study: Study, data: bytes, file: StatementFile) -> Page:
    comparison = files.compare_with_study(current_session(), study, [] if file.nameless else file.rows)
    page = uploads.preview_list(
        study,
        data,
        file,
        comparison,
        ("code", *(name for name in COLUMNS if name != "code")),
        title=_("Import statements"),
        note=_note(study, comparison),
        targets=_targets(),
        ask=_("Say first which column holds the statements; nothing can be imported before."),
        pieces=_("Lines"),
        again=_("The same wording again, taken all the same:"),
        more="",
        counted_as="",
        **_ways(study),
    )
    return page, 422 if file.wrong or file.nameless else 200


def _note(study: Study, comparison: FileComparison) -> str:
    said = files.said_already(comparison, current_session(), study)
    return _("Word for word here already: %(codes)s.") % {"codes": ", ".join(said)} if said else ""


def _targets() -> dict[str, str]:
    """What the columns of a list of statements are called."""
    return {
        heads.TEXT: _("Wording"),
        heads.CODE: _("Code"),
        heads.KIND: _("Kind"),
        heads.SECTION: _("Section"),
        heads.HELP: _("In plain words"),
        heads.EVIDENCE: _("Evidence"),
        heads.ROUND: _("Enters in round"),
        LEAVE: _("Leave it out"),
    }


def _ways(study: Study) -> dict[str, str]:
    ways = {"action": "statement_import.take", "reread": "statement_import.preview", "rest": "statement_import.rest"}
    ways["back"] = "statements.index"
    return {name: url_for(endpoint, slug=study.slug) for name, endpoint in ways.items()}


@blueprint.post("/studies/<slug>/statements/import")
@policy(Capability.LEAD)
@takes_files
@parses_first(lambda: files.read(uploads.carried_file(), read_choices(request.form)))
def take(study: Study, rows: StatementFile) -> Page:
    """Take what the preview showed; with other choices than it was made by, show it again first."""
    if not uploads.was_shown(rows):
        return _show(study, uploads.carried_file(), rows)
    if rows.nameless:
        raise Refused(_("Say first which column holds the statements. Nothing was imported."))
    taken = files.import_statements(current_session(), study, rows.rows, by=account().id, at=clock.now())
    if taken.empty and not rows.wrong:
        return done(_("The file changes nothing."), "statements.index", slug=study.slug)
    counts = {
        _("were imported"): len(taken.new),
        _("were changed"): len(taken.changed),
        _("stay as they are"): taken.same,
        _("were left out"): len(rows.wrong),
    }
    message = _("Statements: %(what)s.") % {"what": uploads.summary(counts)}
    return done(message, "statements.index", slug=study.slug)


@blueprint.post("/studies/<slug>/statements/rest")
@policy(Capability.LEAD)
@takes_files
@reads_first
def rest(study: Study) -> Page:
    """Hand back what is left out, as it stands in the file, with the reason."""
    head, rows = files.read(uploads.carried_file(), read_choices(request.form)).rest()
    return uploads.download(f"{study.slug}_left_out", "csv", head, rows)
