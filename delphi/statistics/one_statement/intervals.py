"""Intervals of a share (METHOD 9.1)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from delphi.statistics.base.bounds import AT_MOST_1, Bounded
from delphi.statistics.base.measure import Floats, Ints
from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.base.tails import normal_quantile


@dataclass(frozen=True, slots=True)
class Interval(Bounded):
    """An interval; both ends None with ``reason`` where there is none."""

    ranges: ClassVar = {"low": AT_MOST_1, "high": AT_MOST_1}

    low: float | None
    high: float | None
    n: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def wilson_interval(k: int, n: int, conf: float = 0.95) -> Interval:
    """Wilson's score interval of a share: the default interval of every share.

    Parameters
    ----------
    k, n
        Panelists in the set, and ratings.
    conf
        Confidence level.

    Returns
    -------
    Interval
        Of the share, 0 to 1; ``no_ratings`` if n = 0.

    Notes
    -----
    (k + z²/2 ± z √(k(n−k)/n + z²/4)) / (n + z²).

    References
    ----------
    .. [1] Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc
           1927;22:209-212. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> result = wilson_interval(8, 10)
    >>> round(result.low, 3), round(result.high, 3)
    (0.49, 0.943)
    """
    if n == 0:
        return Interval(None, None, 0, Reason.NO_RATINGS)
    low, high = wilson_bounds(np.array([k]), np.array([n]), conf)
    return Interval(float(low[0]), float(high[0]), n)


def wilson_bounds(k: Ints, n: Ints, conf: float = 0.95) -> tuple[Floats, Floats]:
    """Bounds of `wilson_interval` for many shares at once; every n is 1 or more.

    Examples
    --------
    >>> [round(float(bound[1]), 3) for bound in wilson_bounds(np.array([10, 8]), np.array([10, 10]))]
    [0.49, 0.943]
    """
    z = normal_quantile((1 + conf) / 2)
    half = z * np.sqrt(k * (n - k) / n + z * z / 4)
    low, high = ((k + z * z / 2 + side) / (n + z * z) for side in (-half, half))
    return np.where(k == 0, 0.0, np.maximum(low, 0.0)), np.where(k == n, 1.0, np.minimum(high, 1.0))


def clopper_pearson_interval(k: int, n: int, conf: float = 0.95) -> Interval:
    """Clopper and Pearson's exact (conservative) interval of a share.

    Parameters
    ----------
    k, n
        Panelists in the set, and ratings.
    conf
        Confidence level.

    Returns
    -------
    Interval
        Of the share, 0 to 1; ``no_ratings`` if n = 0.

    Notes
    -----
    Beta quantiles (α/2; k, n−k+1) and (1−α/2; k+1, n−k); 0 at k = 0 and 1 at k = n.

    References
    ----------
    .. [1] Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of the binomial.
           Biometrika 1934;26:404-413. doi:10.1093/biomet/26.4.404

    Examples
    --------
    >>> round(clopper_pearson_interval(0, 20).high, 4)
    0.1684
    """
    from scipy.special import betaincinv

    if n == 0:
        return Interval(None, None, 0, Reason.NO_RATINGS)
    tail = (1 - conf) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k else 0.0
    return Interval(low, float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0, n)
