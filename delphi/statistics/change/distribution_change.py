"""Change of a distribution between two rounds, without knowing who changed (METHOD 7.2)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import NOT_NEGATIVE, UNIT
from delphi.statistics.base.exact import Threshold, per_cent
from delphi.statistics.base.measure import as_counts, figure, figure_within, undefined
from delphi.statistics.base.result import Reason, Result
from delphi.statistics.one_statement.description import cv, quartiles


@dataclass(frozen=True, slots=True)
class NetChange:
    """Scheibe's net changes: units, percentage of n, and whether below the bound (15 %)."""

    net: float | None
    percent: float | None
    stable: bool | None
    n: int
    reason: Reason | None = None


def scheibe_change(before: ArrayLike, after: ArrayLike, *, below: Threshold = "15") -> NetChange:
    """Net change of a distribution after Scheibe, Skutsch and Schofer.

    Parameters
    ----------
    before, after : (K,)
        Counts of the same n panelists in two rounds; with drop-outs restrict both to completers or use
        `total_variation`.
    below
        Bound in per cent below which the distribution counts as stable.

    Returns
    -------
    NetChange
        ``no_ratings`` if n = 0. It is 0 even if everyone swapped sides: never shown without `percent_changed`.

    Raises
    ------
    ValueError
        The two rounds have different n.

    Notes
    -----
    ½ Σ abs(f′_i − f_i), as a percentage of n; stable iff 100 Σ abs < t·2n in integers.

    References
    ----------
    .. [1] Scheibe M, Skutsch M, Schofer J. Experiments in Delphi methodology. In: Linstone HA, Turoff M, eds. The
           Delphi Method. Reading, MA: Addison-Wesley; 1975:262-287.

    Examples
    --------
    >>> scheibe_change([2, 4, 6, 5, 3], [0, 2, 6, 8, 4]).percent
    20.0
    """
    f, g = as_counts(before), as_counts(after)
    n, moved = int(f.sum()), int(np.abs(g - f).sum())
    if n != int(g.sum()):
        raise ValueError("both rounds need the same panelists; use total_variation otherwise")
    if n == 0:
        return NetChange(None, None, None, 0, Reason.NO_RATINGS)
    return NetChange(moved / 2, 100 * moved / (2 * n), 100 * moved < per_cent(below) * 2 * n, n)


@figure_within(UNIT)
def total_variation(before: ArrayLike, after: ArrayLike) -> Result:
    """Total variation distance of two distributions of shares, 0 to 1; n may differ (n reported: the smaller).

    Parameters
    ----------
    before, after : (K,)
        Counts of the two rounds.

    Notes
    -----
    ½ Σ abs(f′_i/n′ − f_i/n).

    Examples
    --------
    >>> total_variation([5, 5], [4, 0]).value
    0.5
    """
    f, g = as_counts(before), as_counts(after)
    n, m = int(f.sum()), int(g.sum())
    if n == 0 or m == 0:
        return undefined(Reason.NO_RATINGS)
    return figure(int(np.abs(g * n - f * m).sum()) / (2 * n * m), min(n, m))


@figure_within(NOT_NEGATIVE)
def cv_difference(before: ArrayLike, after: ArrayLike, values: ArrayLike, *, has_true_zero: bool = False) -> Result:
    """Absolute difference of the coefficients of variation of two rounds; up to 0.2 is called stable.

    Parameters
    ----------
    before, after : (K,)
        Counts of the two rounds.
    values : (K,)
        The number behind each category.
    has_true_zero
        Whether the scale is a ratio scale; else ``scale_not_ratio``.

    Notes
    -----
    abs(CV_{r+1} − CV_r).

    References
    ----------
    .. [1] Dajani JS, Sincoff MZ, Talley WK. Stability and agreement criteria for the termination of Delphi studies.
           Technol Forecast Soc Change 1979;13:83-90. doi:10.1016/0040-1625(79)90007-6

    Examples
    --------
    >>> cv_difference([1, 1], [2, 2], [1, 3], has_true_zero=True).value < 0.2
    True
    """
    first, second = (cv(f, values, has_true_zero=has_true_zero) for f in (before, after))
    if first.value is None or second.value is None:
        return first if first.value is None else second
    return figure(abs(second.value - first.value), min(first.n, second.n))


@dataclass(frozen=True, slots=True)
class GroupShift:
    """Shift of median and IQR between two rounds and whether both are small."""

    median: float | None
    iqr: float | None
    stable: bool | None
    n: int
    reason: Reason | None = None


def group_shift(before: ArrayLike, after: ArrayLike, values: ArrayLike | None = None, *, type: int = 7) -> GroupShift:
    """Shift of the median and of the IQR of the same population between two rounds.

    Parameters
    ----------
    before, after : (K,)
        Counts of the two rounds.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.
    type
        Quantile type of the IQR.

    Returns
    -------
    GroupShift
        ``no_ratings`` if a round has none.

    Notes
    -----
    Stable iff abs(Δ median) < 1 and abs(Δ IQR) < ½, compared as fractions.

    Examples
    --------
    >>> group_shift([0, 2, 2], [0, 1, 3])
    GroupShift(median=0.5, iqr=-0.75, stable=False, n=4, reason=None)
    """
    first, second = (quartiles(f, values, type=type) for f in (before, after))
    n = min(first.n, second.n)
    if first.median is None or second.median is None or first.iqr is None or second.iqr is None:
        return GroupShift(None, None, None, n, Reason.NO_RATINGS)
    median, spread = second.median - first.median, second.iqr - first.iqr
    return GroupShift(float(median), float(spread), abs(median) < 1 and abs(2 * spread) < 1, n)
