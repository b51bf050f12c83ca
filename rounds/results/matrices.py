"""Rows that a study keeps, as matrices: panelists × statements of each round, in an order that tells nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Item
from delphi.consensus.matrix import ABSENT, BLANK, NOT_QUALIFIED, Matrix
from delphi.consensus.shipped_scales import SCALES
from delphi.model.seal import SealedRow
from delphi.model.study import Study
from rounds.seal import row_keeping
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


def answers_of(session: Session, study: Study, numbers: Sequence[int]) -> PanelAnswers:
    """The rows that the study keeps of rounds. Panelists are ordered by what they answered: no code plays a part."""
    kept = {number: row_keeping.rows(session, study.id, number) for number in numbers}
    group = {row.code: row.group for rows in kept.values() for row in rows}
    place = {code: at for at, code in enumerate(group)}
    waves = [_wave(session, study, number, kept[number], place) for number in numbers]
    stage = np.stack([_stage(kept[number], place) for number in numbers], axis=1)
    names = list(group.values())
    content = [
        (names[row], stage[row].tobytes(), *(wave.matrix[row].tobytes() for wave in waves)) for row in range(len(names))
    ]
    order = sorted(range(len(names)), key=content.__getitem__)
    return PanelAnswers(
        tuple(names[row] for row in order),
        stage[order],
        tuple(Wave(wave.number, wave.items, wave.matrix[order]) for wave in waves),
    )


def _wave(session: Session, study: Study, number: int, rows: Sequence[SealedRow], place: Mapping[str, int]) -> Wave:
    items, lo = items_of(session, study, number), SCALES[study.scale].lo
    column = {str(statement): j for j, statement in enumerate(items)}
    matrix = np.full((len(place), len(items)), ABSENT, dtype=np.int8)
    for row in rows:
        matrix[place[row.code]] = BLANK
        for statement, value in row.answers.items():
            matrix[place[row.code], column[statement]] = NOT_QUALIFIED if value is None else value - lo
    return Wave(number, items, matrix)


def _stage(rows: Sequence[SealedRow], place: Mapping[str, int]) -> NDArray[np.int8]:
    stage = np.full(len(place), AWAY, dtype=np.int8)
    for row in rows:
        stage[place[row.code]] = SUBMITTED if row.submitted else STARTED
    return stage
