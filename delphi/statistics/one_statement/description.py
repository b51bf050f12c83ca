"""Description of one statement: shares, mean, spread, modes (METHOD 6). None of them is a verdict."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.base.bounds import NOT_NEGATIVE
from delphi.statistics.base.measure import (
    Figures,
    Floats,
    Ints,
    Numbers,
    as_counts,
    as_floats,
    as_values,
    measure,
    roomy,
)
from delphi.statistics.base.result import Flag, Reason, Result
from delphi.statistics.one_statement.quantiles import HALF, QUARTER, quantile


def category_shares(counts: ArrayLike) -> Figures:
    """Share of the ratings in each category.

    Parameters
    ----------
    counts : (..., K)
        Ratings in each declared category.

    Returns
    -------
    (..., K)
        Shares between 0 and 1; masked where there are no ratings (``no_ratings``).

    Notes
    -----
    p_i = f_i / n. For print use `delphi.statistics.base.exact.format_percent` on the counts, not these floats.

    Examples
    --------
    >>> category_shares([[0, 1, 1, 2], [0, 0, 0, 0]]).tolist()
    [[0.0, 0.25, 0.25, 0.5], [None, None, None, None]]
    """
    f = as_counts(counts)
    n = f.sum(-1, keepdims=True)
    return np.ma.MaskedArray(f / np.maximum(n, 1), mask=np.broadcast_to(n == 0, f.shape))


def scaled_mean(counts: ArrayLike, values: ArrayLike | None = None) -> tuple[Ints, Ints]:
    """Sum of the ratings and their number: the mean as an exact pair of integers.

    Examples
    --------
    >>> scaled_mean([[0, 1, 0, 3]], [1, 2, 3, 4])
    (array([14]), array([4]))
    """
    f = as_counts(counts)
    return f @ as_values(values, f.shape[-1]), f.sum(-1)


@measure()
def mean(f: Ints, values: ArrayLike | None = None) -> Floats:
    """Arithmetic mean of the ratings.

    Parameters
    ----------
    f : (K,)
        Ratings in each category; (..., K) for ``mean.table``.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.

    Returns
    -------
    Result
        ``no_ratings`` if n = 0.

    Notes
    -----
    Σ v_i f_i / n, both sums exact.

    Examples
    --------
    >>> mean([0, 1, 0, 3], [1, 2, 3, 4]).value
    3.5
    >>> mean.table([[0, 1, 0, 3], [0, 0, 0, 0]], [1, 2, 3, 4]).tolist()
    [3.5, None]
    """
    total, n = scaled_mean(f, values)
    return np.asarray(total / n, dtype=np.float64)


def squared_deviations(f: Ints, values: ArrayLike | None = None) -> Numbers:
    """Return n·Σ v² f − (Σ v f)²: n times the sum of squared deviations, an exact integer."""
    v = as_values(values, f.shape[-1])
    v = v - v[0]  # keeps the squares small on scales with large codes
    f = roomy(f, (int(f.sum(-1).max(initial=0)) * int(np.abs(v).max(initial=0))) ** 2)
    total: Numbers = f @ v
    squares: Numbers = f.sum(-1) * (f @ v**2) - total**2
    return squares


@measure(least=2, within=NOT_NEGATIVE)
def sd(f: Ints, values: ArrayLike | None = None) -> Floats:
    """Sample standard deviation of the ratings, divisor n − 1.

    Parameters
    ----------
    f : (K,)
        Ratings in each category; (..., K) for ``sd.table``.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.

    Returns
    -------
    Result
        ``n_below_2`` for a single rating.

    Notes
    -----
    s = √((n Σ v² f − (Σ v f)²) / (n(n − 1))); the numerator is an exact integer.

    Examples
    --------
    >>> sd([1, 0, 0, 1], [1, 2, 3, 4]).value
    2.1213203435596424
    """
    n = f.sum(-1)
    return np.asarray(np.sqrt(as_floats(squared_deviations(f, values)) / (n * (n - 1))), dtype=np.float64)


def cv(counts: ArrayLike, values: ArrayLike | None = None, *, has_true_zero: bool = False) -> Result:
    """Coefficient of variation, SD over mean.

    Parameters
    ----------
    counts : (K,)
        Ratings in each category.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.
    has_true_zero
        Whether the scale is a ratio scale. Codes of a rating scale are not: coding 0–4 instead of 1–5 would
        change the coefficient.

    Returns
    -------
    Result
        ``scale_not_ratio`` if the scale has no true zero or the mean is 0.

    References
    ----------
    .. [1] English JM, Kernan GL. The prediction of air travel and aircraft technology to the year 2000 using the
           Delphi method. Transp Res 1976;10:1-8.

    Examples
    --------
    >>> cv([0, 2, 2], [0, 1, 2], has_true_zero=True).value
    0.38490017945975047
    """
    centre, spread = mean(counts, values), sd(counts, values)
    if centre.n and (not has_true_zero or centre.value == 0):
        return Result(None, centre.n, Reason.SCALE_NOT_RATIO)
    if centre.value is None or spread.value is None:
        return spread
    return Result(spread.value / centre.value, centre.n)


def mode_mask(counts: ArrayLike) -> NDArray[np.bool_]:
    """Mark every category with the largest count, for each row; nothing where there are no ratings."""
    f = as_counts(counts)
    return np.asarray((f == f.max(-1, keepdims=True)) & (f > 0))


def modes(counts: ArrayLike, values: ArrayLike | None = None) -> tuple[int, ...]:
    """All categories with the largest count; a tie is never broken.

    Parameters
    ----------
    counts : (K,)
        Ratings in each category.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.

    Examples
    --------
    >>> modes([2, 0, 2, 1], [1, 2, 3, 4]), modes([0, 0])
    ((1, 3), ())
    """
    mask = mode_mask(counts)
    return tuple(int(v) for v in as_values(values, len(mask))[mask])


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Range and quartiles of one statement, exact; all None with ``reason`` when there are no ratings."""

    minimum: Fraction | None
    q1: Fraction | None
    median: Fraction | None
    q3: Fraction | None
    maximum: Fraction | None
    iqr: Fraction | None
    n: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def quartiles(counts: ArrayLike, values: ArrayLike | None = None, *, type: int = 7) -> Quartiles:
    """Minimum, quartiles, maximum and interquartile range of one statement.

    Parameters
    ----------
    counts : (K,)
        Ratings in each category.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.
    type
        Quantile type of Hyndman and Fan; the median is always that of type 7.

    Returns
    -------
    Quartiles
        ``no_ratings`` if n = 0; for a single rating the IQR is 0 with the flag ``n_below_2``.

    Examples
    --------
    >>> quartiles([0, 1, 0, 3], [1, 2, 3, 4]).iqr
    Fraction(1, 2)
    """
    n = int(as_counts(counts).sum())
    if n == 0:
        return Quartiles(None, None, None, None, None, None, 0, Reason.NO_RATINGS)
    q1, q3 = (quantile(counts, p, type=type, values=values) for p in (QUARTER, 1 - QUARTER))
    low, middle, high = (quantile(counts, p, values=values) for p in (Fraction(0), HALF, Fraction(1)))
    assert q1 is not None
    assert q3 is not None
    return Quartiles(low, q1, middle, q3, high, q3 - q1, n, None, (Flag.N_BELOW_2,) if n < 2 else ())
