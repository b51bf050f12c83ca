"""Whose rounds may be seen together (TRUST 3.3): who missed a round is known by name, so a rare pattern names a row.

A row keeps its code from round to round only if its pattern of rounds and its group are shared by enough people.
The others are cut into one row a round, each with a code of its own. A cut row must find enough company in every
round it appears in, so a few people of frequent patterns are cut with them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

People = list[int]
CellKey = tuple[tuple[int, ...], str]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Linkage:
    """What may leave together.

    Attributes
    ----------
    linked : (people,)
        Keeps one code through all rounds.
    leaves : (rounds,)
        Rounds whose rows may leave at all.
    grouped
        Whether rows may carry their group.
    """

    linked: Flags
    leaves: Flags
    grouped: bool


def open_groups(present: NDArray[np.int64], names: Sequence[str], below: int) -> list[str]:
    """Groups of which anything may be said: in every round they, and all that is hidden beside them, are enough people.

    Parameters
    ----------
    present : (rounds, groups)
        People who answered.

    Examples
    --------
    >>> open_groups(np.array([[12, 9, 6], [11, 9, 4]]), ["nurses", "peers", "doctors"], 5)
    ['nurses']
    """
    shut = {g for g in range(len(names)) if any(0 < n < below for n in present[:, g])}
    smallest_first = sorted(range(len(names)), key=lambda g: (present[:, g].min(), names[g]))
    while any(0 < present[r, sorted(shut)].sum() < below for r in range(len(present)) if shut):
        rest = [g for g in smallest_first if g not in shut]
        if not rest:
            break
        shut.add(rest[0])
    return [name for g, name in enumerate(names) if g not in shut]


def linkage(stage: NDArray[np.int8], group: Sequence[str], below: int, draw: Random) -> Linkage:
    """Decide whose rounds stay together, and whether rows carry their group.

    Notes
    -----
    Groups are given up before links (TRUST 3.3): they stay where everybody finds company within the group, and at
    least half of those who could be linked without groups still are.
    """
    plain, _ = _tied(stage, ("",) * len(group), below, draw)
    if not any(group):
        return plain
    named, enough = _tied(stage, group, below, draw)
    return named if enough and 2 * named.linked.sum() >= plain.linked.sum() else plain


def _tied(stage: NDArray[np.int8], labels: Sequence[str], below: int, draw: Random) -> tuple[Linkage, bool]:
    """Link under these labels; also say whether all rows that are left loose stand among enough."""
    linked = _linked(stage, labels, below, draw)
    sizes = [[_count(~linked, where, labels, name) for where in stage.T > 0] for name in dict.fromkeys(labels)]
    few = np.array(sizes, dtype=np.int64).reshape(-1, stage.shape[1]).max(0, initial=0)
    leaves = np.asarray((few == 0) | (few >= below))
    return Linkage(linked, leaves, grouped=any(labels)), all(n == 0 or n >= below for row in sizes for n in row)


def _linked(stage: NDArray[np.int8], labels: Sequence[str], below: int, draw: Random) -> Flags:
    cells = _cells(stage, labels, draw)
    for cell in [cell for cell, people in cells.items() if len(people) < below or np.count_nonzero(cell[0]) < 2]:
        del cells[cell]
    while (lender := _too_little_company(cells, stage, labels, below)) is not None:
        cells[lender].pop()
        if len(cells[lender]) < below:
            del cells[lender]
    return _flags(cells, len(stage))


def _cells(stage: NDArray[np.int8], labels: Sequence[str], draw: Random) -> dict[CellKey, People]:
    """People by pattern of rounds and group, those of one cell in a random order."""
    cells: dict[CellKey, People] = {}
    for person, (pattern, label) in enumerate(zip(stage.tolist(), labels, strict=True)):
        cells.setdefault((tuple(pattern), label), []).append(person)
    for people in cells.values():
        draw.shuffle(people)
    return cells


def _too_little_company(
    cells: dict[CellKey, People], stage: NDArray[np.int8], labels: Sequence[str], below: int
) -> CellKey | None:
    """Find the largest cell that can lend a person to cut rows that stand among too few, if there are such rows."""
    loose = ~_flags(cells, len(stage))
    for label in dict.fromkeys(labels):
        for places in _occasions(stage.shape[1]):
            where = np.asarray((stage[:, places] > 0).all(1))
            # Of a change between two rounds more people are wanted: some of them did not rate this statement or that.
            if 0 < _count(loose, where, labels, label) < below * len(places):
                lenders = [c for c in cells if c[1] == label and all(c[0][place] for place in places)]
                if lenders:
                    return max(lenders, key=lambda c: len(cells[c]))
    return None


def _occasions(rounds: int) -> Iterator[list[int]]:
    """Every round, and every pair of rounds that a change is told of."""
    yield from ([r] for r in range(rounds))
    yield from ([r, r + 1] for r in range(rounds - 1))


def _flags(cells: dict[CellKey, People], n: int) -> Flags:
    flags = np.zeros(n, dtype=bool)
    flags[[person for people in cells.values() for person in people]] = True
    return flags


def _count(chosen: Flags, where: Flags, labels: Sequence[str], label: str) -> int:
    return int(np.count_nonzero(chosen & where & (np.array(labels, dtype=object) == label)))
