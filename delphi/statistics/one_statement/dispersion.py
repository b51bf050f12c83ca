"""Agreement of one statement seen as spread: pairs, deviations, shape, camps (METHOD 6). Never a verdict."""

from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import AT_MOST_1, NOT_NEGATIVE, UNIT
from delphi.statistics.base.exact import Threshold, per_cent
from delphi.statistics.base.measure import Floats, Ints, as_floats, as_values, measure
from delphi.statistics.one_statement.description import squared_deviations
from delphi.statistics.one_statement.quantiles import HALF, scaled_quantile


@measure(least=2, within=UNIT)
def pairwise_agreement(f: Ints) -> Floats:
    """Share of pairs of panelists who gave the same rating (PWA); it ignores the order of the categories.

    Parameters
    ----------
    f : (K,)
        Ratings in each category; (..., K) for ``pairwise_agreement.table``.

    Returns
    -------
    Result
        ``n_below_2`` for a single rating.

    Notes
    -----
    Σ f_i(f_i − 1) / (n(n − 1)).

    References
    ----------
    .. [1] Birko S, Dove ES, Özdemir V. Evaluation of nine consensus indices in Delphi foresight research and their
           dependency on Delphi survey characteristics. PLoS One 2015;10:e0135162. doi:10.1371/journal.pone.0135162

    Examples
    --------
    >>> pairwise_agreement([5, 0, 0, 0, 5]).value
    0.4444444444444444
    """
    n = f.sum(-1)
    return np.asarray((f * (f - 1)).sum(-1) / (n * (n - 1)), dtype=np.float64)


@measure(least=2, within=AT_MOST_1)
def r_wg(f: Ints) -> Floats:
    """Within-group agreement r_wg of James, Demaree and Wolf against a uniform null.

    Parameters
    ----------
    f : (K,)
        Ratings in each category of a scale with step 1; (..., K) for ``r_wg.table``.

    Returns
    -------
    Result
        1 unanimous, 0 as spread as chance; may be negative, and is kept so. ``n_below_2`` for a single rating.

    Notes
    -----
    1 − s² / ((K² − 1)/12).

    References
    ----------
    .. [1] James LR, Demaree RG, Wolf G. Estimating within-group interrater reliability with and without response
           bias. J Appl Psychol 1984;69:85-98. doi:10.1037/0021-9010.69.1.85

    Examples
    --------
    >>> r_wg([3, 0, 0, 0, 3]).value
    -1.4
    """
    n, k = f.sum(-1), f.shape[-1]
    return np.asarray(1 - 12 * as_floats(squared_deviations(f)) / (n * (n - 1) * (k**2 - 1)), dtype=np.float64)


@measure(within=NOT_NEGATIVE)
def ad_median(f: Ints, values: ArrayLike | None = None) -> Floats:
    """Average deviation from the median; the customary bound for agreement is K/6.

    Parameters
    ----------
    f : (K,)
        Ratings in each category; (..., K) for ``ad_median.table``.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.

    Notes
    -----
    Σ f_i abs(v_i − median) / n.

    References
    ----------
    .. [1] Burke MJ, Dunlap WP. Estimating interrater agreement with the average deviation index: a user's guide.
           Organ Res Methods 2002;5:159-172.

    Examples
    --------
    >>> ad_median([3, 0, 0, 0, 3]).value
    2.0
    """
    v = as_values(values, f.shape[-1])
    scaled, d = scaled_quantile(f, HALF, 7, v)
    return np.asarray((f * np.abs(v * d - scaled[..., None])).sum(-1) / (d * f.sum(-1)), dtype=np.float64)


@measure(within=UNIT)
def one_minus_relative_sd(f: Ints) -> Floats:
    """One minus the SD relative to its maximum; print the formula, "consensus index" has no single meaning.

    Parameters
    ----------
    f : (K,)
        Ratings in each category of a scale with step 1; (..., K) for ``one_minus_relative_sd.table``.

    Notes
    -----
    1 − σ/(d/2) with the population SD σ: 1 unanimous, 0 half at each end.

    Examples
    --------
    >>> one_minus_relative_sd([3, 0, 0, 0, 3]).value
    0.0
    """
    return np.asarray(
        1 - 2 * np.sqrt(as_floats(squared_deviations(f))) / (f.sum(-1) * (f.shape[-1] - 1)), dtype=np.float64
    )


@measure(least=4, within=UNIT)
def bimodality_coefficient(f: Ints, values: ArrayLike | None = None) -> Floats:
    """Sarle's bimodality coefficient; above 5/9 hints at two modes, and as often only at a skew: never alone.

    Parameters
    ----------
    f : (K,)
        Ratings in each category; (..., K) for ``bimodality_coefficient.table``.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.

    Returns
    -------
    Result
        ``n_below_4``; ``no_variation`` when all ratings are equal.

    Notes
    -----
    (G1² + 1) / (G2 + 3(n−1)²/((n−2)(n−3))) with the bias-corrected skewness G1 and excess kurtosis G2.

    References
    ----------
    .. [1] Pfister R, Schwarz KA, Janczyk M, Dale R, Freeman JB. Good things peak in pairs: a note on the bimodality
           coefficient. Front Psychol 2013;4:700. doi:10.3389/fpsyg.2013.00700

    Examples
    --------
    >>> bimodality_coefficient([10, 0, 0, 0, 10]).value > 5 / 9
    True
    """
    n = f.sum(-1)
    skewness, kurtosis = sample_shape(f, values)
    return np.asarray((skewness**2 + 1) / (kurtosis + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))), dtype=np.float64)


def sample_shape(f: Ints, values: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """Bias-corrected skewness G1 and excess kurtosis G2 of each row; NaN where undefined."""
    v, n = as_values(values, f.shape[-1]), f.sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = v - ((f @ v) / n)[..., None]
        m2, m3, m4 = ((f * deviations**power).sum(-1) / n for power in (2, 3, 4))
        # an exact test of "all equal": the float moments need not come out as 0
        m2 = np.where(as_floats(squared_deviations(f, v)) == 0, np.nan, m2)
        g1, g2 = m3 / m2**1.5, m4 / m2**2 - 3
        return g1 * np.sqrt(n * (n - 1)) / (n - 2), (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)


def two_camps(counts: ArrayLike, low: Collection[int], high: Collection[int], share: Threshold = "25") -> bool | None:
    """Say whether both ends of the scale hold a camp: at least a share of the ratings low and as much high.

    Parameters
    ----------
    counts : (K,)
        Ratings in each category.
    low, high
        Positions (0 … K−1) of the categories of the low and of the high zone.
    share
        Size of a camp in per cent of n.

    Returns
    -------
    bool or None
        None without ratings.

    Examples
    --------
    >>> two_camps([4, 0, 0, 6], low={0, 1}, high={2, 3}), two_camps([0, 0, 0, 0], {0}, {3})
    (True, None)
    """
    f = np.asarray(counts, dtype=np.int64)
    n, t = int(f.sum()), per_cent(share)
    if n == 0:
        return None
    return all(100 * int(f[sorted(zone)].sum()) >= t * n for zone in (low, high))
