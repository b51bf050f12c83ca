"""Numeric estimates: summaries, pooled distributions, IDEA aggregates (METHOD 11.4 to 11.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, fsum, log
from statistics import median as middle

import numpy as np

from delphi.statistics.base.bounds import UNIT
from delphi.statistics.base.measure import figure, figure_within, undefined
from delphi.statistics.base.result import Reason, Result
from delphi.statistics.base.tails import normal_quantile
from delphi.statistics.one_statement.quantiles import HALF, QUARTER, quantile_of_values


@dataclass(frozen=True, slots=True)
class NumericSummary:
    """Summary of a numeric question; ``never`` answers are counted, not averaged."""

    q1: Fraction | None
    median: Fraction | None
    q3: Fraction | None
    geometric_mean: float | None
    minimum: float | None
    maximum: float | None
    n: int
    never: int = 0
    reason: Reason | None = None

    @property
    def share_never(self) -> float | None:
        """Share of "never" among all answers."""
        return self.never / (self.n + self.never) if self.n + self.never else None


def numeric_summary(x: Sequence[float], *, never: int = 0, type: int = 7, logarithmic: bool = False) -> NumericSummary:
    """Summarise best estimates: median, quartiles, geometric mean on a logarithmic question.

    Parameters
    ----------
    x
        Estimates in the unit of the question.
    never
        Panelists who answered "never": a category ordered after every number, not a number.
    type
        Quantile type; with "never" answers it is type 1, so that no figure lies between a number and never.
    logarithmic
        Whether the question is answered on a logarithmic scale.

    Returns
    -------
    NumericSummary
        ``no_ratings`` without answers; a quartile that falls into "never" is None with reason ``censored``.

    Examples
    --------
    >>> numeric_summary([2030, 2035, 2050], never=2).median
    Fraction(2050, 1)
    """
    n, ordered = len(x), sorted(x)
    if n + never == 0:
        return NumericSummary(None, None, None, None, None, None, 0, 0, Reason.NO_RATINGS)
    if never:
        q1, q2, q3 = (_type_1(ordered, n + never, p) for p in (QUARTER, HALF, 1 - QUARTER))
    else:
        q1, q3 = (quantile_of_values(ordered, p, type=type) for p in (QUARTER, 1 - QUARTER))
        q2 = quantile_of_values(ordered, HALF)
    reason = Reason.CENSORED if None in (q1, q2, q3) else None
    geometric = exp(fsum(map(log, ordered)) / n) if logarithmic and n and ordered[0] > 0 else None
    low, high = (float(ordered[0]), float(ordered[-1])) if n else (None, None)
    return NumericSummary(q1, q2, q3, geometric, low, high, n, never, reason)


def _type_1(ordered: Sequence[float], n: int, p: Fraction) -> Fraction | None:
    rank = max(-(-n * p.numerator // p.denominator), 1)
    return Fraction(str(ordered[rank - 1])) if rank <= len(ordered) else None


def valid_estimate(lower: float, best: float, upper: float) -> Reason | None:
    """Say what is wrong with a three-point estimate: ``invalid_quantiles``, or nothing.

    Examples
    --------
    >>> valid_estimate(1, 3, 2).value
    'invalid_quantiles'
    """
    return None if lower <= best <= upper else Reason.INVALID_QUANTILES


def linear_pool(medians: Sequence[float], sigmas: Sequence[float], p: float) -> Result:
    """Quantile of the equally weighted mixture of the experts' log-normal distributions.

    Parameters
    ----------
    medians
        Median of each expert, positive.
    sigmas
        Standard deviation of the logarithm of each expert, positive.
    p
        Probability between 0 and 1.

    Returns
    -------
    Result
        ``no_ratings`` without experts.

    Notes
    -----
    Solves mean_e Φ((ln x − μ_e)/σ_e) = p by bisection between the smallest and the largest expert quantile.

    References
    ----------
    .. [1] Stone M. The opinion pool. Ann Math Stat 1961;32:1339-1342. doi:10.1214/aoms/1177704873

    Examples
    --------
    >>> round(linear_pool([10, 40], [0.5, 0.5], 0.5).value, 6)
    20.0
    """
    from scipy.special import ndtr

    if not len(medians):
        return undefined(Reason.NO_RATINGS)
    mu, sigma = np.log(np.asarray(medians, dtype=np.float64)), np.asarray(sigmas, dtype=np.float64)
    ends = mu + sigma * normal_quantile(p)
    low, high = float(ends.min()), float(ends.max())
    for _ in range(100):  # halves the bracket to the last bit of a float
        centre = (low + high) / 2
        if float(ndtr((centre - mu) / sigma).mean()) < p:
            low = centre
        else:
            high = centre
    return figure(exp((low + high) / 2), len(medians))


def quantile_average(medians: Sequence[float], sigmas: Sequence[float], p: float) -> Result:
    """Average of the experts' log-normal quantiles on the log scale; always narrower than the linear pool.

    Parameters
    ----------
    medians, sigmas, p
        As for `linear_pool`.

    Notes
    -----
    exp(mean_e(μ_e + σ_e z_p)).

    References
    ----------
    .. [1] Lichtendahl KC, Grushka-Cockayne Y, Winkler RL. Is it better to average probabilities or quantiles? Manage
           Sci 2013;59:1594-1611. doi:10.1287/mnsc.1120.1667

    Examples
    --------
    >>> round(quantile_average([10, 40], [0.5, 0.5], 0.5).value, 6)
    20.0
    """
    if not len(medians):
        return undefined(Reason.NO_RATINGS)
    z, n = normal_quantile(p), len(medians)
    total = fsum(log(m) + s * z for m, s in zip(medians, sigmas, strict=True))
    return figure(exp(total / n), n)


def geometric_mean_of_medians(medians: Sequence[float]) -> Result:
    """Geometric mean of the experts' medians.

    Examples
    --------
    >>> round(geometric_mean_of_medians([10, 40]).value, 6)
    20.0
    """
    n = len(medians)
    return figure(exp(fsum(map(log, medians)) / n), n) if n else undefined(Reason.NO_RATINGS)


def median_of_medians(medians: Sequence[float]) -> Result:
    """Median of the experts' medians.

    Examples
    --------
    >>> median_of_medians([10, 40]).value
    25.0
    """
    return figure(middle(medians), len(medians)) if len(medians) else undefined(Reason.NO_RATINGS)


@figure_within(UNIT)
def mean_best(best: Sequence[float]) -> Result:
    """Mean of the best estimates of a probability in per cent, as a probability (IDEA protocol).

    Examples
    --------
    >>> mean_best([60, 80]).value
    0.7
    """
    return figure(fsum(best) / (100 * len(best)), len(best)) if len(best) else undefined(Reason.NO_RATINGS)


@figure_within(UNIT)
def median_best(best: Sequence[float]) -> Result:
    """Median of the best estimates of a probability in per cent, as a probability (IDEA protocol).

    Examples
    --------
    >>> median_best([60, 80, 90]).value
    0.8
    """
    return figure(middle(best) / 100, len(best)) if len(best) else undefined(Reason.NO_RATINGS)
