"""Pages of statements: list, import in two steps, export, write one, change one, remove one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.dates import minutes_for
from delphi.errors import NotFound
from delphi.model.round import Round, State
from delphi.model.statement import Kind
from delphi.model.study import Study
from delphi.statements import editing, files, statements
from delphi.statements.files import COLUMNS
from delphi.statements.forms import StatementForm
from delphi.statements.questionnaire import is_long
from delphi.web import imports
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy, takes_files
from delphi.web.transaction import current_session

blueprint = Blueprint("statements", __name__)
Page = str | Response
LONG = 40  # words of a statement (EXPERIENCE 2)


def _study(slug: str) -> Study:
    return access.study_for(current_session(), account(), slug, to=Capability.LEAD)


def _back(slug: str, message: str) -> Response:
    flash(message)
    return redirect(url_for("statements.index", slug=slug), 303)


@blueprint.get("/studies/<slug>/statements")
@policy(Capability.LEAD)
def index(slug: str) -> Page:
    """List the statements with the minutes they take."""
    return _list(_study(slug))


def _list(study: Study, form: StatementForm | None = None) -> str:
    listed = statements.newest(current_session(), study)
    draft = current_session().get_one(Round, (study.id, 1)).state is State.DRAFT
    words = sum(len(version.text.split()) for _s, version in listed)
    minutes = minutes_for(len(listed), words) if listed else 0
    return render_template(
        "statements/statements.html",
        study=study,
        statements=listed,
        hints={s.number: _hints(version.text) for s, version in listed},
        kinds={Kind.STATEMENT: _("statement"), Kind.RECOMMENDATION: _("recommendation")},
        minutes=minutes,
        too_many=is_long(len(listed), minutes),
        editable=draft,
        form=form or StatementForm(),
        button=ButtonForm(),
    )


def _hints(text: str) -> list[str]:
    """Say what a reader might stumble over; a hint never blocks."""
    words = text.casefold().replace("/", " / ").split()
    found = [
        (len(words) > LONG, _("long: %(n)s words") % {"n": len(words)}),
        ("and" in words or "or" in words or "/" in words, _("two questions in one?")),
        (bool({"not", "no", "never", "cannot"} & set(words)), _("a negation")),
    ]
    return [hint for holds, hint in found if holds]


@blueprint.post("/studies/<slug>/statements")
@policy(Capability.LEAD)
@takes_files
def preview(slug: str) -> Page:
    """Show what a file or a pasted list would change; nothing is saved."""
    study = _study(slug)
    rows = imports.sent(files.read, files.read_pasted)
    found = files.beside(current_session(), study, rows)
    return imports.preview(
        study,
        rows,
        found,
        ("code", *(name for name in COLUMNS if name != "code")),
        title=_("Import statements"),
        action=url_for("statements.take", slug=slug),
        back=url_for("statements.index", slug=slug),
    )


@blueprint.post("/studies/<slug>/statements/import")
@policy(Capability.LEAD)
@takes_files
def take(slug: str) -> Page:
    """Take what the preview showed."""
    study = _study(slug)
    rows = files.read(request.form.get("data", "").encode())
    found = files.import_statements(current_session(), study, rows, by=account().id, at=clock.now())
    if found.empty:
        return _back(slug, _("The file changes nothing."))
    told = {
        _("were imported"): len(found.new),
        _("were changed"): len(found.changed),
        _("stay as they are"): found.same,
    }
    return _back(slug, _("Statements: %(what)s.") % {"what": imports.said(told)})


@blueprint.get("/studies/<slug>/statements.<suffix>")
@policy(Capability.LEAD)
def export(slug: str, suffix: str) -> Page:
    """Write the statements as the file that can be imported again."""
    study = _study(slug)
    if suffix not in imports.KINDS:
        raise NotFound
    rows = files.as_rows(current_session(), study)
    return imports.download(f"{slug}_statements", suffix, COLUMNS, rows)


@blueprint.post("/studies/<slug>/statements/new")
@policy(Capability.LEAD)
def add(slug: str) -> Page | tuple[str, int]:
    """Write one statement."""
    study, form = _study(slug), StatementForm()
    if not form.validate():
        return _list(study, form), 422
    code = (form.code.data or "").strip()
    row = form.values() | ({"code": code} if code else {})
    found = files.beside(current_session(), study, [(1, row)])
    if found.changed or found.same:
        form.code.errors = [_("This code is used already in this study.")]
        return _list(study, form), 422
    files.take(current_session(), study, found, by=account().id, at=clock.now())
    return _back(slug, _("The statement was added."))


@blueprint.route("/studies/<slug>/statements/<int:statement>", methods=["GET", "POST"])
@policy(Capability.LEAD)
def edit(slug: str, statement: int) -> Page | tuple[str, int]:
    """Change one statement that nobody was asked yet."""
    study = _study(slug)
    pair = next((p for p in statements.newest(current_session(), study) if p[0].number == statement), None)
    if pair is None:
        raise NotFound
    form = StatementForm(data=_filled(*pair))
    if form.validate_on_submit():
        decided: dict[str, Any] = {"by": account().id, "at": clock.now()}
        editing.change(current_session(), study, statement, form.values(), **decided)
        return _back(slug, _("The statement was changed."))
    page = render_template("statements/statement.html", study=study, statement=pair[0], form=form, button=ButtonForm())
    return page, 422 if form.errors else 200


def _filled(statement: Any, version: Any) -> dict[str, Any]:
    facts = {"kind": statement.kind, "section": statement.section, "round": statement.enters_round}
    return facts | {"text": version.text, "help": version.help, "evidence": version.evidence}


@blueprint.post("/studies/<slug>/statements/<int:statement>/remove")
@policy(Capability.LEAD)
def remove(slug: str, statement: int) -> Page:
    """Remove one statement that nobody was asked yet."""
    code = editing.remove(current_session(), _study(slug), statement, by=account().id, at=clock.now())
    return _back(slug, _("%(code)s was removed.") % {"code": code})
