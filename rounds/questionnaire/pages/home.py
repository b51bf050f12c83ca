"""P5, P8, P9: the panelist's home, and the round that starts there. GET changes nothing."""

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import clock
from delphi.model.panel import Panelist
from delphi.model.round import Participation, latest_round
from delphi.model.study import Study
from delphi.web.policy import PANELIST, panelist, policy
from delphi.web.transaction import current_session
from rounds.participation import consent
from rounds.participation.progress import Stage, Step, may_come_back, stage_of
from rounds.questionnaire.answer_sheet import Sitting
from rounds.questionnaire.suggesting import may_write, mine
from rounds.questionnaire.wording import changes_into
from rounds.results.turnout import turnout_of

blueprint = Blueprint("home", __name__)
Page = Response | str | tuple[str, int]


@blueprint.get("/panel")
@policy(PANELIST)
def show() -> Page:
    """Say where the study stands, and the one next step."""
    study, who = panelist()
    db = current_session()
    stage = stage_of(db, study, at=clock.now())
    if who.declined_on:
        return render_template("participation/declined.html", study=study, who=who, may_undo=may_come_back(stage, who))
    if stage.step is not Step.FINISHED and consent.missing(db, study, who):
        return redirect(url_for("arrival.consent"), 303)
    if stage.is_open:
        return _open_round(db, study, who, stage)
    return render_template(
        "questionnaire/home.html",
        study=study,
        stage=stage,
        turnout=turnout_of(db, study, stage.rounds),
        invited=set(db.scalars(select(Participation.round).filter_by(study_id=study.id, panelist=who.id))),
    )


def _open_round(db: Session, study: Study, who: Panelist, stage: Stage) -> Page:
    """P5 before submitting, P8 after it."""
    round_ = stage.round
    assert round_ is not None
    taking_part = db.get(Participation, (study.id, round_.number, who.id))
    submitted = taking_part is not None and taking_part.submitted_on is not None
    if round_.number == 0 and taking_part is not None and not submitted:
        return redirect(url_for("suggesting.show"), 303)
    sitting = Sitting(db, study, round_, who)
    return render_template(
        "questionnaire/submitted.html" if submitted else "questionnaire/round_start.html",
        study=study,
        round=round_,
        stage=stage,
        who=who,
        sitting=sitting,
        scale=sitting.scale,
        changes=None if submitted else changes_into(db, study, round_.number),
        taking_part=taking_part,
        may_write=may_write(study, round_),
        written=len(mine(db, sitting.key)) if submitted and may_write(study, round_) else 0,
    )


@blueprint.get("/panel/changes")
@policy(PANELIST)
def changes() -> Page:
    """List what changed since the round before, with the reasons."""
    study, who = panelist()
    round_ = latest_round(current_session(), study)
    found = changes_into(current_session(), study, round_.number) if round_ and who.taking_part else None
    if found is None:
        return redirect(url_for("home.show"), 303)
    return render_template("questionnaire/changes.html", study=study, round=round_, changes=found)
