"""The open round, and suggesting a statement in a rating round: a growing list, edited and removed until the close."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.web.language import gettext as _
from delphi.web.policy import PANELIST, policy
from delphi.web.transaction import current_session
from rounds.questionnaire import saving, suggesting
from rounds.questionnaire.forms import SuggestionsPage, read_suggestions
from rounds.questionnaire.suggesting import SuggestionSheet

blueprint = Blueprint("suggesting", __name__)
Page = Response | str | tuple[str, int]


@blueprint.get("/panel/statements")
@policy(PANELIST)
def show(study: Study, panelist: Panelist) -> Page:
    """Show the own statements."""
    sheet = suggesting.open_sheet(current_session(), study, panelist, at=clock.now())
    return _page(sheet) if sheet else redirect(url_for("home.show"), 303)


@blueprint.post("/panel/statements")
@policy(PANELIST)
def write(study: Study, panelist: Panelist) -> Page:
    """Save what is written."""
    db = current_session()
    sheet = suggesting.open_sheet(db, study, panelist, at=clock.now())
    if sheet is None:
        return redirect(url_for("home.show"), 303)
    sent = read_suggestions(request.form, sections=sheet.sections)
    conflicts = suggesting.write(db, study, sheet.part, sent.written, sent.removed)
    if sent.errors or conflicts:
        return _page(sheet, sent, conflicts)
    return _leave(sheet)


def _leave(sheet: SuggestionSheet) -> Page:
    """Go on to an empty entry, or to the home, having finished if that is said."""
    go = request.form.get("go")
    if go == "more":
        return redirect(url_for("suggesting.show", _anchor="new"), 303)
    if sheet.round.number == 0 and go == "done":
        saving.submit(current_session(), sheet.part, on=clock.now().date())
    flash(_("Saved. You can change it until the round closes."))
    return redirect(url_for("home.show"), 303)


def _page(sheet: SuggestionSheet, sent: SuggestionsPage | None = None, conflicts: list[UUID] | None = None) -> str:
    return render_template(
        "questionnaire/suggestions.html",
        study=sheet.study,
        round=sheet.round,
        sections=sheet.sections,
        own=suggesting.written_by(current_session(), sheet.part),
        errors=sent.errors if sent else {},
        unsaved=sent.unsaved if sent else [],
        conflicts=conflicts or [],
        new=uuid4(),
        form=request.form,
    )
