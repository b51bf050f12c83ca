"""Intervals of a median: between order statistics, and by an exact bootstrap (METHOD 9.2, 9.3)."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import comb, exp, log1p
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import Bounded
from delphi.statistics.base.measure import as_counts, as_values
from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.base.tails import MANY_TOSSES, binomial_tail, fair_coin_share, fair_coin_tail

Share: TypeAlias = int | float
NEVER = 1e-12  # of a large panel, medians that are less probable are left out


@dataclass(frozen=True, slots=True)
class MedianInterval(Bounded):
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
    [x_(r), x_(n+1−r)] with the largest r for which 1 − 2 P(Bin(n, ½) ≤ r − 1) ≥ conf; in whole numbers up to n = 1,000,
    beyond by the incomplete beta function, which gives this probability to about 12 digits.

    References
    ----------
    .. [1] Conover WJ. Practical Nonparametric Statistics. 3rd ed. New York: Wiley; 1999.

    Examples
    --------
    >>> median_interval([0, 1, 4, 5], [1, 2, 3, 4])
    MedianInterval(low=3.0, high=4.0, lower_rank=2, upper_rank=9, coverage=0.978515625, n=10, reason=None)
    """
    f = as_counts(counts)
    n = int(f.sum())
    rank, outside = fair_coin_tail(n, (1 - Fraction(conf)) / 2)
    if rank == 0 or n == 0:
        return MedianInterval(None, None, None, None, None, n, Reason.NO_INTERVAL if n else Reason.NO_RATINGS)
    ranks = (rank, n + 1 - rank)
    low, high = as_values(values, len(f))[np.searchsorted(f.cumsum(), ranks)].tolist()
    return MedianInterval(float(low), float(high), *ranks, 1 - 2 * outside, n)


@dataclass(frozen=True, slots=True)
class MedianDistribution(Bounded):
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
    ends of the interval are quantiles of type 1. In whole numbers up to n = 1,000; beyond by the incomplete beta function
    and Stirling's series, to about 12 digits, without medians of a probability below 10⁻¹².

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
    ways, whole = _medians(cumulative, v, n)
    support = sorted(ways)
    tail = (1 - Fraction(conf)) / 2
    low, high = (float(_first_reaching(ways, p * whole)) for p in (tail, 1 - tail))
    probability = tuple(ways[value] / whole for value in support)
    flags = (Flag.NO_VARIATION,) if len(v) == 1 else ()
    return MedianDistribution(tuple(map(float, support)), probability, low, high, n, None, flags)


def _medians(cumulative: list[int], v: list[int], n: int) -> tuple[dict[Fraction, Share], int]:
    """Of the nⁿ resamples, those that give each median, and nⁿ; of a large panel their share, and 1."""
    exact = n <= MANY_TOSSES
    k = (n + 1) // 2
    tails: list[Share] = [_ways_at_least(n, k, c) if exact else _share_at_least(n, k, c) for c in cumulative]
    ways = {Fraction(value): after - before for value, (before, after) in zip(v, pairwise(tails), strict=True)}
    if n % 2 == 0:
        halves = _halves_exact if exact else _halves
        for a, b in combinations(range(len(v)), 2):
            (less, low), (high, more) = cumulative[a : a + 2], (n - cumulative[b], n - cumulative[b + 1])
            apart = halves(n, low, high) - halves(n, less, high) - halves(n, low, more) + halves(n, less, more)
            ways[Fraction(v[a])] -= apart
            middle = Fraction(v[a] + v[b], 2)
            ways[middle] = ways.get(middle, 0) + apart
    least = 0 if exact else NEVER
    return {value: count for value, count in ways.items() if count > least}, n**n if exact else 1


def _ways_at_least(n: int, k: int, c: int) -> int:
    """Resamples of which at least k ratings are among the c lowest of the n."""
    return sum(comb(n, i) * c**i * (n - c) ** (n - i) for i in range(k, n + 1))


def _share_at_least(n: int, k: int, c: int) -> float:
    return binomial_tail(n, c / n, k)


def _halves_exact(n: int, low: int, high: int) -> int:
    """Resamples with one half among the ``low`` lowest ratings and the other among the ``high`` highest."""
    ways: int = comb(n, n // 2) * (low * high) ** (n // 2)
    return ways


def _halves(n: int, low: int, high: int) -> float:
    if not low or not high:
        return 0.0
    return fair_coin_share(n, n // 2) * exp(n // 2 * log1p((4 * low * high - n * n) / (n * n)))


def _first_reaching(ways: dict[Fraction, Share], at_least: Fraction) -> Fraction:
    total: Share = 0
    for value in sorted(ways):
        total += ways[value]
        if total >= at_least:
            return value
    raise AssertionError("the probabilities sum to one")  # pragma: no cover - says to mypy that the loop returns
