"""Pages on which a panelist fills in the questionnaire, and what they share: the answer sheet of this browser."""

from typing import Any

from flask import current_app, request

from delphi import clock, handed_links
from delphi.config import Settings
from delphi.errors import NotFound
from delphi.model.panel import Panelist
from delphi.model.round import latest_round
from delphi.model.study import Study
from delphi.web.policy import panelist as current_panelist
from delphi.web.transaction import current_session
from rounds.questionnaire.answer_sheet import AnswerSheet, open_sheet
from rounds.questionnaire.forms import StaleSheet, unsaved_fields


def current_sheet(study: Study, panelist: Panelist) -> AnswerSheet:
    """The open sheet of the panelist of this browser; a form that was made for another sheet is refused."""
    sheet = open_sheet(current_session(), study, panelist, at=clock.now())
    fingerprint = fingerprint_of(sheet)
    if request.form.get("sheet", fingerprint) != fingerprint:
        raise StaleSheet
    return sheet


def fingerprint_of(sheet: AnswerSheet) -> str:
    """The name under which a page sends answers for this sheet."""
    settings: Settings = current_app.extensions["settings"]
    return sheet.fingerprint(settings.secret_key)


def facts_after_close() -> dict[str, Any]:
    """What a panelist is told after the close: the round, the answers that count, what was not saved."""
    study, panelist = current_panelist()
    round_ = latest_round(current_session(), study)
    if round_ is None:
        raise NotFound
    sheet = AnswerSheet(current_session(), study, round_, panelist)
    return {
        "study": study,
        "round": round_,
        "answered": sheet.answered,
        "withheld": round_.number in handed_links.withheld_rounds(current_session()),
        "scale": sheet.scale,
        "unsaved": unsaved_fields(request.form, sheet.cards),
    }
