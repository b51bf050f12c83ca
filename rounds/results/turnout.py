"""How many took part and commented in rounds that are over: totals only, and only from the smallest cell upwards."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.model.rating import Comment, Rating
from delphi.model.round import Round
from delphi.model.statement import StatementProposal
from delphi.model.study import Study


@dataclass(frozen=True, slots=True)
class Turnout:
    """Totals of one round; None is a number too small to be told."""

    people: int | None
    comments: int | None


def turnout_of(session: Session, study: Study, rounds: Collection[Round]) -> dict[int, Turnout]:
    """Count who took part in closed rounds; nothing is counted while a round is open."""
    over = [round_.number for round_ in rounds if round_.closed_at]
    people = dict(_people(session, study, over)) | dict(_writers(session, study, over))
    comments = dict(_comments(session, study, over))

    def shown(n: int | None) -> int | None:
        return n if n is not None and n >= study.smallest_cell else None

    return {number: Turnout(shown(people.get(number)), shown(comments.get(number))) for number in over}


def _people(session: Session, study: Study, over: list[int]) -> list[tuple[int, int]]:
    counted = (
        select(Rating.round, func.count(Rating.panelist.distinct()))
        .where(Rating.study_id == study.id, Rating.round.in_(over), Rating.given)
        .group_by(Rating.round)
    )
    return [(number, n) for number, n in session.execute(counted)]


def _writers(session: Session, study: Study, over: list[int]) -> list[tuple[int, int]]:
    """Count who wrote statements in the open round: nothing is rated there."""
    counted = select(func.count(StatementProposal.panelist.distinct())).where(
        StatementProposal.study_id == study.id, StatementProposal.round == 0
    )
    return [(0, session.scalar(counted) or 0)] if 0 in over else []


def _comments(session: Session, study: Study, over: list[int]) -> list[tuple[int, int]]:
    counted = (
        select(Comment.round, func.count())
        .where(Comment.study_id == study.id, Comment.round.in_(over), Comment.text != "")
        .group_by(Comment.round)
    )
    return [(number, n) for number, n in session.execute(counted)]
