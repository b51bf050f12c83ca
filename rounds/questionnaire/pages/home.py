"""P5, P8, P9: the panelist's home, and the round that starts there. GET changes nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from delphi import clock, handed_links
from delphi.contents.pages import current_contents
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round, latest_round
from delphi.model.study import Study
from delphi.web.language import gettext as _
from delphi.web.memory import current_memory
from delphi.web.policy import PANELIST, policy
from delphi.web.transaction import current_session
from rounds.participation import consent
from rounds.participation.progress import Stage, Step, may_come_back, stage_of
from rounds.participation.taking_part import invited_rounds
from rounds.questionnaire.answer_sheet import AnswerSheet
from rounds.questionnaire.cards import Card
from rounds.questionnaire.pages import minutes_left, statements_a_page
from rounds.questionnaire.practice import practice_card
from rounds.questionnaire.suggesting import may_write, written_by
from rounds.questionnaire.wording import Changes, changes_into
from rounds.results.turnout import turnout_of

blueprint = Blueprint("home", __name__)
Page = Response | str | tuple[str, int]
NOTHING_TYPED: dict[str, Any] = {"typed": {}, "errors": {}, "conflicts": ()}  # what a drawn scale asks for


@blueprint.get("/panel")
@policy(PANELIST)
def show(study: Study, panelist: Panelist) -> Page:
    """Say where the study stands, and the one next step."""
    db = current_session()
    stage = stage_of(db, study, at=clock.now())
    if panelist.declined_on:
        may_undo = may_come_back(stage, panelist)
        because = "" if handed_links.is_handed(db) else panelist.left_because
        return render_template("participation/declined.html", study=study, because=because, may_undo=may_undo)
    if stage.step is not Step.FINISHED and consent.missing(db, study, panelist):
        return redirect(url_for("arrival.consent"), 303)
    if stage.is_open:
        return _open_round(study, panelist, stage)
    return render_template(
        "questionnaire/home.html",
        study=study,
        stage=stage,
        turnout=turnout_of(db, study, stage.rounds),
        invited={round_.number for round_ in invited_rounds(db, study, panelist)},
        withheld=handed_links.withheld_rounds(db),
    )


def _open_round(study: Study, panelist: Panelist, stage: Stage) -> Page:
    """P5 before submitting, P8 after it."""
    db, round_ = current_session(), stage.round
    assert round_ is not None
    withheld = handed_links.withheld_rounds(db)
    if round_.number in withheld:
        return render_template("participation/withheld.html", study=study, round=round_)
    sheet = AnswerSheet(db, study, round_, panelist, statements_a_page(), current_contents(study))
    participation = db.get(Participation, sheet.part.key)
    submitted = participation is not None and participation.submitted_on is not None
    if round_.number == 0 and participation is not None and not submitted:
        return redirect(url_for("suggesting.show"), 303)
    writes = may_write(study, round_.number)
    return render_template(
        "questionnaire/submitted.html" if submitted else "questionnaire/round_start.html",
        study=study,
        round=round_,
        stage=stage,
        who=panelist,
        answer_sheet=sheet,
        scale=sheet.scale,
        practice=None if sheet.answered else _practice(sheet),
        **NOTHING_TYPED,
        changes=None if submitted else _changes(study, round_),
        taking_part=participation,
        withheld=withheld,
        may_write=writes,
        minutes=minutes_left(sheet) if participation and round_.number else 0,
        written=len(written_by(db, sheet.part)) if submitted and writes else 0,
    )


def _practice(sheet: AnswerSheet) -> Card:
    text = _("Practice: a walk in the rain is better than no walk.")
    return practice_card(sheet.scale, sheet.study.feedback_plan, text)


def _changes(study: Study, round_: Round) -> Changes | None:
    """What changed into a launched round: the same for everybody, so it is read once."""
    said = current_contents(study)
    name = ("changes", study.id, study.created_at, said.language, study.translated, round_.number, round_.opened_at)
    made: Changes | None = current_memory().remember(
        name, lambda: changes_into(current_session(), study, round_.number, said)
    )
    return made


@blueprint.get("/panel/changes")
@policy(PANELIST)
def changes(study: Study, panelist: Panelist) -> Page:
    """List what changed since the round before, with the reasons."""
    round_ = latest_round(current_session(), study)
    db, said, here = current_session(), current_contents(study), round_ is not None and panelist.taking_part
    summary = changes_into(db, study, round_.number, said) if round_ and here else None
    if summary is None:
        return redirect(url_for("home.show"), 303)
    return render_template("questionnaire/changes.html", study=study, round=round_, changes=summary)
