"""Chance-corrected agreement over many statements, from their counts: Gwet, Fleiss, Brennan–Prediger (METHOD 8.1)."""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, sqrt
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import AT_MOST_1, Bounded
from delphi.statistics.base.measure import Floats, Ints, as_counts
from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.base.tails import t_quantile

Weights = Literal["identity", "linear", "quadratic", "ordinal"]


@dataclass(frozen=True, slots=True)
class Agreement(Bounded):
    """A chance-corrected coefficient with its standard error and interval (statements as the sample)."""

    ranges: ClassVar = {"value": AT_MOST_1, "high": AT_MOST_1}

    value: float | None
    se: float | None
    low: float | None
    high: float | None
    pa: float | None
    pe: float | None
    n: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def agreement_weights(weights: Weights, q: int) -> Floats:
    """Agreement weights of q ordered categories: 1 on the diagonal, falling with the distance.

    Examples
    --------
    >>> agreement_weights("quadratic", 3)[0]
    array([1.  , 0.75, 0.  ])
    """
    distance = np.abs(np.subtract.outer(np.arange(q), np.arange(q)))
    if weights == "identity":
        return np.eye(q)
    if weights == "ordinal":
        return 1 - np.array([comb(i + 1, 2) for i in range(q)])[distance] / comb(q, 2)
    return np.asarray(1 - (distance / (q - 1)) ** {"linear": 1, "quadratic": 2}[weights], dtype=np.float64)


@dataclass(frozen=True)
class Chance:
    """Expected agreement by chance, overall and for each statement (None: it does not vary)."""

    overall: float
    by_item: Floats | None


def agreement(
    counts: ArrayLike, weights: Weights, conf: float, chance: Callable[[Ints, Floats, Floats], Chance]
) -> Agreement:
    """Coefficient of the counts (J, K) for one notion of chance agreement, with its standard error."""
    r = as_counts(counts)
    r = r[r.sum(1) > 0]
    n, raters = len(r), r.sum(1)
    reason = _undefined_because(r)
    if reason:
        return Agreement(None, None, None, None, None, None, n, reason)
    w, paired = agreement_weights(weights, r.shape[1]), raters >= 2
    within = np.where(paired, (r * (r @ w - 1)).sum(1) / (raters * (raters - 1)).clip(1), 0.0)
    pa = float(within[paired].mean())
    # statements with a single rating stay in π but not in pa
    expected = chance(r, w, np.asarray((r / raters[:, None]).mean(0)))
    pe = expected.overall
    if 1 - pe < 1e-12:
        return Agreement(None, None, None, None, pa, pe, n, Reason.NO_VARIATION)
    value = (pa - pe) / (1 - pe)
    if np.count_nonzero(r.sum(0)) == 1:
        return Agreement(value, None, None, None, pa, pe, n, None, (Flag.NO_VARIATION,))
    items = np.where(paired, n / paired.sum() * (within - pe) / (1 - pe), 0.0)
    se = _standard_error(items, value, expected)
    half = t_quantile((1 + conf) / 2, n - 1) * se
    return Agreement(value, se, value - half, min(value + half, 1.0), pa, pe, n)


def _standard_error(items: Floats, value: float, expected: Chance) -> float:
    """Standard error of a coefficient, from the share of each statement in it (statements as the sample)."""
    n, pe = len(items), expected.overall
    if expected.by_item is not None:
        items = items - 2 * (1 - value) * (expected.by_item - pe) / (1 - pe)
    return sqrt(float(((items - value) ** 2).sum()) / (n * (n - 1)))


def _undefined_because(r: Ints) -> Reason | None:
    if not len(r):
        return Reason.NO_RATINGS
    if r.sum(1).max() < 2:
        return Reason.NO_PAIRABLE_VALUES
    return Reason.SINGLE_ITEM if len(r) < 2 else None


def gwet_ac(counts: ArrayLike, weights: Weights = "identity", *, conf: float = 0.95) -> Agreement:
    """Gwet's agreement coefficient: AC1 with identity weights, AC2 with others; gaps are allowed.

    Parameters
    ----------
    counts : (J, K)
        Ratings of each statement in each declared category; the coefficient changes with K, so give all of them.
    weights
        "identity" (AC1), "linear", "quadratic" or "ordinal" (AC2).
    conf
        Level of the interval.

    Returns
    -------
    Agreement
        1 with SE None and flag ``no_variation`` when all ratings are equal; ``no_ratings``, ``no_pairable_values``,
        ``single_item``.

    Notes
    -----
    (pa − pe)/(1 − pe), pe = Σw/(K(K−1)) Σ π_k(1 − π_k); pa averages over statements with two ratings or more, π over
    all. Interval ± t·SE with statements as the sample, cut at 1.

    References
    ----------
    .. [1] Gwet KL. Handbook of Inter-Rater Reliability. 4th ed. Gaithersburg, MD: Advanced Analytics; 2014.

    Examples
    --------
    >>> gwet_ac([[2, 0, 0], [2, 0, 0]]).value
    1.0
    """

    def chance(r: Ints, w: Floats, pi: Floats) -> Chance:
        scale = float(w.sum()) / (len(pi) * (len(pi) - 1))
        by_item = scale * (r @ (1 - pi)) / r.sum(1)
        return Chance(scale * float((pi * (1 - pi)).sum()), by_item)

    return agreement(counts, weights, conf, chance)


def brennan_prediger(counts: ArrayLike, weights: Weights = "identity", *, conf: float = 0.95) -> Agreement:
    """Brennan and Prediger's coefficient: chance means that every category is equally likely.

    Parameters
    ----------
    counts : (J, K)
        Ratings of each statement in each declared category.
    weights
        "identity", "linear", "quadratic" or "ordinal".
    conf
        Level of the interval.

    Returns
    -------
    Agreement
        ``no_ratings``, ``no_pairable_values``, ``single_item``.

    Notes
    -----
    (pa − pe)/(1 − pe) with pe = Σw/K².

    References
    ----------
    .. [1] Brennan RL, Prediger DJ. Coefficient kappa: some uses, misuses, and alternatives. Educ Psychol Meas
           1981;41:687-699. doi:10.1177/001316448104100307

    Examples
    --------
    >>> brennan_prediger([[4, 0], [0, 4]]).value
    1.0
    """

    def chance(r: Ints, w: Floats, pi: Floats) -> Chance:  # noqa: ARG001 - same signature as its siblings
        return Chance(float(w.sum()) / w.size, None)

    return agreement(counts, weights, conf, chance)
