"""Columns of change since the round before: differences of what all rated, and what moved among those of both rounds."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.analysis import Definition, Population, RoundData
from delphi.consensus.counts import Counts, Integers
from delphi.consensus.disclosure.change_bands import band_of
from delphi.consensus.stability import MovesTable, composition_changed, moves_table
from delphi.consensus.table.columns import Column, ColumnBlock, divided
from delphi.consensus.table.summary import Summary, summarise
from delphi.consensus.vocabulary import EVERYBODY, Relation
from delphi.statistics.base.result import Flag, Reason

DIFFERENCES = ("delta_combined_pp", "delta_median")  # functions of the counts of both rounds
CHANGES = ("n_paired", "changed_pct", "changed_band", "stable")  # of those who rated in both rounds
UNPAIRED = {
    Relation.NEW: Reason.NEW,
    Relation.REWORDED: Reason.WORDING_CHANGED,
    Relation.MERGED: Reason.MERGED,
    Relation.SPLIT: Reason.SPLIT,
}
Why = list[Reason | None]


def change(
    round_: RoundData, population: Population, now: Summary, before: Mapping[int, RoundData], definition: Definition
) -> tuple[ColumnBlock, list[tuple[Flag, ...]]]:
    """What changed since a statement was rated before, and where the two sets of raters could be the cause.

    Parameters
    ----------
    round_, population
        The round, and the people in it.
    now
        Their figures.
    before
        Earlier rounds by number.
    definition
        Scale and denominator.
    """
    block = ColumnBlock()
    block.add("previous_round", [item.previous_round for item in round_.items], Reason.NEW)
    block.add("relation", [item.relation.value for item in round_.items])
    counts, found = _earlier(round_, population, before)
    then = summarise(counts, definition)
    moves = None
    if population.paired is not None:
        moves = moves_table(population.paired, definition.scale.lo, definition.scale.combined)
    pairs, why = _sealed(round_, population) if moves is None else _moved(round_, moves)
    deltas = _differences(now, then, found)
    unlike = _differences_why(round_, found)
    for name in ("n_paired", "changed_pct", *DIFFERENCES, "changed_band", "stable"):
        values, reasons = (deltas[name], unlike) if name in DIFFERENCES else (pairs[name], why[name])
        block.add(name, values, reasons)
    return block, _composition(now, then, _turnover(round_, now, then, moves))


def _earlier(
    round_: RoundData, population: Population, before: Mapping[int, RoundData]
) -> tuple[Counts, NDArray[np.bool_]]:
    """Counts of each statement in the round before in the same population, and where there are any."""
    items, options = len(round_.items), round_.counts.ratings.shape[2]
    ratings, others = np.zeros((items, 1, options), dtype=np.int64), np.zeros((2, items, 1), dtype=np.int64)
    found = np.zeros(items, dtype=bool)
    known = {number: _places(earlier, population.name) for number, earlier in before.items()}
    for j, item in enumerate(round_.items):
        places, counts = known.get(item.previous_round or 0, ({}, None))
        if counts is not None and round_.comparable(j) and item.statement in places:
            at = places[item.statement]
            ratings[j], others[0, j], others[1, j] = counts.ratings[at], counts.not_qualified[at], counts.blank[at]
            found[j] = True
    return Counts(ratings, others[0], others[1], np.zeros(1, dtype=np.int64), (population.name,)), found


def _places(earlier: RoundData, name: str) -> tuple[dict[str, int], Counts | None]:
    """Places of the statements of an earlier round, and its counts of everybody or of one group."""
    places = {item.statement: j for j, item in enumerate(earlier.items)}
    if name == EVERYBODY:
        return places, earlier.counts.pooled()
    return places, earlier.counts.only(name) if name in earlier.counts.groups else None


def _differences(now: Summary, then: Summary, found: NDArray[np.bool_]) -> dict[str, Column]:
    """Share and median of all who rated now, less those of all who rated before."""
    both = found & (now.n > 0) & (then.n > 0)
    points = 100 * (now.sets.combined * then.base - then.sets.combined * now.base)
    shift = now.median.minus(then.median)
    return {
        "delta_combined_pp": divided(points, now.base * then.base, both),
        "delta_median": divided(shift.numerators, shift.denominator, both),
    }


def _unlike(round_: RoundData, j: int, reason: Reason) -> Reason:
    """Why a statement is not compared; ``reason`` where its meaning is that of the round before."""
    if round_.comparable(j):
        return reason
    return UNPAIRED.get(round_.items[j].relation, Reason.NOT_LINKABLE)


def _differences_why(round_: RoundData, found: NDArray[np.bool_]) -> Why:
    return [
        _unlike(round_, j, Reason.NO_RATINGS if asked else Reason.NOT_IN_ROUND)
        for j, asked in enumerate(found.tolist())
    ]


Pairs = tuple[dict[str, Column], dict[str, Why]]


def _sealed(round_: RoundData, population: Population) -> Pairs:
    """What a seal tells, without anybody who can be followed; it tells nothing of groups."""
    size, kept = len(round_.items), round_.bands is not None
    told = round_.bands if round_.bands is not None and population.name == EVERYBODY else (None,) * size
    nobody = [_unlike(round_, j, Reason.SEALED if kept else Reason.NOT_LINKABLE) for j in range(size)]
    own = [
        nobody[j] if one is None or one.reason is None else _unlike(round_, j, one.reason) for j, one in enumerate(told)
    ]
    open_ = [one if one is not None and round_.comparable(j) else None for j, one in enumerate(told)]
    values: dict[str, Column] = {
        "n_paired": [None] * size,
        "changed_pct": [None] * size,
        "changed_band": [one.band.value if one and one.band else None for one in open_],
        "stable": [one.stable.value if one and one.stable else None for one in open_],
    }
    return values, {name: [*(own if name in ("changed_band", "stable") else nobody)] for name in values}


def _moved(round_: RoundData, moves: MovesTable) -> Pairs:
    """What moved among those who can be followed."""
    known = np.array([round_.comparable(j) for j in range(len(round_.items))], dtype=bool)
    paired = known & (moves.n > 0)
    numbers = zip(moves.changed.tolist(), moves.n.tolist(), paired.tolist(), strict=True)
    values: dict[str, Column] = {
        "n_paired": [n if ok else None for n, ok in zip(moves.n.tolist(), known.tolist(), strict=True)],
        "changed_pct": divided(100 * moves.changed, moves.n, paired),
        "changed_band": [band_of(changed, n).value if ok else None for changed, n, ok in numbers],
        "stable": [word.value if ok else None for word, ok in zip(moves.stable, known.tolist(), strict=True)],
    }
    why: Why = [_unlike(round_, j, Reason.NO_PAIRED_RATINGS) for j in range(len(round_.items))]
    return values, dict.fromkeys(values, why)


def _turnover(round_: RoundData, now: Summary, then: Summary, moves: MovesTable | None) -> tuple[Integers, Integers]:
    """At most how many raters of each statement left and joined: as the panel did, else those without a pair."""
    if round_.moved is not None or moves is None:
        _, left, joined = round_.moved or (0, 0, 0)
        return np.full_like(then.n, left), np.full_like(now.n, joined)
    return np.maximum(then.n - moves.n, 0), np.maximum(now.n - moves.n, 0)


def _composition(now: Summary, then: Summary, turnover: tuple[Integers, Integers]) -> list[tuple[Flag, ...]]:
    """Say where joining and leaving alone could have moved the share; without counts before, nowhere."""
    numbers = (then.sets.combined, then.n, now.sets.combined, now.n, *turnover)
    return [
        (Flag.COMPOSITION_CHANGE,) if composition_changed((agreed, rated), (agree, rate), left, joined) else ()
        for agreed, rated, agree, rate, left, joined in zip(*(column.tolist() for column in numbers), strict=True)
    ]
