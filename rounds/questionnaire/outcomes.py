"""Results as the panel reads them: frozen rows with the reader's own answers, for one round or for the whole study."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.result_row import read_reasons
from delphi.consensus.vocabulary import Change, Relation
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.result import Result
from delphi.model.statement import Lineage
from delphi.model.study import Study
from delphi.statistics.base.exact import format_percent
from delphi.statistics.base.result import Reason
from rounds.feedback import FEEDBACK, distribution, own_rating, quartiles
from rounds.feedback.evidence import NOT_QUALIFIED, Evidence, Source
from rounds.questionnaire.cards import Card

OwnAnswers = dict[tuple[int, int], int | str]  # by round and statement


@dataclass(frozen=True, slots=True)
class PastResult:
    """One round on the way of a statement: how many of how many agreed; None where too few answered."""

    round: int
    agreeing: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One statement with its result; the card carries the same blocks as on a rating page."""

    card: Card
    verdict: str
    grade: str | None
    of_a_group: bool  # whether there is no verdict because of one group that the rule asks
    path: tuple[PastResult, ...]


def outcomes_of_round(session: Session, study: Study, who: Panelist, number: int) -> list[Outcome]:
    """The results of one released round, in the order asked."""
    rows = _rows(session, study, [number])
    own = _own(session, study, who, [number])
    outcomes = [_outcome(study, place, result, own, ()) for place, result in enumerate(rows, 1)]
    return _without_withheld(session, outcomes)


def final_outcomes(session: Session, study: Study, who: Panelist, numbers: Collection[int]) -> list[Outcome]:
    """The last result of every statement that was not dropped, merged or split on the way."""
    rows = _rows(session, study, numbers)
    own = _own(session, study, who, numbers)
    crossing = (Change.DROPPED, Change.MERGED, Change.SPLIT)
    edges = select(Lineage.from_statement).where(Lineage.study_id == study.id, Lineage.change.in_(crossing))
    replaced = set(session.scalars(edges.where(Lineage.round.in_(numbers))))
    last = {result.statement: result for result in rows if result.statement not in replaced}
    ordered = sorted(last.values(), key=lambda result: (-result.round, result.position))
    # Statements that were settled early follow those of the last round; sections are joined again by the page.
    outcomes = [
        _outcome(study, place, result, own, _path(result.statement, rows)) for place, result in enumerate(ordered, 1)
    ]
    return _without_withheld(session, outcomes)


def _without_withheld(session: Session, outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes; those of rounds whose own answers are withheld say nothing of an own answer."""
    hidden = handed_links.withheld_rounds(session)
    return [
        replace(one, card=replace(one.card, feedback={**one.card.feedback, "own_rating": None}))
        if one.card.feedback_round in hidden
        else one
        for one in outcomes
    ]


def _path(statement: int, rows: Iterable[Result]) -> tuple[PastResult, ...]:
    stops = []
    for result in rows:
        if result.statement == statement:
            k, n = result.row["combined_k"], result.row["n_rated"]
            agreeing = f"{k}/{n} ({format_percent(k, n)} %)" if n is not None else None
            stops.append(PastResult(result.round, agreeing))
    return tuple(stops)


def _outcome(study: Study, place: int, result: Result, own: OwnAnswers, path: tuple[PastResult, ...]) -> Outcome:
    row, answer = result.row, own.get((result.round, result.statement))
    card = Card(
        place=place,
        statement=result.statement,
        code=row["statement"],
        section=row["section"] or "",
        text=row["text"],
        help="",
        answer=answer,
        feedback=_feedback(_evidence(study, result, answer)),
        feedback_round=result.round,
    )
    few = row["n_rated"] is None
    of_a_group = read_reasons(row.get("reasons")).get("verdict") == Reason.EMPTY_GROUP
    return Outcome(card, "too_few" if few else result.verdict, None if few else row.get("grade"), of_a_group, path)


def _evidence(study: Study, result: Result, answer: int | str | None) -> Evidence:
    row = result.row
    return Evidence(
        scale=SCALES[study.scale],
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


def _rows(session: Session, study: Study, numbers: Collection[int]) -> list[Result]:
    results = select(Result).where(Result.study_id == study.id, Result.round.in_(numbers), Result.group == "all")
    return list(session.scalars(results.order_by(Result.round, Result.position)))


def _own(session: Session, study: Study, who: Panelist, numbers: Collection[int]) -> OwnAnswers:
    ratings = select(Rating).where(Rating.study_id == study.id, Rating.panelist == who.id, Rating.round.in_(numbers))
    return {
        (rating.round, rating.statement): NOT_QUALIFIED if rating.value is None else rating.value
        for rating in session.scalars(ratings)
        if rating.given
    }
