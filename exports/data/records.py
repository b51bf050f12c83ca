"""Rows that a study keeps, as the files of ratings tell them: a code, a group, and the answers by round."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Item
from delphi.consensus.matrix import BLANK, NOT_QUALIFIED
from delphi.consensus.shipped_scales import SCALES
from delphi.model.seal import SealedRow
from delphi.model.study import Level, StakeholderGroup, Study
from rounds.seal import row_keeping
from rounds.seal.items import items_of


@dataclass(frozen=True, eq=False)
class Asked:
    """What was asked in a round: its items by number of the statement, in the order shown."""

    number: int
    items: dict[int, Item]


@dataclass(frozen=True, eq=False)
class Record:
    """One person: the code of the rows, the group, and the answers by index of the round."""

    code: str
    group: str
    rows: dict[int, NDArray[np.int8]]


@dataclass(frozen=True, eq=False)
class Records:
    """What a file of ratings is made of.

    Attributes
    ----------
    records
        In the order of their codes, which are random.
    groups
        The groups of the study, also one of which nobody answered.
    level
        How far the panel agreed that single answers are known.
    """

    waves: tuple[Asked, ...]
    records: tuple[Record, ...]
    groups: tuple[str, ...]
    level: Level


def records_of(session: Session, study: Study, numbers: Sequence[int]) -> Records:
    """Read the rows that the study keeps of these rounds: always the same ones, in the same order."""
    waves = tuple(Asked(number, items_of(session, study, number)) for number in numbers)
    records: dict[str, Record] = {}
    for r, wave in enumerate(waves):
        for row in row_keeping.rows(session, study.id, wave.number):
            record = records.setdefault(row.code, Record(row.code, row.group, {}))
            record.rows[r] = _answers(row, wave, SCALES[study.scale].lo)
    groups = select(StakeholderGroup.key).where(StakeholderGroup.study_id == study.id)
    return Records(
        waves,
        tuple(records[code] for code in sorted(records)),
        tuple(session.scalars(groups.order_by(StakeholderGroup.position))),
        study.level,
    )


def _answers(row: SealedRow, wave: Asked, lo: int) -> NDArray[np.int8]:
    codes = np.full(len(wave.items), BLANK, dtype=np.int8)
    for j, statement in enumerate(map(str, wave.items)):
        if statement in row.answers:
            value = row.answers[statement]
            codes[j] = NOT_QUALIFIED if value is None else value - lo
    return codes
