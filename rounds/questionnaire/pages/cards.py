"""P6 and P7: the pages of cards, saved page by page; review, and submitting."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from delphi import clock
from delphi.config import Settings
from delphi.errors import RoundClosed
from delphi.model.round import latest_round
from delphi.web.forms import ButtonForm
from delphi.web.language import choose
from delphi.web.policy import PANELIST, panelist, policy
from delphi.web.transaction import current_session
from rounds.questionnaire import ballot
from rounds.questionnaire.answer_sheet import Sitting, sit
from rounds.questionnaire.cards import with_feedback
from rounds.questionnaire.forms import Ballot, StaleSheet, read_ballot

blueprint = Blueprint("cards", __name__)
Page = Response | str | tuple[str, int]


def seated() -> Sitting:
    """Seat the panelist of this browser; a form that was made for another sheet is refused."""
    study, who = panelist()
    sitting = sit(current_session(), study, who, at=clock.now())
    sheet = sheet_of(sitting)
    if request.form.get("sheet", sheet) != sheet:
        raise StaleSheet
    return sitting


def sheet_of(sitting: Sitting) -> str:
    """Give the name under which a page sends answers for this sitting."""
    settings: Settings = current_app.extensions["settings"]
    return sitting.sheet(settings.secret_key)


@blueprint.get("/panel/page/<int:number>")
@policy(PANELIST)
def page(number: int) -> Page:
    """P6: a page of cards."""
    return _show(seated(), number)


def _show(sitting: Sitting, number: int, given: Ballot | None = None, conflicts: tuple[str, ...] = ()) -> str:
    shown = sitting.page(number)
    return render_template(
        "questionnaire/cards.html",
        sitting=sitting,
        study=sitting.study,
        round=sitting.round,
        scale=sitting.scale,
        cards=with_feedback(sitting.session, sitting.study, sitting.round.number, sitting.who.id, shown),
        page=number,
        pages=len(sitting.cut),
        key=uuid4(),
        sheet=sheet_of(sitting),
        form=ButtonForm(),
        errors=given.errors if given else {},
        typed=given.typed if given else {},
        conflicts=conflicts,
    )


@blueprint.post("/panel/page/<int:number>")
@policy(PANELIST)
def save_page(number: int) -> Page:
    """Keep every answer that can be kept, and say what cannot."""
    sitting = seated()
    form, go, about = _pressed(request.form)
    given = read_ballot(form, sitting.page(number), sitting.scale)
    saved = ballot.save(
        sitting.session, sitting.key, given.answers, given.remarks, given.reasons, request=given.request
    )
    if saved.conflicts or given.errors:
        return _show(sitting.again(), number, given, tuple(saved.conflicts))
    if go == "language":
        choose(about)
    return redirect(_next(go, about, number, len(sitting.cut)), 303)


def _pressed(form: MultiDict[str, str]) -> tuple[Mapping[str, str], str, str]:
    """Read which button was pressed: a card's own button answers for that card first."""
    go, _, about = form.get("go", "on").partition("-")
    if go == "clear":
        return form.to_dict() | {f"answer-{about}": "clear"}, go, about
    if go == "keep":
        return form.to_dict() | {f"answer-{about}": form.get(f"previous-{about}", "")}, go, about
    return form, go, about


def _next(go: str, about: str, number: int, pages: int) -> str:
    match go:
        case "clear" | "keep" if about.isdigit():
            return url_for("cards.page", number=number, _anchor=f"s{about}")
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
def review() -> Page:
    """P7: what is answered and what is open, before submitting."""
    sitting = seated()
    return render_template(
        "questionnaire/review.html",
        study=sitting.study,
        round=sitting.round,
        scale=sitting.scale,
        cards=sitting.cards,
        blanks=sitting.open_cards,
        page_of=sitting.page_of,
        form=ButtonForm(),
    )


@blueprint.post("/panel/submit")
@policy(PANELIST)
def submit() -> Page:
    """Say "I am finished"."""
    sitting = seated()
    ballot.submit(sitting.session, sitting.key, on=clock.now().date())
    return redirect(url_for("home.show"), 303)


@blueprint.errorhandler(RoundClosed)
def closed(_error: RoundClosed) -> tuple[str, int]:
    """Say when the round closed and what counts, and give back what was typed too late."""
    return render_template("questionnaire/closed.html", **too_late(), form=ButtonForm()), 409


def too_late() -> dict[str, Any]:
    """Collect what a panelist is told after the close: the round, the answers that count, what was not saved."""
    study, who = panelist()
    round_ = latest_round(current_session(), study)
    assert round_ is not None
    sitting = Sitting(current_session(), study, round_, who)
    stored = {f"answer-{c.statement}": c.answer for c in sitting.cards} | {
        f"{name}-{c.statement}": getattr(c, name) for c in sitting.cards for name in ("comment", "reason")
    }
    unsaved = {
        field: value
        for field, value in request.form.items()
        if value and field in stored and value != str(stored[field] or "")
    }
    return {
        "study": study,
        "round": round_,
        "answered": sitting.answered,
        "scale": sitting.scale,
        "unsaved": [
            (
                card,
                {name: unsaved[f"{name}-{card.statement}"] for name in TEXTS if f"{name}-{card.statement}" in unsaved},
            )
            for card in sitting.cards
            if any(f"{name}-{card.statement}" in unsaved for name in TEXTS)
        ],
    }


TEXTS = ("answer", "comment", "reason")
