"""Kappas over many statements: Fleiss' and Conger's (METHOD 8.1)."""

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.agreement.chance_corrected import (
    Agreement,
    Chance,
    Weights,
    agreement,
    agreement_weights,
    brennan_prediger,
)
from delphi.statistics.base.bounds import AT_MOST_1
from delphi.statistics.base.measure import Floats, Ints, as_counts, figure_within, undefined
from delphi.statistics.base.panel_matrix import as_matrix, counts_by_item
from delphi.statistics.base.result import Reason, Result


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

    def chance(r: Ints, w: Floats, pi: Floats) -> Chance:
        return Chance(float(pi @ w @ pi), r @ (w @ pi) / r.sum(1))

    return agreement(counts, weights, conf, chance)


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


@figure_within(AT_MOST_1)
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
    m, each = as_matrix(ratings), np.asarray(values, dtype=np.float64)
    chosen = np.stack([(m == value).sum(1) for value in each], axis=1)
    sizes = chosen.sum(1)
    by_panelist = chosen[sizes > 0] / sizes[sizes > 0, None]
    counts = counts_by_item(m, each)
    observed = brennan_prediger(counts, weights)  # for pa and the reasons they share
    if observed.pa is None or len(by_panelist) < 2:
        return undefined(observed.reason or Reason.M_BELOW_2, observed.n)
    w, mean = agreement_weights(weights, counts.shape[1]), by_panelist.mean(0)
    covariance = np.cov(by_panelist, rowvar=False)
    pe = float((w * (np.outer(mean, mean) - covariance / len(by_panelist))).sum())
    if 1 - pe < 1e-12:
        return undefined(Reason.NO_VARIATION, observed.n)
    return Result((observed.pa - pe) / (1 - pe), observed.n)
