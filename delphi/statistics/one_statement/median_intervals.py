"""Intervals of a median: between order statistics, and by an exact bootstrap (METHOD 9.2, 9.3)."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.measure import as_counts, as_values
from delphi.statistics.base.result import Flag, Reason


@dataclass(frozen=True, slots=True)
class MedianInterval:
    """Interval between two order statistics with their ranks and its true coverage."""

    low: float | None
    high: float | None
    lower_rank: int | None
    upper_rank: int | None
    coverage: float | None
    n: int
    reason: Reason | None = None


def median_interval(counts: ArrayLike, values: ArrayLike | None = None, conf: str = "0.95") -> MedianInterval:
    """Interval of the median between two order statistics; conservative with ties.

    Parameters
    ----------
    counts : (K,)
        Ratings in each category.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.
    conf
        Confidence level, as text so that it is exact.

    Returns
    -------
    MedianInterval
        ``no_interval`` where n is too small (n ≤ 5 at 95 %).

    Notes
    -----
    [x_(r), x_(n+1−r)] with the largest r for which 1 − 2 P(Bin(n, ½) ≤ r − 1) ≥ conf.

    References
    ----------
    .. [1] Conover WJ. Practical Nonparametric Statistics. 3rd ed. New York: Wiley; 1999.

    Examples
    --------
    >>> median_interval([0, 1, 4, 5], [1, 2, 3, 4])
    MedianInterval(low=3.0, high=4.0, lower_rank=2, upper_rank=9, coverage=0.978515625, n=10, reason=None)
    """
    f = as_counts(counts)
    n, outside, rank = int(f.sum()), 0, 0
    allowed = (1 - Fraction(conf)) * 2**n
    while rank < n and 2 * (outside + comb(n, rank)) <= allowed:
        outside, rank = outside + comb(n, rank), rank + 1
    if rank == 0:
        return MedianInterval(None, None, None, None, None, n, Reason.NO_INTERVAL if n else Reason.NO_RATINGS)
    x = np.repeat(as_values(values, len(f)), f)
    low, high = float(x[rank - 1]), float(x[n - rank])
    return MedianInterval(low, high, rank, n + 1 - rank, float(1 - Fraction(2 * outside, 2**n)), n)


@dataclass(frozen=True, slots=True)
class MedianDistribution:
    """Exact bootstrap distribution of the median and its percentile interval."""

    support: tuple[float, ...]
    probability: tuple[float, ...]
    low: float | None
    high: float | None
    n: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def bootstrap_median(counts: ArrayLike, values: ArrayLike | None = None, conf: str = "0.95") -> MedianDistribution:
    """Bootstrap distribution of the median, exact: no resampling, no seed.

    Parameters
    ----------
    counts : (K,)
        Ratings in each category.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.
    conf
        Confidence level of the percentile interval, as text so that it is exact.

    Returns
    -------
    MedianDistribution
        ``no_ratings``; an interval of length 0 with flag ``no_variation`` when all ratings are equal. BCa is not
        used: it is undefined or unstable for medians of integers.

    Notes
    -----
    n odd: P(med* ≤ v) = P(Bin(n, F(v)) ≥ (n+1)/2). n = 2k even: with a < b the two middle order statistics are a and b
    with probability C(n, k) (F_a^k − F_{a−1}^k)(S_b^k − S_{b+1}^k), F the shares up to and S those from a category. The
    ends of the interval are quantiles of type 1.

    References
    ----------
    .. [1] Efron B, Tibshirani RJ. An Introduction to the Bootstrap. New York: Chapman & Hall; 1993.

    Examples
    --------
    >>> result = bootstrap_median([1, 1, 0, 2, 1], [1, 2, 3, 4, 5])
    >>> result.support, result.probability
    ((1.0, 2.0, 4.0, 5.0), (0.05792, 0.25952, 0.62464, 0.05792))
    """
    f = as_counts(counts)
    v = [int(value) for value in as_values(values, len(f))[f > 0]]
    n, used = int(f.sum()), [int(count) for count in f[f > 0]]
    if n == 0:
        return MedianDistribution((), (), None, None, 0, Reason.NO_RATINGS)
    cumulative = [0, *np.cumsum(used).tolist()]
    ways = _medians(cumulative, v, n)
    support = sorted(ways)
    tail = (1 - Fraction(conf)) / 2
    low, high = (float(_first_reaching(ways, p * n**n)) for p in (tail, 1 - tail))
    probability = tuple(ways[value] / n**n for value in support)
    flags = (Flag.NO_VARIATION,) if len(v) == 1 else ()
    return MedianDistribution(tuple(map(float, support)), probability, low, high, n, None, flags)


def _medians(cumulative: list[int], v: list[int], n: int) -> dict[Fraction, int]:
    """Count, of the nⁿ resamples, those that give each median."""
    k = (n + 1) // 2
    tails = [sum(comb(n, i) * up_to**i * (n - up_to) ** (n - i) for i in range(k, n + 1)) for up_to in cumulative]
    ways = {Fraction(value): after - before for value, (before, after) in zip(v, pairwise(tails), strict=True)}
    if n % 2 == 0:
        for a in range(len(v)):
            first = comb(n, k) * (cumulative[a + 1] ** k - cumulative[a] ** k)
            for b in range(a + 1, len(v)):
                apart = first * ((n - cumulative[b]) ** k - (n - cumulative[b + 1]) ** k)
                ways[Fraction(v[a])] -= apart
                middle = Fraction(v[a] + v[b], 2)
                ways[middle] = ways.get(middle, 0) + apart
    return {value: count for value, count in ways.items() if count}


def _first_reaching(ways: dict[Fraction, int], at_least: Fraction) -> Fraction:
    total = 0
    for value in sorted(ways):
        total += ways[value]
        if total >= at_least:
            return value
    raise AssertionError("the probabilities sum to one")  # pragma: no cover - says to mypy that the loop returns
