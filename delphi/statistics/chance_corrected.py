"""Chance-corrected agreement over many statements, from their counts: Gwet, Fleiss, Brennan–Prediger (METHOD 8.1)."""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.measure import Floats, Ints, as_counts, undefined
from delphi.statistics.panel_matrix import as_matrix
from delphi.statistics.result import Flag, Reason, Result
from delphi.statistics.tails import t_quantile

Weights = Literal["identity", "linear", "quadratic", "ordinal"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A chance-corrected coefficient with its standard error and interval (statements as the sample)."""

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
class _Chance:
    """Expected agreement by chance, overall and for each statement (None: it does not vary)."""

    overall: float
    by_item: Floats | None


def _agreement(
    counts: ArrayLike, weights: Weights, conf: float, chance: Callable[[Ints, Floats, Floats], _Chance]
) -> Agreement:
    r = as_counts(counts)
    r = r[r.sum(1) > 0]
    n, raters = len(r), r.sum(1)
    reason = _why_not(r)
    if reason:
        return Agreement(None, None, None, None, None, None, n, reason)
    w, paired = agreement_weights(weights, r.shape[1]), raters >= 2
    within = np.zeros(n)
    within[paired] = ((r * (r @ w - 1)).sum(1) / (raters * (raters - 1)).clip(1))[paired]
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
    if expected.by_item is not None:
        items = items - 2 * (1 - value) * (expected.by_item - pe) / (1 - pe)
    se = sqrt(float(((items - value) ** 2).sum()) / (n * (n - 1)))
    half = t_quantile((1 + conf) / 2, n - 1) * se
    return Agreement(value, se, value - half, min(value + half, 1.0), pa, pe, n)


def _why_not(r: Ints) -> Reason | None:
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

    def chance(r: Ints, w: Floats, pi: Floats) -> _Chance:
        scale = float(w.sum()) / (len(pi) * (len(pi) - 1))
        by_item = scale * (r @ (1 - pi)) / r.sum(1)
        return _Chance(scale * float((pi * (1 - pi)).sum()), by_item)

    return _agreement(counts, weights, conf, chance)


def fleiss_general(counts: ArrayLike, weights: Weights = "identity", *, conf: float = 0.95) -> Agreement:
    """Fleiss' κ in Gwet's general form: weights and unequal numbers of ratings are allowed.

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
        ``no_variation`` when chance agreement is 1; ``no_ratings``, ``no_pairable_values``, ``single_item``.

    Notes
    -----
    (pa − pe)/(1 − pe) with pe = Σ w_kl π_k π_l.

    References
    ----------
    .. [1] Gwet KL. Handbook of Inter-Rater Reliability. 4th ed. Gaithersburg, MD: Advanced Analytics; 2014.

    Examples
    --------
    >>> round(fleiss_general([[4, 0], [2, 1], [0, 3]]).value, 3)
    0.55
    """

    def chance(r: Ints, w: Floats, pi: Floats) -> _Chance:
        return _Chance(float(pi @ w @ pi), r @ (w @ pi) / r.sum(1))

    return _agreement(counts, weights, conf, chance)


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

    def chance(r: Ints, w: Floats, pi: Floats) -> _Chance:  # noqa: ARG001 - same signature as its siblings
        return _Chance(float(w.sum()) / w.size, None)

    return _agreement(counts, weights, conf, chance)


def fleiss_kappa(counts: ArrayLike, *, conf: float = 0.95) -> Agreement:
    """Fleiss' κ in its classic form, for equal numbers of ratings.

    Parameters
    ----------
    counts : (J, K)
        Ratings of each statement in each declared category.
    conf
        Level of the interval.

    Returns
    -------
    Agreement
        ``unequal_raters`` if the numbers of ratings differ (use `fleiss_general`, `gwet_ac` or
        `krippendorff_alpha`); ``no_variation`` when chance agreement is 1.

    Notes
    -----
    (P − pe)/(1 − pe) with P the mean of Σf(f−1)/(m(m−1)) and pe = Σ p_k².

    References
    ----------
    .. [1] Fleiss JL. Measuring nominal scale agreement among many raters. Psychol Bull 1971;76:378-382.
           doi:10.1037/h0031619

    Examples
    --------
    >>> fleiss_kappa([[4, 0], [2, 1]]).reason.value
    'unequal_raters'
    """
    raters = as_counts(counts).sum(1)
    if len(raters) and raters.min() != raters.max():
        return Agreement(None, None, None, None, None, None, len(raters), Reason.UNEQUAL_RATERS)
    return fleiss_general(counts, conf=conf)


def conger_kappa(ratings: ArrayLike, values: ArrayLike, weights: Weights = "identity") -> Result:
    """Conger's κ, the extension of Cohen's κ to many panelists with gaps; value only.

    Parameters
    ----------
    ratings
        Panelists × statements; None and NaN are gaps.
    values : (K,)
        The declared categories.
    weights
        "identity", "linear", "quadratic" or "ordinal".

    Returns
    -------
    Result
        ``no_ratings``, ``no_pairable_values``, ``single_item``, ``m_below_2``, ``no_variation``.

    Notes
    -----
    With panelist g's shares p_gk, their mean p̄_k and covariance s²_kl (divisor m − 1):
    pe = Σ w_kl (p̄_k p̄_l − s²_kl/m).

    References
    ----------
    .. [1] Conger AJ. Integration and generalization of kappas for multiple raters. Psychol Bull 1980;88:322-328.
           doi:10.1037/0033-2909.88.2.322

    Examples
    --------
    >>> conger_kappa([[1, 2, 2], [1, 2, 2]], [1, 2]).value
    1.0
    """
    chosen = (as_matrix(ratings)[:, :, None] == np.asarray(values, dtype=np.float64)).astype(np.int64)
    given = chosen.sum((1, 2))
    by_panelist = chosen[given > 0].sum(1) / given[given > 0, None]
    counts = chosen.sum(0)
    observed = brennan_prediger(counts, weights)  # for pa and the reasons they share
    if observed.pa is None or len(by_panelist) < 2:
        return undefined(observed.reason or Reason.M_BELOW_2, observed.n)
    w, mean = agreement_weights(weights, counts.shape[1]), by_panelist.mean(0)
    covariance = np.cov(by_panelist, rowvar=False)
    pe = float((w * (np.outer(mean, mean) - covariance / len(by_panelist))).sum())
    if 1 - pe < 1e-12:
        return undefined(Reason.NO_VARIATION, observed.n)
    return Result((observed.pa - pe) / (1 - pe), observed.n)
