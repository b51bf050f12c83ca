"""Quantiles, median and interquartile range of rating counts, exact in integers (METHOD 5)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import ArrayLike, NDArray

QUARTER, HALF = Fraction(1, 4), Fraction(1, 2)
TYPES = range(1, 10)


def scaled_quantile(
    counts: ArrayLike,
    p: Fraction,
    type: int = 7,
    values: ArrayLike | None = None,
) -> tuple[NDArray[np.int64], int]:
    """Quantile of each row of counts as an integer multiple of 1/D.

    Parameters
    ----------
    counts : (..., K)
        Ratings in each category.
    p
        Probability between 0 and 1.
    type
        Hyndman and Fan's number, 1 to 9; 7 is the default of R, NumPy and Excel, 6 that of SPSS.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.

    Returns
    -------
    numerators : (...)
        Quantile times D; meaningless where a row has no ratings.
    D
        The common denominator.

    Notes
    -----
    Q = (1 − γ)·x_(j) + γ·x_(j+1) with j and γ of the type; x_(r) is the first category whose cumulative
    count reaches r.

    References
    ----------
    .. [1] Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat 1996;50:361-365.
           doi:10.1080/00031305.1996.10473566

    Examples
    --------
    >>> scaled_quantile([[0, 1, 0, 3]], QUARTER)
    (array([10]), 4)
    """
    if type not in TYPES:
        raise ValueError(f"quantile type {type} is not one of 1 to 9")
    f = np.asarray(counts, dtype=np.int64)
    v = np.arange(f.shape[-1]) if values is None else np.asarray(values, dtype=np.int64)
    j, gamma, denominator = _position(f.sum(-1), p, type)
    cumulative = f.cumsum(-1)
    lower, upper = _order_statistic(cumulative, j, v), _order_statistic(cumulative, j + 1, v)
    return (denominator - gamma) * lower + gamma * upper, denominator


def _position(n: NDArray[np.int64], p: Fraction, type_: int) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return j and γ·D of each n, and D."""
    a, b = p.numerator, p.denominator
    if type_ == 3:
        j, g = np.divmod(2 * n * a - b, 2 * b)
        return j, ((g > 0) | (j % 2 == 1)).astype(np.int64), 1
    if type_ in (1, 2):
        j, g = np.divmod(n * a, b)
        return j, np.where(g > 0, type_, type_ - 1).astype(np.int64), type_
    m = {4: Fraction(0), 5: HALF, 6: p, 7: 1 - p, 8: (p + 1) / 3, 9: p / 4 + Fraction(3, 8)}[type_]
    d = lcm(b, m.denominator)
    j, g = np.divmod(n * (a * (d // b)) + int(m * d), d)
    return j, g, d


def _order_statistic(cumulative: NDArray[np.int64], rank: NDArray[np.int64], v: NDArray[np.int64]) -> NDArray[np.int64]:
    """Value of the rank-th smallest rating; ranks outside 1 … n take the first or the last."""
    rank = np.clip(rank, 1, np.maximum(cumulative[..., -1], 1))
    return np.asarray(v[np.minimum((cumulative < rank[..., None]).sum(-1), len(v) - 1)])


def quantile(counts: ArrayLike, p: Fraction, *, type: int = 7, values: ArrayLike | None = None) -> Fraction | None:
    """Quantile of one count vector, exactly; None without ratings. See `scaled_quantile`.

    Examples
    --------
    >>> quantile([1, 0, 0, 0, 1, 1], Fraction(7, 10)) - quantile([1, 0, 0, 0, 1, 1], Fraction(3, 10))
    Fraction(2, 1)
    """
    if not np.asarray(counts).sum():
        return None
    numerator, denominator = scaled_quantile(counts, p, type, values)
    return Fraction(int(numerator), denominator)


def median(counts: ArrayLike, *, values: ArrayLike | None = None) -> Fraction | None:
    """Median of one count vector (type 7 at one half; types 2 and 5 to 9 agree)."""
    return quantile(counts, HALF, values=values)


def iqr(counts: ArrayLike, *, type: int = 7, values: ArrayLike | None = None) -> Fraction | None:
    """Interquartile range Q(¾) − Q(¼) of one count vector; 0 for a single rating.

    Examples
    --------
    >>> iqr([0, 1, 0, 3]), iqr([0, 1, 0, 3], type=6)
    (Fraction(1, 2), Fraction(3, 2))
    """
    low, high = (quantile(counts, p, type=type, values=values) for p in (QUARTER, 1 - QUARTER))
    return None if low is None or high is None else high - low


def quantile_of_values(x: Sequence[float | Fraction | Decimal], p: Fraction, *, type: int = 7) -> Fraction | None:
    """Quantile of raw values, exactly; None without values.

    Parameters
    ----------
    x
        Values in any order; a float counts as the decimal it prints as.
    p
        Probability between 0 and 1.
    type
        Hyndman and Fan's number, 1 to 9.

    Examples
    --------
    >>> quantile_of_values([0.1, 0.2, 0.4], HALF), quantile_of_values([], HALF)
    (Fraction(1, 5), None)
    """
    if not x:
        return None
    # the decimals of floats are in their order, and comparing fractions takes long
    plain = all(isinstance(value, int | float) for value in x)
    ordered = sorted(x) if plain else sorted(Fraction(str(value)) for value in x)
    j, gamma, denominator = _position(np.asarray(len(ordered), dtype=np.int64), p, type)
    lower, upper = (Fraction(str(ordered[min(max(rank, 1), len(ordered)) - 1])) for rank in (int(j), int(j) + 1))
    return lower + Fraction(int(gamma), denominator) * (upper - lower)


def tukey_hinges(counts: ArrayLike, *, values: ArrayLike | None = None) -> tuple[Fraction, Fraction] | None:
    """Tukey's hinges: medians of the lower and the upper half, the middle rating in both when n is odd.

    Parameters
    ----------
    counts : (K,)
        Ratings in each category.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.

    Returns
    -------
    (lower, upper) or None
        As R's ``fivenum``; None without ratings.

    Examples
    --------
    >>> tukey_hinges([1, 1, 1, 1, 1], values=[1, 2, 3, 4, 5])
    (Fraction(2, 1), Fraction(4, 1))
    """
    f = np.asarray(counts, dtype=np.int64)
    half = (int(f.sum()) + 1) // 2
    lower = np.diff(np.minimum(f.cumsum(), half), prepend=0)
    upper = np.diff(np.minimum(f[::-1].cumsum(), half), prepend=0)[::-1]
    low, high = median(lower, values=values), median(upper, values=values)
    return None if low is None or high is None else (low, high)


def grouped_median(counts: ArrayLike, *, values: ArrayLike | None = None) -> Fraction | None:
    """Median interpolated within its category, taken as an interval one step wide; no verdict uses it.

    Parameters
    ----------
    counts : (K,)
        Ratings in each category.
    values : (K,), optional
        The integer behind each category, evenly spaced; 0 … K−1 if left out.

    Notes
    -----
    L + (n/2 − N)/f · step, with L the lower border of the first category whose cumulative count reaches n/2,
    f its count and N the count below it. Always labelled as interpolated.

    Examples
    --------
    >>> grouped_median([0, 2, 2, 4], values=[1, 2, 3, 4])
    Fraction(7, 2)
    """
    f = np.asarray(counts, dtype=np.int64)
    n = int(f.sum())
    if n == 0:
        return None
    v = np.arange(len(f)) if values is None else np.asarray(values, dtype=np.int64)
    at = int(np.argmax(2 * f.cumsum() >= n))
    step, below = Fraction(int(v[1] - v[0])), int(f[:at].sum())
    return int(v[at]) - step / 2 + step * Fraction(n - 2 * below, 2 * int(f[at]))


def quartile_signature(n: int, *, type: int = 7) -> tuple[Fraction, Fraction]:
    """Fractions in which printed quartiles of n integer ratings can end under a quantile type.

    Parameters
    ----------
    n
        Number of ratings.
    type
        Hyndman and Fan's number, 1 to 9.

    Returns
    -------
    tuple of Fraction
        Weight γ of the upper neighbour at the first and at the third quartile; it tells the types apart in
        published tables.

    Examples
    --------
    >>> quartile_signature(11, type=7), quartile_signature(11, type=6)
    ((Fraction(1, 2), Fraction(1, 2)), (Fraction(0, 1), Fraction(0, 1)))
    """
    if type not in TYPES:
        raise ValueError(f"quantile type {type} is not one of 1 to 9")
    first, third = (_position(np.asarray(n, dtype=np.int64), p, type) for p in (QUARTER, 1 - QUARTER))
    # γ = 1 is the upper neighbour itself, which ends in 0
    return Fraction(int(first[1]), first[2]) % 1, Fraction(int(third[1]), third[2]) % 1
