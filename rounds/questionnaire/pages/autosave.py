"""Autosave: one field at a time, sent the moment it is given and answered in JSON (EXPERIENCE 4.0)."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_wtf.csrf import CSRFError, generate_csrf

from delphi import clock
from delphi.errors import BadInput, NotFound, RoundClosed
from delphi.web.language import told
from delphi.web.policy import PANELIST, policy
from rounds.questionnaire import ballot
from rounds.questionnaire.answer_sheet import Sitting
from rounds.questionnaire.forms import StaleSheet, read_ballot
from rounds.questionnaire.pages.cards import seated, sheet_of, too_late

blueprint = Blueprint("autosave", __name__)
Told = tuple[dict[str, Any], int]


@blueprint.get("/panel/answers")
@policy(PANELIST)
def renew() -> dict[str, str]:
    """Give a page that outlived its session what it needs to send again: a new token, if the sheet is the same."""
    return {"token": generate_csrf(), "sheet": sheet_of(seated())}


@blueprint.post("/panel/answers")
@policy(PANELIST)
def save() -> Told:
    """Save one field."""
    sitting = seated()
    given = read_ballot(request.form, sitting.cards, sitting.scale)
    if given.errors:
        return {"state": "refused", "message": " ".join(given.errors.values())}, 422
    saved = ballot.save(
        sitting.session, sitting.key, given.answers, given.remarks, given.reasons, request=given.request
    )
    now = sitting.again()
    if saved.conflicts:
        return {"state": "changed", "stored": _stored(now, saved.conflicts[0])}, 409
    progress = render_template("questionnaire/progress.html", sitting=now)
    return {"versions": saved.versions, "at": clock.now().isoformat(), "progress": progress.strip()}, 200


def _stored(sitting: Sitting, field: str) -> dict[str, Any]:
    """Give what the other window saved in a field."""
    name, _dash, statement = field.partition("-")
    card = next(card for card in sitting.cards if card.statement == int(statement))
    value = getattr(card, name)
    return {"value": "" if value is None else str(value), "version": getattr(card, f"{name}_version")}


@blueprint.errorhandler(RoundClosed)
def closed(_error: RoundClosed) -> Told:
    """Say when the round closed and what counts."""
    return {
        "state": "closed",
        "message": render_template("questionnaire/closed_message.html", **too_late()).strip(),
    }, 409


@blueprint.errorhandler(NotFound)
@blueprint.errorhandler(CSRFError)
def signed_out(_error: Exception) -> Told:
    """Ask for the link once more; the page keeps what was typed."""
    return {"state": "signed_out"}, 401


@blueprint.errorhandler(StaleSheet)
def stale(error: StaleSheet) -> Told:
    """Another round is open, or another person's link was opened in this browser."""
    return {"state": "stale", "message": told(error)}, 409


@blueprint.errorhandler(BadInput)
def refused(error: BadInput) -> Told:
    """Say what cannot be used."""
    return {"state": "refused", "message": told(error)}, 422
