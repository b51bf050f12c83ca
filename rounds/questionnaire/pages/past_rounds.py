"""P9 and P11: rounds that are over, with the own answers; their results once released, and those of the study."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from delphi import clock, handed_links
from delphi.contents.pages import current_contents
from delphi.model.panel import Panelist
from delphi.model.round import Round, State
from delphi.model.study import Study
from delphi.web.memory import current_memory
from delphi.web.policy import PANELIST, policy
from delphi.web.transaction import current_session
from rounds.participation.progress import Step, stage_of
from rounds.participation.taking_part import TakingPart, invited_round
from rounds.participation.withdrawal import left_since
from rounds.questionnaire.cards import cards, cards_and_own, cards_in
from rounds.questionnaire.files import answers_csv
from rounds.questionnaire.released import results_until
from rounds.questionnaire.result_facts import result_facts
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
    said = current_contents(study)
    given, own = cards_and_own(db, study, number, panelist.id)
    given = cards_in(said, given)
    is_shown = round_.state is State.RELEASED and number > 0
    facts = _facts(study, panelist, round_, own=own) if is_shown else {"scale": said.scale(study)}
    return render_template(
        "questionnaire/past_round.html",
        study=study,
        round=round_,
        cards=given,
        own_comments={card.statement: card.comment for card in given if card.comment},
        left=left_since(db, round_),
        written=written_by(db, TakingPart(study.id, number, panelist.id)),
        withheld=handed_links.withheld_rounds(db) & {number},
        **facts,
    )


def _facts(study: Study, panelist: Panelist, round_: Round, **kind: Any) -> dict[str, Any]:
    remember, said = current_memory().remember, current_contents(study)
    results = results_until(current_session(), study, panelist, round_, remember=remember, contents=said, **kind)
    return result_facts(study, results, request.args.get("verdict", ""), said)


@blueprint.get("/panel/rounds/<int:number>/answers.csv")
@policy(PANELIST)
def answers(study: Study, panelist: Panelist, number: int) -> Page:
    """The own answers of a round as a file."""
    db = current_session()
    invited_round(db, study, panelist, number)
    handed_links.refuse_withheld(db, number)
    said = current_contents(study)
    text = answers_csv(number, cards_in(said, cards(db, study, number, panelist.id)), said.scale(study))
    headers = {"Content-Disposition": f'attachment; filename="{study.slug}-round-{number}-my-answers.csv"'}
    return Response(text, mimetype="text/csv", headers=headers)


@blueprint.get("/panel/results")
@policy(PANELIST)
def results(study: Study, panelist: Panelist) -> Page:
    """P11: the results of the study, all or those of one outcome."""
    db = current_session()
    stage = stage_of(db, study, at=clock.now())
    if stage.step is not Step.FINISHED or stage.round is None:
        return redirect(url_for("home.show"), 303)
    return render_template(
        "questionnaire/results.html",
        study=study,
        round=stage.round,
        left=left_since(db, stage.round),
        withheld=handed_links.withheld_rounds(db),
        own_comments={},
        **_facts(study, panelist, stage.round, final=True),
    )
