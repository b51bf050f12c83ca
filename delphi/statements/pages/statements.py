"""Pages of statements: list, export, write one, change one, remove one."""

from flask import Blueprint
from werkzeug.wrappers import Response

from delphi import clock
from delphi.access import Capability
from delphi.model.statement import Kind
from delphi.model.study import Study
from delphi.statements import editing, files, order, statements
from delphi.statements.duration import is_long, minutes_for, words_in
from delphi.statements.files import COLUMNS
from delphi.statements.forms import StatementForm
from delphi.web import uploads
from delphi.web.answers import Page, done, form_page
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("statements", __name__)
LONG = 40  # words of a statement (EXPERIENCE 2)


@blueprint.get("/studies/<slug>/statements")
@policy(Capability.LEAD)
def index(study: Study) -> Page:
    """List the statements with the minutes they take."""
    return _list(study, StatementForm())


def _list(study: Study, form: StatementForm) -> Page:
    listed = order.in_questionnaire(current_session(), study)
    minutes = minutes_for([words_in(version) for _s, version in listed], study.language)
    return form_page(
        "statements/statements.html",
        form,
        study=study,
        statements=listed,
        hints={s.number: _hints(version.text) for s, version in listed},
        kinds={Kind.STATEMENT: _("statement"), Kind.RECOMMENDATION: _("recommendation")},
        minutes=minutes,
        too_many=is_long(len(listed), minutes),
        editable=editing.editable(current_session(), study),
        button=ButtonForm(),
    )


def _hints(text: str) -> list[str]:
    """Say what a reader might stumble over; a hint never blocks."""
    words = text.casefold().replace("/", " / ").split()
    checks = [
        (len(words) > LONG, _("long: %(n)s words") % {"n": len(words)}),
        ("and" in words or "or" in words or "/" in words, _("two questions in one?")),
        (bool({"not", "no", "never", "cannot"} & set(words)), _("a negation")),
    ]
    return [hint for holds, hint in checks if holds]


@blueprint.get("/studies/<slug>/statements.<suffix>")
@policy(Capability.LEAD)
def export(study: Study, suffix: str) -> Page:
    """Write the statements as the file that can be imported again."""
    uploads.check_suffix(suffix)
    rows = files.as_rows(current_session(), study)
    return uploads.download(f"{study.slug}_statements", suffix, COLUMNS, rows)


@blueprint.post("/studies/<slug>/statements/new")
@policy(Capability.LEAD)
def add(study: Study) -> Page:
    """Write one statement."""
    form = StatementForm()
    if not form.validate():
        return _list(study, form)
    if not files.add_statement(current_session(), study, form.row(), by=account().id, at=clock.now()):
        form.code.errors = [_("This code is used already in this study.")]
        return _list(study, form)
    return done(_("The statement was added."), "statements.index", slug=study.slug)


@blueprint.route("/studies/<slug>/statements/<int:statement>", methods=["GET", "POST"])
@policy(Capability.LEAD)
def edit(study: Study, statement: int) -> Page:
    """Change one statement that nobody was asked yet."""
    pair = statements.find(current_session(), study, statement)
    form = StatementForm.of(*pair)
    if form.validate_on_submit():
        editing.change(current_session(), study, statement, form.values(), by=account().id, at=clock.now())
        return done(_("The statement was changed."), "statements.index", slug=study.slug)
    return form_page("statements/statement.html", form, study=study, statement=pair[0], button=ButtonForm())


@blueprint.post("/studies/<slug>/statements/<int:statement>/remove")
@policy(Capability.LEAD)
def remove(study: Study, statement: int) -> Response:
    """Remove one statement that nobody was asked yet."""
    code = editing.remove(current_session(), study, statement, by=account().id, at=clock.now())
    return done(_("%(code)s was removed.") % {"code": code}, "statements.index", slug=study.slug)
