"""Answers of closed rounds as matrices, for the figures that need to know who rated what: agreement, and who left.

Beside `counting` the only reader of single ratings; nothing of a matrix leaves but figures of the whole panel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Item
from delphi.consensus.matrix import ABSENT, BLANK, NOT_QUALIFIED, Matrix
from delphi.consensus.shipped_scales import SCALES
from delphi.model.rating import Rating
from delphi.model.study import Study
from rounds.seal import counting
from rounds.seal.counting import Counted
from rounds.seal.items import items_of

AWAY, STARTED, SUBMITTED = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Wave:
    """One round: its items by statement number, and the answers (panelists × items)."""

    number: int
    items: dict[int, Item]
    matrix: Matrix


@dataclass(frozen=True, eq=False)
class PanelAnswers:
    """Everybody who answered in any of the rounds; a panelist is a row number and nothing else.

    Attributes
    ----------
    group
        Stakeholder group of each panelist; "" for none.
    stage : (panelists, rounds)
        How far each came in each round: `AWAY`, `STARTED` or `SUBMITTED`.
    """

    group: tuple[str, ...]
    stage: NDArray[np.int8]
    waves: tuple[Wave, ...]

    def of_last(self) -> "PanelAnswers":
        """The last round alone, its rows ordered by what was answered in it."""
        return PanelAnswers(self.group, self.stage[:, -1:], self.waves[-1:]).arranged()

    def arranged(self) -> "PanelAnswers":
        """Order the panelists by what they answered: no code and no key plays a part.

        Nor does a group, but among rows that are alike: figures drawn at random depend on the order, and the groups of
        the rows may be hidden. Whoever is absent comes first among those who were alike until then.
        """
        content = [
            (*((wave.matrix[row] - ABSENT).tobytes() for wave in self.waves), self.stage[row].tobytes(), name)
            for row, name in enumerate(self.group)
        ]
        order = sorted(range(len(content)), key=content.__getitem__)
        return PanelAnswers(
            tuple(self.group[row] for row in order),
            self.stage[order],
            tuple(Wave(wave.number, wave.items, wave.matrix[order]) for wave in self.waves),
        )


def counted_answers(session: Session, study: Study, numbers: Sequence[int]) -> PanelAnswers:
    """The answers of everybody who was counted in any of these closed rounds."""
    people = {n: [one for one in counting.people_of(session, study.id, n) if one.counted] for n in numbers}
    group = {one.panelist: one.group for counted in people.values() for one in counted}
    place = {who: row for row, who in enumerate(group)}
    return PanelAnswers(
        tuple(group.values()),
        np.stack([_stage(people[number], place) for number in numbers], axis=1),
        tuple(_wave(session, study, number, people[number], place) for number in numbers),
    ).arranged()


def _wave(session: Session, study: Study, number: int, people: Sequence[Counted], place: Mapping[UUID, int]) -> Wave:
    items, lo = items_of(session, study, number), SCALES[study.scale].lo
    column = {statement: j for j, statement in enumerate(items)}
    matrix = np.full((len(place), len(items)), ABSENT, dtype=np.int8)
    matrix[[place[one.panelist] for one in people]] = BLANK
    # As the database holds them, text or not: to read each key of 400,000 rows as a UUID takes longer than all the rest.
    keys: dict[UUID | str, int] = {key: row for who, row in place.items() for key in (who, who.hex)}
    given = select(type_coerce(Rating.panelist, String), Rating.statement, Rating.value).where(
        Rating.study_id == study.id, Rating.round == number, Rating.given
    )
    for who, statement, value in session.execute(given).yield_per(10_000):
        if who in keys:
            matrix[keys[who], column[statement]] = NOT_QUALIFIED if value is None else value - lo
    return Wave(number, items, matrix)


def _stage(people: Sequence[Counted], place: Mapping[UUID, int]) -> NDArray[np.int8]:
    stage = np.full(len(place), AWAY, dtype=np.int8)
    for one in people:
        stage[place[one.panelist]] = SUBMITTED if one.submitted else STARTED
    return stage
