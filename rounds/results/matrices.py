"""Rows for those who may have them: panelists × statements of each round, in an order that tells nothing (a door)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Item
from delphi.consensus.matrix import ABSENT, BLANK, NOT_QUALIFIED, Matrix
from delphi.consensus.shipped_scales import SCALES
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.round import Participation
from delphi.model.study import Study
from rounds.results.counts import items_of

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


def answers_of(session: Session, study: Study, numbers: Sequence[int]) -> PanelAnswers:
    """The answers of rounds. Panelists are ordered by what they answered: no key, code or date plays a part."""
    known = select(Panelist.code, Panelist.stakeholder_group).where(Panelist.study_id == study.id)
    group = {who: key for who, key in session.execute(known)}  # noqa: C416 (a result is no sequence of pairs for dict)
    place = {who: row for row, who in enumerate(group)}
    waves = [_wave(session, study, number, place) for number in numbers]
    stage = np.stack([_stage(session, study, wave, place) for wave in waves], axis=1)
    names = [key or "" for key in group.values()]
    content = [
        (names[row], stage[row].tobytes(), *(wave.matrix[row].tobytes() for wave in waves)) for row in range(len(names))
    ]
    order = sorted(np.flatnonzero(stage.any(1)).tolist(), key=content.__getitem__)
    return PanelAnswers(
        tuple(names[row] for row in order),
        stage[order],
        tuple(Wave(wave.number, wave.items, wave.matrix[order]) for wave in waves),
    )


def _wave(session: Session, study: Study, number: int, place: dict[str, int]) -> Wave:
    items, lo = items_of(session, study, number), SCALES[study.scale].lo
    column = {statement: j for j, statement in enumerate(items)}
    matrix = np.full((len(place), len(items)), ABSENT, dtype=np.int8)
    ratings = (
        select(Rating.statement, Panelist.code, Rating.value)
        .join(Panelist, (Panelist.study_id == Rating.study_id) & (Panelist.id == Rating.panelist))
        .where(Rating.study_id == study.id, Rating.round == number, Rating.given)
    )
    for statement, who, value in session.execute(ratings):
        matrix[place[who], column[statement]] = NOT_QUALIFIED if value is None else value - lo
    answered = (matrix != ABSENT).any(1)
    matrix[answered[:, None] & (matrix == ABSENT)] = BLANK
    return Wave(number, items, matrix)


def _stage(session: Session, study: Study, wave: Wave, place: dict[str, int]) -> NDArray[np.int8]:
    stage = np.where((wave.matrix != ABSENT).any(1), STARTED, AWAY).astype(np.int8)
    finished = (
        select(Panelist.code)
        .join(Participation, (Participation.study_id == Panelist.study_id) & (Participation.panelist == Panelist.id))
        .where(Participation.study_id == study.id, Participation.round == wave.number)
        .where(Participation.submitted_on.is_not(None))
    )
    rows = [place[who] for who in session.scalars(finished)]
    stage[rows] = np.where(stage[rows] == STARTED, SUBMITTED, AWAY)
    return stage
