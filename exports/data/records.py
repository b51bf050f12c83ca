"""Anonymised records: fresh random codes, a fresh random order, and rounds cut apart where they would name somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.counts import Integers
from delphi.consensus.table.result_row import EVERYBODY
from delphi.sheets.answer_status import NOT_SHOWN
from exports.data.linkage import Linkage, linkage, open_groups
from rounds.results.matrices import AWAY, PanelAnswers, Wave

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, eq=False)
class Record:
    """One row of the wide file: a code, a group if it may be told, and the answers by index of the round."""

    code: str
    group: str
    rows: dict[int, NDArray[np.int8]]


@dataclass(frozen=True, eq=False)
class Records:
    """What leaves, and what was done to it.

    Attributes
    ----------
    groups
        Groups of which results may be told.
    grouped
        Whether the records carry them.
    hidden_pairs
        People by index of the round, name of the group ("all" too) and item, whose change cannot be followed.
    """

    waves: tuple[Wave, ...]
    records: tuple[Record, ...]
    groups: tuple[str, ...]
    grouped: bool
    leaves: tuple[bool, ...]
    hidden_pairs: dict[tuple[int, str], Integers]


def records_of(
    answers: PanelAnswers, groups: Sequence[str], below: int, draw: Random, released_groups: Sequence[str] | None = None
) -> Records:
    """Make the records of a panel; the same draw gives the same records for the same answers.

    ``released_groups`` are the groups of an imported study: those whose results came along.
    """
    order = Random(draw.getrandbits(256))  # noqa: S311 (apart, so that the order does not hang on who was cut)
    shown = open_groups(_present(answers, groups), groups, below) if released_groups is None else list(released_groups)
    labels = [name if name in shown else NOT_SHOWN for name in answers.group]
    ties = linkage(answers.stage, labels, below, draw)
    carried = labels if ties.grouped else [NOT_SHOWN] * len(labels)
    rows = [part for person in range(len(labels)) for part in _parts(answers, ties, person)]
    rows.sort(key=lambda part: (carried[part[0]], [(r, row.tobytes()) for r, row in part[1].items()]))
    order.shuffle(rows)
    codes = _codes(len(rows), order)
    return Records(
        waves=answers.waves,
        records=tuple(Record(code, carried[person], part) for code, (person, part) in zip(codes, rows, strict=True)),
        groups=tuple(shown) if groups != ("",) else (),
        grouped=ties.grouped and groups != ("",) and set(carried) != {NOT_SHOWN},
        leaves=tuple(ties.leaves.tolist()),
        hidden_pairs=_hidden_pairs(answers, ties, shown),
    )


def _present(answers: PanelAnswers, groups: Sequence[str]) -> NDArray[np.int64]:
    member = np.array(answers.group, dtype=object)
    there = answers.stage > AWAY
    return np.array([[np.count_nonzero(column & (member == name)) for name in groups] for column in there.T])


Part = tuple[int, dict[int, NDArray[np.int8]]]


def _parts(answers: PanelAnswers, ties: Linkage, person: int) -> list[Part]:
    """Rows of one person: one, or one a round."""
    there = [r for r in range(len(answers.waves)) if answers.stage[person, r] and ties.leaves[r]]
    rows = {r: answers.waves[r].matrix[person] for r in there}
    if ties.linked[person]:
        return [(person, rows)]
    return [(person, {r: row}) for r, row in rows.items()]


def _codes(n: int, draw: Random) -> list[str]:
    codes: dict[str, None] = {}
    while len(codes) < n:
        codes["P" + "".join(draw.choices(ALPHABET, k=7))] = None
    return list(codes)


def _hidden_pairs(answers: PanelAnswers, ties: Linkage, shown: Sequence[str]) -> dict[tuple[int, str], Integers]:
    """Count, of each item, the people who rated it before and now and are not linked."""
    index = {wave.number: r for r, wave in enumerate(answers.waves)}
    member = np.array(answers.group, dtype=object)
    hidden = {}
    for r, wave in enumerate(answers.waves):
        both = np.zeros(wave.matrix.shape, dtype=bool)
        for j, (statement, item) in enumerate(wave.items.items()):
            before = answers.waves[index[item.previous_round]] if item.previous_round in index else None
            if before is not None and statement in before.items:
                then = before.matrix[:, list(before.items).index(statement)]
                both[:, j] = (wave.matrix[:, j] >= 0) & (then >= 0)
        for name in dict.fromkeys((EVERYBODY, *shown, *answers.group)):
            of_group = np.ones(len(member), dtype=bool) if name == EVERYBODY else member == name
            hidden[r, name] = np.asarray(both[~ties.linked & of_group].sum(0), dtype=np.int64)
    return hidden
