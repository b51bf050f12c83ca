"""Tail probabilities: exact where integers do, `scipy.special` otherwise (it loads fast, `scipy.stats` does not)."""

from fractions import Fraction
from functools import lru_cache
from math import comb, exp, log1p, pi, sqrt

import numpy as np

from delphi.statistics.base.measure import Floats, Ints


def chi_square_p(statistic: float, df: float) -> float:
    """P(χ² ≥ statistic); 1 for no degrees of freedom.

    Examples
    --------
    >>> round(chi_square_p(3.841, 1), 3), chi_square_p(0.0, 0)
    (0.05, 1.0)
    """
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic)) if df else 1.0


def normal_p(z: float) -> float:
    """Two-sided P(abs(Z) ≥ z) for a z of 0 or more."""
    from scipy.special import ndtr

    return float(2 * ndtr(-z))


def normal_quantile(p: float) -> float:
    """Quantile of the standard normal distribution; of the standard library, since SciPy takes long to load."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(p)


MANY_TOSSES = 1000  # beyond that the sum of whole numbers takes long, and the incomplete beta function serves


def fair_coin_p(n: int, k: int) -> float:
    """Two-sided exact p of k heads in n tosses: twice the smaller tail, at most 1.

    Examples
    --------
    >>> fair_coin_p(7, 1)
    0.125
    """
    if n > MANY_TOSSES:
        from scipy.special import bdtr

        return min(1.0, 2 * float(bdtr(min(k, n - k), n, 0.5)))
    tail = sum(comb(n, i) for i in range(min(k, n - k) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**n)))


def fair_coin_tail(n: int, level: Fraction) -> tuple[int, float]:
    """Largest r for which P(fewer than r heads in n tosses) is at most a level below 1, and that probability.

    In whole numbers up to 1,000 tosses; beyond by the incomplete beta function, found by bisection.

    Examples
    --------
    >>> fair_coin_tail(10, Fraction(1, 40)), fair_coin_tail(1_000_000, Fraction(1, 40))[0]
    ((2, 0.0107421875), 499020)
    """
    if n > MANY_TOSSES:
        return _tail_of_many(n, float(level))
    rank, outside, ways, allowed = 0, 0, 1, level * 2**n
    while outside + ways <= allowed:
        outside, ways, rank = outside + ways, ways * (n - rank) // (rank + 1), rank + 1
    return rank, outside / 2**n


def _tail_of_many(n: int, level: float) -> tuple[int, float]:
    low, p, high = 0, 0.0, n + 1
    while high - low > 1:
        middle = (low + high) // 2
        below = binomial_tail(n, 0.5, n - middle + 1)  # as probable as so many tails
        low, p, high = (middle, below, high) if below <= level else (low, p, middle)
    return low, p


def binomial_tail(n: int, share: float, at_least: int) -> float:
    """P(Bin(n, share) ≥ at_least) by the incomplete beta function; ``at_least`` is from 1 to n."""
    from scipy.special import betainc

    return float(betainc(at_least, n - at_least + 1, share))


def fair_coin_share(n: int, k: int) -> float:
    """Probability of k heads in n tosses: rounded once up to 1,000 tosses, beyond by Stirling's series.

    Examples
    --------
    >>> fair_coin_share(4, 2), round(fair_coin_share(1_000_000, 500_000), 15)
    (0.375, 0.000797884361332)
    """
    rare = min(k, n - k)
    if n <= MANY_TOSSES or rare < MANY_TOSSES // 10:
        ways, all_ways = comb(n, rare), 1 << n
        return ways / all_ways
    tilt = (2 * k - n) / n
    distance = k * log1p(tilt) + (n - k) * log1p(-tilt)
    series = _stirling(n) - _stirling(k) - _stirling(n - k)
    return exp(series - distance) * sqrt(n / (2 * pi * k * (n - k)))


def _stirling(n: int) -> float:
    """What log n! has beyond Stirling's formula; n is large."""
    return 1 / (12 * n) - 1 / (360 * n**3)


@lru_cache(maxsize=512)
def fair_coins(n: int) -> Floats:
    """Probability of each number of heads in n tosses, every one rounded once.

    Examples
    --------
    >>> fair_coins(2).tolist()
    [0.25, 0.5, 0.25]
    """
    return np.array([comb(n, k) / 2**n for k in range(n + 1)])


def doubled_mid_ranks(ties: Ints) -> Ints:
    """Twice the mid-rank of each category, from the number of ratings tied in it.

    Examples
    --------
    >>> doubled_mid_ranks(np.array([2, 0, 1]))
    array([3, 5, 6])
    """
    return np.asarray(2 * ties.cumsum(-1) - ties + 1)


def tie_term(ties: Ints) -> int:
    """Σ (t³ − t): how much ties take from the variance of ranks."""
    return sum(t**3 - t for t in ties.tolist())  # Python's integers: a cube of two million is too large for 64 bits


def f_p(f: float, df1: float, df2: float) -> float:
    """P(F ≥ f) of the F distribution."""
    from scipy.special import fdtrc

    return float(fdtrc(df1, df2, f))


def f_quantile(p: float, df1: float, df2: float) -> float:
    """Quantile of the F distribution."""
    from scipy.special import fdtri

    return float(fdtri(df1, df2, p))


def t_quantile(p: float, df: float) -> float:
    """Quantile of Student's t distribution."""
    from scipy.special import stdtrit

    return float(stdtrit(df, p))
