"""Change of the same panelists' ratings between two rounds (METHOD 7.2); rows round r, columns round r + 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import NOT_NEGATIVE, SIGNED
from delphi.statistics.base.measure import (
    Floats,
    Ints,
    Numbers,
    as_counts,
    as_floats,
    figure,
    figure_within,
    paired_measure,
    roomy,
    undefined,
)
from delphi.statistics.base.result import Reason, Result
from delphi.statistics.base.tails import doubled_mid_ranks


def transition_table(before: ArrayLike, after: ArrayLike, categories: int) -> Ints:
    """Count the pairs (rating in round r, rating in round r + 1) over the declared scale.

    Parameters
    ----------
    before, after : (n,)
        Positions 0 … K−1 of the ratings of the same panelists; panelists without both ratings are left out
        by the caller.
    categories
        Categories K of the declared scale.

    Returns
    -------
    (K, K)
        Rows round r, columns round r + 1.

    Examples
    --------
    >>> transition_table([0, 1, 1], [1, 1, 1], 2)
    array([[0, 1], [0, 2]])
    """
    pairs = np.asarray(before, dtype=np.int64) * categories + np.asarray(after, dtype=np.int64)
    return np.bincount(pairs, minlength=categories**2).reshape(categories, categories)


def differences(transitions: ArrayLike, step: int = 1) -> Ints:
    """Signed changes of all pairs of a transition table, for rank tests.

    Examples
    --------
    >>> differences([[0, 1], [0, 2]])
    array([1, 0, 0])
    """
    t = as_counts(transitions)
    i, j = np.indices(t.shape)
    return np.repeat((j - i).ravel() * step, t.ravel())


@dataclass(frozen=True, slots=True)
class Changes:
    """How many of the paired panelists changed, and where to; counts, so that shares stay exact."""

    changed: int
    up: int
    down: int
    n: int
    across_zones: int | None = None
    towards: int | None = None
    away: int | None = None
    reason: Reason | None = None

    @property
    def value(self) -> float | None:
        """Percentage of the paired panelists whose rating changed."""
        return 100 * self.changed / self.n if self.n else None


def percent_changed(
    transitions: ArrayLike, zones: Sequence[int] | None = None, shown_median: Fraction | float | None = None
) -> Changes:
    """Percentage of paired panelists whose rating changed; shown first, before any test.

    Parameters
    ----------
    transitions : (K, K)
        Transition table.
    zones : (K,), optional
        Number of the zone of each category, to count changes across zones.
    shown_median
        Median of round r shown in the feedback, as a position 0 … K−1, to count moves towards and away from it.

    Returns
    -------
    Changes
        ``no_paired_ratings`` without pairs.

    Notes
    -----
    Off-diagonal count / n_paired.

    Examples
    --------
    >>> percent_changed([[1, 2], [0, 1]], shown_median=1)
    Changes(changed=2, up=2, down=0, n=4, across_zones=None, towards=2, away=0, reason=None)
    """
    t = as_counts(transitions)
    i, j = np.indices(t.shape)
    n, up, down = (int(part.sum()) for part in (t, np.triu(t, 1), np.tril(t, -1)))
    across = towards = away = None
    if zones is not None:
        zone = np.asarray(zones)
        across = int(t[zone[i] != zone[j]].sum())
    if shown_median is not None:
        was, is_ = (np.abs(place - float(shown_median)) for place in (i, j))
        towards, away = int(t[is_ < was].sum()), int(t[is_ > was].sum())
    return Changes(up + down, up, down, n, across, towards, away, None if n else Reason.NO_PAIRED_RATINGS)


@paired_measure(within=NOT_NEGATIVE)
def mean_absolute_change(t: Ints) -> Floats:
    """Mean absolute change of the ratings, in steps of the scale: Σ abs(d) / n_paired.

    Parameters
    ----------
    t : (K, K)
        Transition table; (..., K, K) for ``mean_absolute_change.table``.

    Examples
    --------
    >>> mean_absolute_change([[1, 2], [0, 1]]).value
    0.5
    """
    i, j = np.indices(t.shape[-2:])
    return np.asarray((t * np.abs(i - j)).sum((-2, -1)) / t.sum((-2, -1)), dtype=np.float64)


def _rank_correlation(t: Ints) -> Floats:
    rows, columns = t.sum(-1), t.sum(-2)
    n = t.sum((-2, -1))
    rows, columns, t = (roomy(part, int(n.max(initial=0)) ** 3) for part in (rows, columns, t))
    # twice the mid-ranks, centred on n + 1: integers, so that constancy shows as an exact 0
    x, y = (doubled_mid_ranks(margin) - (n + 1)[..., None] for margin in (rows, columns))
    covariance = (x[..., :, None] * t * y[..., None, :]).sum((-2, -1))
    return _correlation(covariance, (rows * x**2).sum(-1), (columns * y**2).sum(-1))


def _correlation(covariance: Numbers, first: Numbers, second: Numbers) -> Floats:
    """Correlation from sums of products and of squares; the product of the squares grows with n⁶: in floats."""
    return np.asarray(as_floats(covariance) / np.sqrt(as_floats(first) * as_floats(second)), dtype=np.float64)


@paired_measure(least=2, otherwise=Reason.CONSTANT_INPUT, within=SIGNED)
def rank_correlation(t: Ints) -> Floats:
    """Spearman's rank correlation between two rounds, from the transition table.

    Parameters
    ----------
    t : (K, K)
        Transition table; (..., K, K) for ``rank_correlation.table``.

    Returns
    -------
    Result
        ``no_paired_ratings``; ``n_below_2``; ``constant_input`` if a round has only one rating value.

    Notes
    -----
    Pearson correlation of the mid-ranks; no 1 − 6Σd² shortcut, which ties break.

    Examples
    --------
    >>> rank_correlation([[2, 0], [0, 2]]).value
    1.0
    """
    return _rank_correlation(t)


@figure_within(SIGNED)
def spearman(x: ArrayLike, y: ArrayLike) -> Result:
    """Spearman's rank correlation of paired values.

    Parameters
    ----------
    x, y : (n,)
        Values of the same panelists or items.

    Returns
    -------
    Result
        ``no_paired_ratings``, ``n_below_2``, ``constant_input``.

    Notes
    -----
    Pearson correlation of the mid-ranks.

    Examples
    --------
    >>> spearman([1, 2, 3], [10, 30, 20]).value
    0.5
    """
    rows, columns = (np.unique(np.asarray(side), return_inverse=True)[1] for side in (x, y))
    n = len(rows)
    if n < 2:
        return undefined(Reason.N_BELOW_2 if n else Reason.NO_PAIRED_RATINGS, n)
    # of all pairs one by one: a table of values that are all different would have n² cells
    a, b = (roomy(doubled_mid_ranks(np.bincount(side))[side] - (n + 1), n**3) for side in (rows, columns))
    if not a.any() or not b.any():
        return undefined(Reason.CONSTANT_INPUT, n)
    return figure(float(_correlation(a @ b, a @ a, b @ b)), n)
