"""A released round as its panelist takes it along: frozen rows with the reader's own answers."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.scale import Scale
from delphi.consensus.vocabulary import EVERYBODY, Relation
from delphi.contents.asked import row_in
from delphi.contents.reading import Contents
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.result import Result
from delphi.model.study import Study
from rounds.feedback import FEEDBACK, distribution, own_rating, quartiles
from rounds.feedback.evidence import NOT_QUALIFIED, Evidence, Source
from rounds.questionnaire.cards import Card

OwnAnswers = dict[tuple[int, int], int | str]  # by round and statement


def outcomes_of_round(
    session: Session, study: Study, who: Panelist, number: int, contents: Contents | None = None
) -> list[Card]:
    """The statements of one released round in the order asked, in a language; the cards carry the same blocks as on a rating page."""
    rows = select(Result).where(Result.study_id == study.id, Result.round == number, Result.group == EVERYBODY)
    own, said = own_answers(session, study, who, [number]), contents or Contents.of_source(study)
    scale = said.scale(study)
    return [
        _outcome(study, said, scale, place, result, own)
        for place, result in enumerate(session.scalars(rows.order_by(Result.position)), 1)
    ]


def _outcome(study: Study, contents: Contents, scale: Scale, place: int, result: Result, own: OwnAnswers) -> Card:
    row, answer = row_in(contents, result.statement, result.row), own.get((result.round, result.statement))
    return Card(
        place=place,
        statement=result.statement,
        code=row["statement"],
        section=row["section"] or "",
        text=row["text"],
        help="",
        answer=answer,
        feedback=_feedback(_evidence(study, scale, result, row, answer)),
        feedback_round=result.round,
    )


def _evidence(study: Study, scale: Scale, result: Result, row: Mapping[str, Any], answer: int | str | None) -> Evidence:
    return Evidence(
        scale=scale,
        round=result.round,
        smallest_cell=study.smallest_cell,
        relation=Relation.REWORDED,  # nothing is to be kept here: the round is over
        text=row["text"],
        reason="",
        sources=(Source(row["statement"], row["text"], row, answer),),
    )


def _feedback(evidence: Evidence) -> dict[str, Any]:
    """The blocks of a round that is over, each at its place as on a rating page."""
    shown = {"own_rating": own_rating, "distribution": distribution, "quartiles": quartiles}
    return dict.fromkeys(FEEDBACK) | {name: block.build(evidence) for name, block in shown.items()}


def own_answers(session: Session, study: Study, who: Panelist, numbers: Collection[int]) -> OwnAnswers:
    """What a panelist answered in some rounds."""
    ratings = select(Rating).where(Rating.study_id == study.id, Rating.panelist == who.id, Rating.round.in_(numbers))
    return {
        (rating.round, rating.statement): NOT_QUALIFIED if rating.value is None else rating.value
        for rating in session.scalars(ratings)
        if rating.given
    }
