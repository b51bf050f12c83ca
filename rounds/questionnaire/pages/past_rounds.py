"""P9 and P11: rounds that are over, with the own answers; their results once released, and those of the study."""

import io

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from delphi import clock
from delphi.consensus.shipped_scales import SCALES
from delphi.errors import NotFound
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round, State
from delphi.model.study import Study
from delphi.sheets.writing import write_csv
from delphi.web.policy import PANELIST, panelist, policy
from delphi.web.transaction import current_session
from rounds.participation.progress import Step, stage_of
from rounds.participation.withdrawal import left_since
from rounds.questionnaire.cards import Card, cards
from rounds.questionnaire.outcomes import final_outcomes, outcomes_of_round
from rounds.questionnaire.suggesting import mine

blueprint = Blueprint("past_rounds", __name__)
Page = AnyResponse | str | tuple[str, int]
HEAD = ("round", "statement", "section", "text", "answer", "value", "comment", "reason_for_change")


@blueprint.get("/panel/rounds/<int:number>")
@policy(PANELIST)
def show(number: int) -> Page:
    """Show a round that is over: own answers, and the panel's once they are released."""
    study, who = panelist()
    db = current_session()
    round_ = _invited(db, study, who, number)
    if not round_.closed_at:
        return redirect(url_for("home.show"), 303)
    released = round_.state is State.RELEASED
    return render_template(
        "questionnaire/past_round.html",
        study=study,
        round=round_,
        scale=SCALES[study.scale],
        cards=cards(db, study, number, who.id),
        outcomes={o.card.statement: o for o in outcomes_of_round(db, study, who, number)} if released else {},
        left=left_since(db, round_),
        written=mine(db, (study.id, number, who.id)),
    )


@blueprint.get("/panel/rounds/<int:number>/answers.csv")
@policy(PANELIST)
def answers(number: int) -> Page:
    """Give the own answers of a round as a file."""
    study, who = panelist()
    db = current_session()
    _invited(db, study, who, number)
    stream = io.StringIO(newline="")
    scale = SCALES[study.scale]
    given = [card for card in cards(db, study, number, who.id) if card.answered or card.comment]

    def words(card: Card) -> str:
        if isinstance(card.answer, int):
            return scale.labels[card.answer - scale.lo]
        return scale.opt_out or "" if card.answer else ""

    write_csv(
        stream,
        HEAD,
        [
            (
                number, card.code, card.section, card.text, words(card),
                card.answer if isinstance(card.answer, int) else None, card.comment, card.reason,
            )
            for card in given
        ],
    )  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="{study.slug}-round-{number}-my-answers.csv"'}
    return Response(stream.getvalue(), mimetype="text/csv", headers=headers)


@blueprint.get("/panel/results")
@policy(PANELIST)
def results() -> Page:
    """P11: the results of the study, with a filter by section and outcome."""
    study, who = panelist()
    db = current_session()
    stage = stage_of(db, study, at=clock.now())
    if stage.step is not Step.FINISHED or stage.round is None:
        return redirect(url_for("home.show"), 303)
    released = [round_.number for round_ in stage.rounds if round_.released_at]
    everything = final_outcomes(db, study, who, released)
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
    )


def _invited(db: Session, study: Study, who: Panelist, number: int) -> Round:
    """Give a round this panelist was invited to."""
    round_ = db.get(Round, (study.id, number)) if number < 2**31 else None
    if round_ is None or not round_.opened_at or db.get(Participation, (study.id, number, who.id)) is None:
        raise NotFound
    return round_
