"""P9 and P11: rounds that are over, with the own answers; their results once released, and those of the study."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from delphi import clock, handed_links
from delphi.consensus.shipped_scales import SCALES
from delphi.model.panel import Panelist
from delphi.model.round import State
from delphi.model.study import Study
from delphi.web.policy import PANELIST, policy
from delphi.web.transaction import current_session
from rounds.participation.progress import Step, stage_of
from rounds.participation.taking_part import TakingPart, invited_round
from rounds.participation.withdrawal import left_since
from rounds.questionnaire.cards import cards
from rounds.questionnaire.files import answers_csv
from rounds.questionnaire.outcomes import final_outcomes, outcomes_of_round
from rounds.questionnaire.suggesting import written_by

blueprint = Blueprint("past_rounds", __name__)
Page = AnyResponse | str | tuple[str, int]


@blueprint.get("/panel/rounds/<int:number>")
@policy(PANELIST)
def show(study: Study, panelist: Panelist, number: int) -> Page:
    """Show a round that is over: own answers, and the panel's once they are released."""
    db = current_session()
    round_ = invited_round(db, study, panelist, number)
    if not round_.closed_at:
        return redirect(url_for("home.show"), 303)
    outcomes = outcomes_of_round(db, study, panelist, number) if round_.state is State.RELEASED else []
    return render_template(
        "questionnaire/past_round.html",
        study=study,
        round=round_,
        scale=SCALES[study.scale],
        cards=cards(db, study, number, panelist.id),
        outcomes={outcome.card.statement: outcome for outcome in outcomes},
        left=left_since(db, round_),
        written=written_by(db, TakingPart(study.id, number, panelist.id)),
        withheld=handed_links.withheld_rounds(db) & {number},
    )


@blueprint.get("/panel/rounds/<int:number>/answers.csv")
@policy(PANELIST)
def answers(study: Study, panelist: Panelist, number: int) -> Page:
    """The own answers of a round as a file."""
    db = current_session()
    invited_round(db, study, panelist, number)
    handed_links.refuse_withheld(db, number)
    text = answers_csv(number, cards(db, study, number, panelist.id), SCALES[study.scale])
    headers = {"Content-Disposition": f'attachment; filename="{study.slug}-round-{number}-my-answers.csv"'}
    return Response(text, mimetype="text/csv", headers=headers)


@blueprint.get("/panel/results")
@policy(PANELIST)
def results(study: Study, panelist: Panelist) -> Page:
    """P11: the results of the study, with a filter by section and outcome."""
    db = current_session()
    stage = stage_of(db, study, at=clock.now())
    if stage.step is not Step.FINISHED or stage.round is None:
        return redirect(url_for("home.show"), 303)
    released = [round_.number for round_ in stage.rounds if round_.released_at]
    everything = final_outcomes(db, study, panelist, released)
    section, verdict = request.args.get("section", ""), request.args.get("verdict", "")
    return render_template(
        "questionnaire/results.html",
        study=study,
        round=stage.round,
        everything=everything,
        sections=list(dict.fromkeys(o.card.section for o in everything if o.card.section)),
        section=section,
        verdict=verdict,
        shown=[o for o in everything if section in ("", o.card.section) and verdict in ("", o.verdict)],
        left=left_since(db, stage.round),
        withheld=handed_links.withheld_rounds(db),
    )
