"""The panelist's pages. GET changes nothing; a personal link opens with a POST."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, session, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import sha256
from delphi.consensus.scale import SCALES
from delphi.dates import minutes_for
from delphi.errors import NotFound
from delphi.model.panel import Panelist, PanelistSession
from delphi.model.round import Participation, Round, State
from delphi.model.study import Consent, Document, Study
from delphi.web.edge import current_session
from delphi.web.policy import OPEN, PANELIST, panelist, policy
from rounds import ballot
from rounds.cards import Card, cards, pages, with_feedback
from rounds.forms import ButtonForm, read_ballot

blueprint = Blueprint("panelist", __name__)
Page = Response | str | tuple[str, int]
SESSION_DAYS = 180


@blueprint.get("/p/<token>")
@policy(OPEN)
def landing(token: str) -> Page:
    """P1: names nobody, changes nothing."""
    found = access.link_holder(current_session(), token)
    if found is None:
        return render_template("panelist/unknown_link.html"), 404
    study, _ = found
    return render_template("panelist/landing.html", study=study, form=ButtonForm())


@blueprint.post("/p/<token>")
@policy(OPEN)
def start(token: str) -> Page:
    """Start a session on this device; nothing is recorded about the person."""
    found = access.link_holder(current_session(), token)
    if found is None:
        return render_template("panelist/unknown_link.html"), 404
    study, who = found
    grant = secrets.token_urlsafe(32)
    current_session().add(
        PanelistSession(
            study_id=study.id,
            grant_sha256=sha256(grant),
            panelist=who.id,
            expires_on=clock.now().date() + timedelta(days=SESSION_DAYS),
        )
    )
    session.clear()
    session["panelist_grant"], session.permanent = grant, True
    return redirect(url_for("panelist.home"), 303)


@blueprint.get("/panel")
@policy(PANELIST)
def home() -> Page:
    """P5, P8, P9: where the study stands, and the one next step."""
    study, who = panelist()
    db = current_session()
    if _consent_missing(db, study, who):
        return redirect(url_for("panelist.consent"), 303)
    round_ = _latest(db, study)
    facts: dict[str, Any] = {
        "study": study,
        "round": round_,
        "form": ButtonForm(),
        "declined": who.declined_on is not None,
    }
    if round_ and round_.accepts(at=clock.now()) and who.declined_on is None:
        taking_part = db.get(Participation, (study.id, round_.number, who.id))
        mine = cards(db, study, round_.number, who.id)
        facts |= {
            "taking_part": taking_part,
            "cards": mine,
            "answered": sum(card.answered for card in mine),
            "minutes": _minutes(mine),
            "resume": _page_of_first_open(mine),
        }
        return render_template("panelist/round_start.html", **facts)
    return render_template("panelist/home.html", **facts)


@blueprint.route("/panel/consent", methods=["GET", "POST"])
@policy(PANELIST)
def consent() -> Page:
    """P2, P3: the study information, and two buttons of equal weight."""
    study, who = panelist()
    db = current_session()
    document = _document(db, study)
    form = ButtonForm()
    if form.validate_on_submit():
        today = clock.now().date()
        if request.form.get("decision") == "decline":
            who.declined_on = today
        else:
            who.declined_on = None
            if db.get(Consent, (study.id, who.id, document.version)) is None:
                db.add(Consent(study_id=study.id, panelist=who.id, version=document.version, given_on=today))
        return redirect(url_for("panelist.home"), 303)
    return render_template("panelist/consent.html", study=study, document=document, form=form)


@blueprint.route("/panel/page/<int:number>", methods=["GET", "POST"])
@policy(PANELIST)
def page(number: int) -> Page:
    """P6: a page of cards. Saving keeps every answer that can be kept, and says what cannot."""
    study, who = panelist()
    db = current_session()
    round_ = _open_round(db, study, who)
    if request.method == "POST":
        return _save_page(db, study, who, round_, number)
    return _show_page(db, study, who, round_, number)


def _show_page(db: Session, study: Study, who: Panelist, round_: Round, number: int, **facts: Any) -> str:
    everything = cards(db, study, round_.number, who.id)
    cut = pages([card.section for card in everything])
    if not 1 <= number <= len(cut):
        raise NotFound
    shown = [everything[i] for i in cut[number - 1]]
    return render_template(
        "panelist/page.html",
        study=study,
        round=round_,
        scale=SCALES[study.scale],
        cards=with_feedback(db, study, round_.number, who.id, shown),
        page=number,
        pages=len(cut),
        total=len(everything),
        answered=sum(card.answered for card in everything),
        minutes=_minutes([card for card in everything if not card.answered]),
        key=uuid4(),
        form=ButtonForm(),
        **({"conflicts": [], "errors": {}} | facts),
    )


def _save_page(db: Session, study: Study, who: Panelist, round_: Round, number: int) -> Page:
    everything = cards(db, study, round_.number, who.id)
    cut = pages([card.section for card in everything])
    if not 1 <= number <= len(cut):
        raise NotFound
    shown = [everything[i] for i in cut[number - 1]]
    given = read_ballot(request.form, shown, SCALES[study.scale])
    saved = ballot.save(db, (study.id, round_.number, who.id), given.answers, given.remarks, request=given.request)
    if saved.conflicts or given.errors:
        return _show_page(db, study, who, round_, number, conflicts=saved.conflicts, errors=given.errors)
    match request.form.get("go"):
        case "back":
            return redirect(url_for("panelist.page", number=max(1, number - 1)), 303)
        case "later":
            return redirect(url_for("panelist.home", saved=1), 303)
        case _ if number < len(cut):
            return redirect(url_for("panelist.page", number=number + 1), 303)
    return redirect(url_for("panelist.review"), 303)


@blueprint.get("/panel/review")
@policy(PANELIST)
def review() -> Page:
    """P7: what is answered and what is open, before submitting."""
    study, who = panelist()
    db = current_session()
    round_ = _open_round(db, study, who)
    mine = cards(db, study, round_.number, who.id)
    cut = pages([card.section for card in mine])
    page_of = {mine[i].statement: number for number, indices in enumerate(cut, 1) for i in indices}
    return render_template(
        "panelist/review.html",
        study=study,
        round=round_,
        scale=SCALES[study.scale],
        cards=mine,
        blanks=[card for card in mine if not card.answered],
        page_of=page_of,
        form=ButtonForm(),
    )


@blueprint.post("/panel/submit")
@policy(PANELIST)
def submit() -> Page:
    """Say "I am finished"."""
    study, who = panelist()
    round_ = _open_round(current_session(), study, who)
    ballot.submit(current_session(), (study.id, round_.number, who.id), on=clock.now().date())
    return redirect(url_for("panelist.home"), 303)


@blueprint.post("/panel/leave")
@policy(PANELIST)
def leave() -> Page:
    """Sign out of this device."""
    study, _ = panelist()
    grant = current_session().get(PanelistSession, (study.id, sha256(session["panelist_grant"])))
    if grant is not None:
        current_session().delete(grant)
    session.clear()
    return render_template("panelist/left.html", study=study)


def _document(db: Session, study: Study) -> Document:
    newest = select(Document).filter_by(study_id=study.id).order_by(Document.version.desc()).limit(1)
    return db.scalars(newest).one()


def _consent_missing(db: Session, study: Study, who: Panelist) -> bool:
    if who.declined_on is not None:
        return False
    return db.scalars(select(Consent).filter_by(study_id=study.id, panelist=who.id).limit(1)).first() is None


def _latest(db: Session, study: Study) -> Round | None:
    """Give the round that was opened last."""
    opened = select(Round).where(Round.study_id == study.id, Round.opened_at.is_not(None))
    return db.scalars(opened.order_by(Round.number.desc()).limit(1)).first()


def _open_round(db: Session, study: Study, who: Panelist) -> Round:
    """Give the round this panelist takes part in and has consented to, or say that it is closed."""
    round_ = _latest(db, study)
    if round_ is None or who.declined_on or _consent_missing(db, study, who):
        raise NotFound
    if db.get(Participation, (study.id, round_.number, who.id)) is None:
        raise NotFound
    if round_.state is not State.OPEN or not round_.accepts(at=clock.now()):
        raise ballot.closed(round_)
    return round_


def _minutes(mine: list[Card]) -> int:
    return minutes_for(len(mine), sum(len(card.text.split()) for card in mine))


def _page_of_first_open(mine: list[Card]) -> int:
    cut = pages([card.section for card in mine])
    for number, indices in enumerate(cut, 1):
        if any(not mine[i].answered for i in indices):
            return number
    return 1
