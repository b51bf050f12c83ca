"""Columns of change since the round before: differences of what all rated, and what moved among those of both rounds."""

import numpy as np

from delphi.consensus.analysis import Definition, Population, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.disclosure.change_bands import band_of
from delphi.consensus.stability import MovesTable, composition_changed, moves_table
from delphi.consensus.table.columns import Column, ColumnBlock, divided
from delphi.consensus.table.summary import Summary
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
    round_: RoundData, population: Population, now: Summary, then: Summary, definition: Definition
) -> ColumnBlock:
    """What changed since a statement was rated before.

    Parameters
    ----------
    round_, population
        The round, and the people in it.
    now, then
        Figures of what all of them rated, in this round and before; nobody where a statement is not compared.
    definition
        Whose scale says what agreement is.
    """
    block = ColumnBlock()
    block.add("previous_round", [item.previous_round for item in round_.items], Reason.NEW)
    block.add("relation", [item.relation.value for item in round_.items])
    if population.paired is None:
        pairs, why = _sealed(round_, population)
    else:
        moves = moves_table(population.paired, definition.scale.lo, definition.scale.combined)
        pairs, why = _moved(round_, moves)
    deltas = _differences(now, then)
    unlike: Why = [_unlike(round_, j, why_none) for j, why_none in enumerate(_unsaid(round_, now, then))]
    for name in ("n_paired", "changed_pct", *DIFFERENCES, "changed_band", "stable"):
        values, reasons = (deltas[name], unlike) if name in DIFFERENCES else (pairs[name], why[name])
        block.add(name, values, reasons)
    return block


def earlier_counts(round_: RoundData, population: Population) -> Counts:
    """Counts of each statement when it was rated before, in the same population; nobody where it is not compared."""
    items, options = len(round_.items), round_.counts.ratings.shape[2]
    ratings, others = np.zeros((items, 1, options), dtype=np.int64), np.zeros((2, items, 1), dtype=np.int64)
    known = {number: _places(earlier, population.name) for number, earlier in round_.earlier().items()}
    for j, item in enumerate(round_.items):
        places, counts = known.get(item.previous_round or 0, ({}, None))
        if counts is not None and round_.comparable(j) and item.statement in places:
            at = places[item.statement]
            ratings[j], others[0, j], others[1, j] = counts.ratings[at], counts.not_qualified[at], counts.blank[at]
    return Counts(ratings, others[0], others[1], np.zeros(1, dtype=np.int64), (population.name,))


def _places(earlier: RoundData, name: str) -> tuple[dict[str, int], Counts | None]:
    """Places of the statements of an earlier round, and its counts of everybody or of one group."""
    places = {item.statement: j for j, item in enumerate(earlier.items)}
    if name == EVERYBODY:
        return places, earlier.counts.pooled()
    return places, earlier.counts.only(name) if name in earlier.counts.groups else None


def _differences(now: Summary, then: Summary) -> dict[str, Column]:
    """Share and median of all who rated now, less those of all who rated before."""
    both = (now.n > 0) & (then.n > 0)
    points = 100 * (now.sets.combined * then.base - then.sets.combined * now.base)
    shift = now.median.minus(then.median)
    return {
        "delta_combined_pp": divided(points, now.base * then.base, both),
        "delta_median": divided(shift.numerators, shift.denominator, both),
    }


def _unsaid(round_: RoundData, now: Summary, then: Summary) -> list[Reason]:
    """Why there is no difference: nobody rated, or the seal of the round before does not show it."""
    hidden = (now.n > 0) & (then.n == 0) & (round_.bands is not None)
    return [Reason.SUPPRESSED_DISCLOSURE if one else Reason.NO_RATINGS for one in hidden.tolist()]


def _unlike(round_: RoundData, j: int, reason: Reason) -> Reason:
    """Why a statement is not compared; ``reason`` where its meaning is that of the round before."""
    if round_.comparable(j):
        return reason
    return UNPAIRED.get(round_.items[j].relation, Reason.NOT_LINKABLE)


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


def composition(round_: RoundData, now: Summary, then: Summary) -> list[tuple[Flag, ...]]:
    """Say of the panel's statements where joining and leaving alone could have moved the share.

    ``then`` are the figures of the round before; without ratings there, nothing is said.
    """
    if round_.moved is None:
        return [()] * len(round_.items)
    _, left, joined = round_.moved
    last = max((item.previous_round or 0 for item in round_.items), default=0)
    numbers = (then.sets.combined, then.n, now.sets.combined, now.n)
    return [
        (Flag.COMPOSITION_CHANGE,)
        if item.previous_round == last and composition_changed((agreed, rated), (agree, rate), left, joined)
        else ()
        for item, agreed, rated, agree, rate in zip(round_.items, *(n.tolist() for n in numbers), strict=True)
    ]
