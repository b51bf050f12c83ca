"""Counting the answers of a round that is over: the only place where ratings of the whole panel are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from delphi.consensus.analysis import Item
from delphi.consensus.scale import Scale
from delphi.model.rating import Rating
from delphi.model.round import Participation

Integers = NDArray[np.int64]
UNGROUPED = ""


@dataclass(frozen=True, eq=False)
class Tally:
    """Everything that was answered in a round, before it is decided what is shown.

    Attributes
    ----------
    groups
        "" for people without a group, then the study's groups in order.
    answers : (J, G, K + 2)
        Ratings by option, then opt-outs, then blanks, of the people counted.
    """

    groups: tuple[str, ...]
    answers: Integers

    @property
    def rated(self) -> Integers:
        """Ratings of each statement by group (J, G)."""
        return np.asarray(self.answers[:, :, :-2].sum(-1), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Counted:
    """One person invited to a round: whether they were counted and in which group, and whether they sent it off."""

    panelist: UUID
    counted: bool
    group: str
    submitted: bool


def people_of(session: Session, study_id: int, number: int) -> list[Counted]:
    """Everybody invited to a round that is over."""
    own = select(
        Participation.panelist, Participation.counted, Participation.counted_group, Participation.submitted_on
    ).where(Participation.study_id == study_id, Participation.round == number)
    return [
        Counted(who, bool(counted), group or UNGROUPED, bool(counted) and submitted is not None)
        for who, counted, group, submitted in session.execute(own)
    ]


def tally(
    session: Session,
    study_id: int,
    number: int,
    items: Mapping[int, Item],
    scale: Scale,
    groups: Sequence[str],
    people: Sequence[Counted],
) -> Tally:
    """Count the answers of those who are counted, by one grouped query."""
    names = (UNGROUPED, *groups)
    g_of, place = {name: g for g, name in enumerate(names)}, {statement: j for j, statement in enumerate(items)}
    answers = np.zeros((len(items), len(names), scale.K + 2), dtype=np.int64)
    counted = (
        select(Rating.statement, Participation.counted_group, Rating.value, func.count())
        .join(
            Participation,
            and_(
                Participation.study_id == Rating.study_id,
                Participation.round == Rating.round,
                Participation.panelist == Rating.panelist,
            ),
        )
        .where(Rating.study_id == study_id, Rating.round == number, Rating.given, Participation.counted.is_(True))
        .group_by(Rating.statement, Participation.counted_group, Rating.value)
    )
    for statement, group, value, n in session.execute(counted):
        column = scale.K if value is None else value - scale.lo
        answers[place[statement], g_of[group or UNGROUPED], column] = n
    sizes = np.zeros(len(names), dtype=np.int64)
    for person in people:
        sizes[g_of[person.group]] += person.counted
    answers[:, :, -1] = sizes - answers.sum(-1)
    return Tally(names, answers)


def moves(session: Session, study_id: int, number: int, items: Mapping[int, Item], scale: Scale) -> Integers:
    """Count rating before × rating now (J, K, K) of those who rated the same meaning in both rounds."""
    table = np.zeros((len(items), scale.K, scale.K), dtype=np.int64)
    same = [statement for statement, item in items.items() if item.relation.same_meaning]
    if not same:
        return table
    before, now = aliased(Rating), aliased(Rating)
    pairs = (
        select(now.statement, before.value, now.value, func.count())
        .join(
            before,
            and_(now.study_id == before.study_id, now.panelist == before.panelist, now.statement == before.statement),
        )
        .where(now.study_id == study_id, now.round == number, before.round == number - 1)
        .where(now.statement.in_(same), before.value.is_not(None), now.value.is_not(None))
        .group_by(now.statement, before.value, now.value)
    )
    place = {statement: j for j, statement in enumerate(items)}
    for statement, a, b, n in session.execute(pairs):
        if a is not None and b is not None:
            table[place[statement], a - scale.lo, b - scale.lo] += n
    return table


def rows_of(session: Session, study_id: int, number: int) -> dict[UUID, dict[str, int | None]]:
    """What each counted person answered, by statement number: for levels at which the panel agreed to rows."""
    ratings = select(Rating.panelist, Rating.statement, Rating.value).where(
        Rating.study_id == study_id, Rating.round == number, Rating.given
    )
    rows: dict[UUID, dict[str, int | None]] = {}
    for who, statement, value in session.execute(ratings.order_by(Rating.statement)):
        rows.setdefault(who, {})[str(statement)] = value
    return rows
