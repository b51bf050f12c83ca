"""Rows that a study keeps, as matrices: panelists × statements of each round, in an order that tells nothing."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from delphi.consensus.matrix import ABSENT, BLANK, NOT_QUALIFIED
from delphi.consensus.shipped_scales import SCALES
from delphi.model.seal import SealedRow
from delphi.model.study import Study
from rounds.seal import row_keeping
from rounds.seal.items import items_of
from rounds.seal.matrices import AWAY, STARTED, SUBMITTED, PanelAnswers, Wave

__all__ = ["AWAY", "STARTED", "SUBMITTED", "PanelAnswers", "Wave", "answers_of"]


def answers_of(session: Session, study: Study, numbers: Sequence[int]) -> PanelAnswers:
    """The rows that the study keeps of rounds. Panelists are ordered by what they answered: no code plays a part."""
    kept = {number: row_keeping.rows(session, study.id, number) for number in numbers}
    group = {row.code: row.group for rows in kept.values() for row in rows}
    place = {code: at for at, code in enumerate(group)}
    waves = [_wave(session, study, number, kept[number], place) for number in numbers]
    stages = [_stage(kept[number], place) for number in numbers]
    stage = np.stack(stages, axis=1) if stages else np.zeros((0, 0), dtype=np.int8)
    return PanelAnswers(tuple(group.values()), stage, tuple(waves)).arranged()


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
