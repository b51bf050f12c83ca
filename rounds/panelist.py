"""The panelist's pages. GET changes nothing; a personal link opens with a POST."""

import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import sha256
from delphi.model.panel import PanelistSession
from delphi.model.round import Participation
from delphi.model.study import Consent, Document, Study
from delphi.web.edge import current_session
from delphi.web.policy import OPEN, PANELIST, panelist, policy
from rounds.forms import ButtonForm
from rounds.sitting import Sitting, consent_missing, latest_round

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
    spoken = session.get("language")
    session.clear()
    session["panelist_grant"], session.permanent = grant, True
    if spoken:
        session["language"] = spoken
    return redirect(url_for("panelist.home"), 303)


@blueprint.get("/panel")
@policy(PANELIST)
def home() -> Page:
    """P5, P8, P9: where the study stands, and the one next step."""
    study, who = panelist()
    db = current_session()
    if consent_missing(db, study, who):
        return redirect(url_for("panelist.consent"), 303)
    round_ = latest_round(db, study)
    facts: dict[str, Any] = {
        "study": study,
        "round": round_,
        "form": ButtonForm(),
        "declined": who.declined_on is not None,
    }
    if round_ and round_.accepts(at=clock.now()) and who.declined_on is None:
        facts["taking_part"] = db.get(Participation, (study.id, round_.number, who.id))
        return render_template("panelist/round_start.html", **facts, sitting=Sitting(db, study, round_, who))
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
