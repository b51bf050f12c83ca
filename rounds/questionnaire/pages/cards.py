"""P6 and P7: the pages of cards, saved page by page; review, and submitting."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.errors import RoundClosed
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.web import device
from delphi.web.forms import ButtonForm
from delphi.web.language import choose, language
from delphi.web.memory import current_memory
from delphi.web.policy import PANELIST, policy
from rounds.questionnaire import saving
from rounds.questionnaire.answer_sheet import AnswerSheet
from rounds.questionnaire.cards import Card, with_feedback
from rounds.questionnaire.forms import PressedButton, SentAnswers, name_of, read_button, read_fields
from rounds.questionnaire.pages import (
    ONE,
    current_sheet,
    facts_after_close,
    fingerprint_of,
    minutes_left,
    owner_of,
    progress_of,
    questionnaire_on,
    statements_a_page,
)
from rounds.questionnaire.saving import Entry

blueprint = Blueprint("cards", __name__)
Page = Response | str | tuple[str, int]


@blueprint.get("/panel/page/<int:number>")
@policy(PANELIST)
def page(study: Study, panelist: Panelist, number: int) -> tuple[str, int, dict[str, str]]:
    """P6: a page of cards. A device that is not shared may keep it."""
    sheet = current_sheet(study, panelist)
    return _show(sheet, number), 200, device.keep_headers(sheet.closes_at)


def _show(
    sheet: AnswerSheet, number: int, sent: SentAnswers | None = None, conflicts: list[Entry] | None = None
) -> str:
    shown = sheet.page(number)
    return render_template(
        "questionnaire/cards.html",
        answer_sheet=sheet,
        study=sheet.study,
        round=sheet.round,
        scale=sheet.scale,
        cards=_with_feedback(sheet, shown),
        total=len(sheet.cards),
        page=number,
        pages=len(sheet.cut),
        key=uuid4(),
        sheet=fingerprint_of(sheet.part),
        **progress_of(sheet.answered, len(sheet.cards), minutes_left(sheet)),
        next_open=_next_open(sheet, shown),
        owner=owner_of(sheet.part),
        form=ButtonForm(),
        errors=sent.errors if sent else {},
        typed=sent.typed if sent else {},
        conflicts=[name_of(entry) for entry in conflicts or ()],
    )


@blueprint.post("/panel/page/<int:number>")
@policy(PANELIST)
def save_page(study: Study, panelist: Panelist, number: int) -> Page:
    """Keep every answer that can be kept, and say what cannot."""
    sheet, button = current_sheet(study, panelist), read_button(request.form)
    whole = questionnaire_on(sheet)
    sent = read_fields(button.form, whole.page(number, sheet.most), sheet.scale)
    entries = (sent.answers, sent.remarks, sent.reasons)
    spoken = panelist.language or language()
    saved = saving.save(sheet.session, sheet.part, *entries, request=sent.request, language=spoken)
    if saved.conflicts or sent.errors:
        return _show(sheet, number, sent, saved.conflicts)
    if button.go == "language":
        choose(button.about)
    if button.go == "view":
        return redirect(_in_view(button.about, sheet, number), 303)
    return redirect(_next(button, number, len(whole.pages(sheet.most))), 303)


def _next_open(sheet: AnswerSheet, shown: list[Card]) -> str:
    """Where the next statement without an answer stands: on this page, on another, or nowhere; then the review."""
    here = next((card for card in shown if not card.answered), None)
    if here:
        return f"#s{here.statement}"
    if sheet.resume is None:
        return url_for("cards.review")
    page, statement = sheet.resume
    return url_for("cards.page", number=page, _anchor=f"s{statement}")


def _in_view(view: str, sheet: AnswerSheet, number: int) -> str:
    """Keep how the reader wants statements, and go to where the first open one of this page stands then."""
    shown = sheet.page(number)
    statement = next((card for card in shown if not card.answered), shown[0]).statement
    session[ONE] = view == "one"
    sheet = replace(sheet, most=statements_a_page())
    return url_for("cards.page", number=sheet.page_of[statement], _anchor=f"s{statement}")


def _with_feedback(sheet: AnswerSheet, shown: list[Card]) -> list[Card]:
    db, remember, launched = sheet.session, current_memory().remember, sheet.round.opened_at
    number, who = sheet.round.number, sheet.panelist.id
    known: dict[str, Any] = {"own": sheet.own_past, "launched": launched, "contents": sheet.contents}
    return with_feedback(db, sheet.study, number, who, shown, remember=remember, **known)


def _next(button: PressedButton, number: int, pages: int) -> str:
    match button.go:
        case "clear" | "keep" if button.about.isdigit():
            return url_for("cards.page", number=number, _anchor=f"s{button.about}")
        case "language":
            return url_for("cards.page", number=number)
        case "back":
            return url_for("cards.page", number=max(1, number - 1))
        case "later":
            return url_for("home.show", saved=1)
        case _ if number < pages:
            return url_for("cards.page", number=number + 1)
    return url_for("cards.review")


@blueprint.get("/panel/review")
@policy(PANELIST)
def review(study: Study, panelist: Panelist) -> Page:
    """P7: what is answered and what is open, before submitting."""
    sheet = current_sheet(study, panelist)
    return render_template(
        "questionnaire/review.html",
        study=study,
        round=sheet.round,
        scale=sheet.scale,
        cards=sheet.cards,
        blanks=sheet.open_cards,
        page_of=sheet.page_of,
        form=ButtonForm(),
    )


@blueprint.post("/panel/submit")
@policy(PANELIST)
def submit(study: Study, panelist: Panelist) -> Page:
    """Say "I am finished"."""
    sheet = current_sheet(study, panelist)
    saving.submit(sheet.session, sheet.part, on=clock.now().date())
    return redirect(url_for("home.show"), 303)


@blueprint.errorhandler(RoundClosed)
def closed(_error: RoundClosed) -> tuple[str, int]:
    """Say when the round closed and what counts, and give back what was typed too late."""
    return render_template("questionnaire/closed.html", **facts_after_close(), form=ButtonForm()), 409
