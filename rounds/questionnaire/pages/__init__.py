"""Pages on which a panelist fills in the questionnaire, and what they share: the answer sheet of this browser."""

from dataclasses import replace
from typing import Any

from flask import current_app, request, session

from delphi import clock, handed_links
from delphi.config import Settings
from delphi.contents.pages import current_contents
from delphi.errors import NotFound
from delphi.model.panel import Panelist
from delphi.model.round import latest_round
from delphi.model.study import Study
from delphi.web.language import ngettext
from delphi.web.memory import current_memory
from delphi.web.policy import panelist as current_panelist
from delphi.web.transaction import current_session
from rounds.participation.reading import reading_once
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire.answer_sheet import AnswerSheet, fingerprint, open_sheet
from rounds.questionnaire.forms import StaleSheet, unsaved_fields
from rounds.questionnaire.paging import PAGE
from rounds.questionnaire.prepared import Questionnaire, questionnaire_of

ONE = "one_at_a_time"  # kept in the session of a browser whose reader wants one statement a page


def current_sheet(study: Study, panelist: Panelist) -> AnswerSheet:
    """The open sheet of the panelist of this browser; a form that was made for another sheet is refused."""
    said, most = current_contents(study), statements_a_page()
    sheet = open_sheet(current_session(), study, panelist, at=clock.now(), most=most, said=said)
    refuse_stale(sheet.part)
    return sheet


def statements_a_page() -> int:
    """How many statements this reader wants on a page: one, or a list."""
    return 1 if session.get(ONE) else PAGE


def refuse_stale(part: TakingPart) -> None:
    """Refuse a form that was made for another sheet."""
    sent = request.form.get("sheet")
    if sent is not None and sent != fingerprint_of(part):
        raise StaleSheet


def fingerprint_of(part: TakingPart) -> str:
    """The name under which a page sends answers for the sheet of this participation."""
    settings: Settings = current_app.extensions["settings"]
    return fingerprint(part, settings.secret_key)


def owner_of(part: TakingPart) -> str:
    """The name of whose sheet it is, the same in every round: round 0 has no sheet, so that no two names are alike."""
    return fingerprint_of(replace(part, round=0))


def progress_of(answered: int, total: int, minutes: int) -> dict[str, Any]:
    """How many statements are answered in words and in per cent, and how long the others take."""
    done = ngettext("%(num)s of %(total)s done", "%(num)s of %(total)s done", answered)
    left = ""
    if answered < total:
        time = ngettext("about %(num)s minute", "about %(num)s minutes", minutes) % {"num": minutes}
        words = ngettext("%(num)s left, %(time)s", "%(num)s left, %(time)s", total - answered)
        left = words % {"num": total - answered, "time": time}
    return {"progress": done % {"num": answered, "total": total}, "left": left, "share": 100 * answered // (total or 1)}


def questionnaire_on(sheet: AnswerSheet) -> Questionnaire:
    """What a sheet asks everybody."""
    made, launched = sheet.study.created_at, sheet.round.opened_at
    number, remember = sheet.round.number, current_memory().remember
    return questionnaire_of(
        lambda: sheet.session, sheet.study.id, number, made=made, launched=launched, remember=remember
    )


def minutes_left(sheet: AnswerSheet) -> int:
    """Minutes for what is still open on a sheet."""
    made, launched = sheet.study.created_at, sheet.round.opened_at
    number, remember = sheet.round.number, current_memory().remember
    reading = reading_once(sheet.session, sheet.study.id, number, made=made, launched=launched, remember=remember)
    return reading.minutes(sheet.given)


def facts_after_close() -> dict[str, Any]:
    """What a panelist is told after the close: the round, the answers that count, what was not saved."""
    study, panelist = current_panelist()
    round_ = latest_round(current_session(), study)
    if round_ is None:
        raise NotFound
    sheet = AnswerSheet(current_session(), study, round_, panelist, said=current_contents(study))
    return {
        "study": study,
        "round": round_,
        "answered": sheet.answered,
        "withheld": round_.number in handed_links.withheld_rounds(current_session()),
        "scale": sheet.scale,
        "unsaved": unsaved_fields(request.form, sheet.cards),
    }
