"""Autosave: one field at a time, sent the moment it is given and answered in JSON (EXPERIENCE 4.0)."""

from typing import Any

from flask import Blueprint, render_template, request, session
from flask_wtf.csrf import CSRFError, generate_csrf

from delphi import clock
from delphi.consensus.shipped_scales import SCALES
from delphi.errors import BadInput, NotFound, RoundClosed
from delphi.handed_links import Withheld
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.web.language import language, told
from delphi.web.memory import current_memory
from delphi.web.policy import PANELIST, policy
from delphi.web.policy import panelist as current_panelist
from delphi.web.transaction import current_connection, current_session
from rounds.participation.holding import Holder, hold_by_grant
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.questionnaire.forms import StaleSheet, name_of, read_fields
from rounds.questionnaire.pages import (
    current_sheet,
    facts_after_close,
    fingerprint_of,
    owner_of,
    progress_of,
    refuse_stale,
)
from rounds.questionnaire.prepared import Questionnaire, questionnaire_of
from rounds.questionnaire.saving import Entry

blueprint = Blueprint("autosave", __name__)
Reply = tuple[dict[str, Any], int]


@blueprint.get("/panel/answers")
@policy(PANELIST)
def renew(study: Study, panelist: Panelist) -> dict[str, str]:
    """What a page that outlived its session needs to send again: a new token, if the sheet is the same."""
    part = current_sheet(study, panelist).part
    return {"token": generate_csrf(), "sheet": fingerprint_of(part), "owner": owner_of(part)}


@blueprint.post("/panel/answers")
@policy(PANELIST)
def save() -> Reply:
    """Save one field. No object is loaded and no template drawn on this way."""
    db = current_connection()
    holder = hold_by_grant(db, session.get("panelist_grant"), at=clock.now(), session=current_session)
    refuse_stale(holder.part)
    whole = _questionnaire(holder)
    sent = read_fields(request.form, whole.asked, SCALES[holder.scale])
    if sent.errors:
        return {"state": "refused", "message": " ".join(sent.errors.values())}, 422
    entries = (sent.answers, sent.remarks, sent.reasons)
    who: dict[str, Any] = {"answered_by": holder.answered_by, "language": holder.language or language()}
    saved = saving.save_held(db, holder.part, *entries, request=sent.request, admit=lambda: holder.link, **who)
    if saved.conflicts:
        return {"state": "changed", "stored": _stored(saved.conflicts[0])}, 409
    progress = progress_of(len(saved.answered), len(whole.asked), whole.reading.minutes(saved.answered))
    versions = {name_of(entry): version for entry, version in saved.versions.items()}
    return {"versions": versions, "at": clock.now().isoformat(), **progress}, 200


def _questionnaire(holder: Holder) -> Questionnaire:
    key = (holder.part.study, holder.part.round)
    made, launched = holder.study_created_at, holder.opened_at
    return questionnaire_of(current_session, *key, made=made, launched=launched, remember=current_memory().remember)


def _stored(entry: Entry) -> dict[str, Any]:
    """What the other window saved."""
    card = next(card for card in current_sheet(*current_panelist()).cards if card.statement == entry.statement)
    return {"value": card.text_of(entry.kind), "version": card.version_of(entry.kind)}


@blueprint.errorhandler(RoundClosed)
def closed(_error: RoundClosed) -> Reply:
    """Say when the round closed and what counts."""
    facts = facts_after_close()
    study, panelist = current_panelist()
    owner = owner_of(TakingPart(study.id, facts["round"].number, panelist.id))
    message = render_template("questionnaire/closed_message.html", **facts)
    return {"state": "closed", "message": message.strip(), "owner": owner}, 409


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
