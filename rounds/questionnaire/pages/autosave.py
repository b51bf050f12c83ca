"""Autosave: one field at a time, sent the moment it is given and answered in JSON (EXPERIENCE 4.0)."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_wtf.csrf import CSRFError, generate_csrf

from delphi import clock
from delphi.errors import BadInput, NotFound, RoundClosed
from delphi.handed_links import Withheld
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.web.language import told
from delphi.web.policy import PANELIST, policy
from rounds.questionnaire import saving
from rounds.questionnaire.answer_sheet import AnswerSheet
from rounds.questionnaire.forms import StaleSheet, name_of, read_answers
from rounds.questionnaire.pages import current_sheet, facts_after_close, fingerprint_of
from rounds.questionnaire.saving import Entry

blueprint = Blueprint("autosave", __name__)
Reply = tuple[dict[str, Any], int]


@blueprint.get("/panel/answers")
@policy(PANELIST)
def renew(study: Study, panelist: Panelist) -> dict[str, str]:
    """What a page that outlived its session needs to send again: a new token, if the sheet is the same."""
    return {"token": generate_csrf(), "sheet": fingerprint_of(current_sheet(study, panelist))}


@blueprint.post("/panel/answers")
@policy(PANELIST)
def save(study: Study, panelist: Panelist) -> Reply:
    """Save one field."""
    sheet = current_sheet(study, panelist)
    sent = read_answers(request.form, sheet.cards, sheet.scale)
    if sent.errors:
        return {"state": "refused", "message": " ".join(sent.errors.values())}, 422
    saved = saving.save(sheet.session, sheet.part, sent.answers, sent.remarks, sent.reasons, request=sent.request)
    if saved.conflicts:
        return {"state": "changed", "stored": _stored(sheet.reread(), saved.conflicts[0])}, 409
    versions = {name_of(entry): version for entry, version in saved.versions.items()}
    progress = render_template("questionnaire/progress.html", answer_sheet=sheet.reread())
    return {"versions": versions, "at": clock.now().isoformat(), "progress": progress.strip()}, 200


def _stored(sheet: AnswerSheet, entry: Entry) -> dict[str, Any]:
    """What the other window saved."""
    card = next(card for card in sheet.cards if card.statement == entry.statement)
    return {"value": card.text_of(entry.kind), "version": card.version_of(entry.kind)}


@blueprint.errorhandler(RoundClosed)
def closed(_error: RoundClosed) -> Reply:
    """Say when the round closed and what counts."""
    message = render_template("questionnaire/closed_message.html", **facts_after_close())
    return {"state": "closed", "message": message.strip()}, 409


@blueprint.errorhandler(NotFound)
@blueprint.errorhandler(CSRFError)
def signed_out(_error: Exception) -> Reply:
    """Ask for the link once more; the page keeps what was typed."""
    return {"state": "signed_out"}, 401


@blueprint.errorhandler(StaleSheet)
def stale(error: StaleSheet) -> Reply:
    """Another round is open, or another person's link was opened in this browser."""
    return {"state": "stale", "message": told(error)}, 409


@blueprint.errorhandler(BadInput)
@blueprint.errorhandler(Withheld)
def refused(error: BadInput | Withheld) -> Reply:
    """Say what cannot be used, and that an answer stays which this session may not see."""
    return {"state": "refused", "message": told(error)}, 422
