"""How firmly a verdict stands: resampled panels, one panelist fewer, a few changed ratings (METHOD 9.4, 9.5).

For analysts only: what one panelist changes tells that panelist's rating.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement, product

import numpy as np

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts, Integers, total
from delphi.consensus.rule import Verdict
from delphi.consensus.rules.base import CODES, Ballot
from delphi.statistics.result import Flag, Reason

RESAMPLES = 2000
MANY_OPTIONS = 11  # on longer scales only single moves are tried: their pairs and triples are too many


@dataclass(frozen=True)
class Resampled:
    """Share of resampled panels with each verdict; it never changes the verdict itself."""

    verdict: Verdict
    shares: dict[Verdict, float]
    resamples: int
    seed: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class LeaveOneOut:
    """Panelists whose absence alone would change the verdict; None if there is nobody to leave out."""

    flips: int | None
    n: int
    reason: Reason | None = None


@dataclass(frozen=True)
class Fragility:
    """Fewest panelists who would have to rate otherwise for another verdict; None if more than ``searched``."""

    moves: int | None
    searched: int
    reason: Reason | None = None


def _codes(f: Integers, definition: Definition) -> Integers:
    """Verdict codes of count tables of one statement (B, G, K)."""
    return np.asarray(definition.rule.status(Ballot(Counts.of(f), definition.terms)), dtype=np.int64)


def bootstrap_verdict(f: Integers, definition: Definition, resamples: int = RESAMPLES, seed: int = 1) -> Resampled:
    """Judge panels drawn with replacement from the panel, within each group.

    Parameters
    ----------
    f : (K,) or (G, K)
        Ratings of one statement.

    Examples
    --------
    >>> from delphi.consensus.scale import SCALES
    >>> found = bootstrap_verdict(np.array([0, 0, 0, 0, 9]), Definition.of(SCALES["agree5"]))
    >>> found.shares[Verdict.IN], found.flags
    (1.0, (<Flag.NO_VARIATION: 'no_variation'>,))
    """
    table = np.atleast_2d(np.asarray(f, dtype=np.int64))
    own = CODES[int(_codes(table[None], definition)[0])]
    if not table.sum():
        return Resampled(own, {}, 0, seed, Reason.NO_RATINGS)
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = np.stack([rng.multinomial(n, row / max(n, 1), resamples) for n, row in _rows(table)], axis=1)
    codes = _codes(np.asarray(drawn, dtype=np.int64), definition)
    shares = {verdict: float(np.mean(codes == code)) for code, verdict in CODES.items()}
    same = all(np.count_nonzero(row) <= 1 for row in table)
    return Resampled(own, shares, resamples, seed, flags=(Flag.NO_VARIATION if same else Flag.MONTE_CARLO,))


def _rows(table: Integers) -> Iterator[tuple[int, Integers]]:
    """Size and ratings of each group; an empty group keeps a placeholder for its shares."""
    for row in table:
        n = int(row.sum())
        yield n, row if n else np.eye(1, len(row), dtype=np.int64)[0]


def leave_one_out(f: Integers, definition: Definition) -> LeaveOneOut:
    """Count the panelists without whom the verdict would be another.

    Examples
    --------
    >>> from delphi.consensus.scale import SCALES
    >>> leave_one_out(np.array([0, 0, 1, 2, 1]), Definition.of(SCALES["agree5"])).flips
    3
    """
    table = np.atleast_2d(np.asarray(f, dtype=np.int64))
    n = int(table.sum())
    if n < 2:
        return LeaveOneOut(None, n, Reason.NO_RATINGS if n == 0 else Reason.N_BELOW_2)
    cells = np.argwhere(table > 0)
    without = np.repeat(table[None], len(cells), axis=0)
    without[np.arange(len(cells)), cells[:, 0], cells[:, 1]] -= 1
    differs = _codes(without, definition) != _codes(table[None], definition)[0]
    return LeaveOneOut(int(table[cells[:, 0], cells[:, 1]][differs].sum()), n)


def fragility(f: Integers, definition: Definition, max_moves: int = 3) -> Fragility:
    """Find the fewest ratings that would have to be others for the verdict to differ, the panel staying the same.

    Parameters
    ----------
    f : (K,)
        Ratings of one statement.

    Examples
    --------
    >>> from delphi.consensus.scale import SCALES
    >>> fragility(np.array([0, 0, 2, 5, 5]), Definition.of(SCALES["agree5"])).moves
    2
    """
    row = np.asarray(f, dtype=np.int64)
    if not row.sum():
        return Fragility(None, max_moves, Reason.NO_RATINGS)
    own = _codes(row[None, None], definition)[0]
    searched = max_moves if len(row) <= MANY_OPTIONS else 1
    for moves in range(1, searched + 1):
        others = _moved(row, moves)
        if len(others) and (_codes(others[:, None], definition) != own).any():
            return Fragility(moves, searched)
    return Fragility(None, searched)


def _moved(row: Integers, moves: int) -> Integers:
    """All tables that differ in so many ratings: some options lose them, others win them."""
    options = range(len(row))
    choices = list(combinations_with_replacement(options, moves))
    change = np.zeros((len(choices), len(row)), dtype=np.int64)
    for i, choice in enumerate(choices):
        np.add.at(change[i], list(choice), 1)
    pairs = np.array([(a, b) for a, b in product(range(len(choices)), repeat=2) if a != b]).reshape(-1, 2)
    after = row - change[pairs[:, 0]] + change[pairs[:, 1]]
    kept: Integers = after[(row >= change[pairs[:, 0]]).all(-1)]
    assert (total(kept) == row.sum()).all()
    return kept
