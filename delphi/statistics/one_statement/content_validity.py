"""Content validity of items (METHOD 4.7)."""

from collections.abc import Sequence
from fractions import Fraction
from math import comb

import numpy as np

from delphi.statistics.base.bounds import SIGNED, UNIT
from delphi.statistics.base.measure import Floats, Ints, figure, figure_within, measure, undefined
from delphi.statistics.base.result import Reason, Result
from delphi.statistics.base.tails import MANY_TOSSES, fair_coin_share


@figure_within(UNIT)
def i_cvi(k: int, n: int) -> Result:
    """Item content validity index: share of judges who rated the item relevant (3 or 4 of 4).

    Parameters
    ----------
    k
        Judges who rated the item relevant.
    n
        Judges who rated it.

    References
    ----------
    .. [1] Polit DF, Beck CT, Owen SV. Is the CVI an acceptable indicator of content validity? Appraisal and
           recommendations. Res Nurs Health 2007;30:459-467. doi:10.1002/nur.20199

    Examples
    --------
    >>> i_cvi(4, 5).value
    0.8
    """
    return figure(k / n, n) if n else undefined(Reason.NO_RATINGS)


def chance_agreement(k: int, n: int) -> Fraction:
    """Probability that exactly k of n judges rate relevant by chance: C(n, k)·½^n; a rounded float beyond n = 1,000."""
    return Fraction(comb(n, k), 2**n) if n <= MANY_TOSSES else Fraction(fair_coin_share(n, k))


@figure_within(SIGNED)
def modified_kappa(k: int, n: int) -> Result:
    """Item content validity index corrected for chance: modified kappa k*.

    Parameters
    ----------
    k
        Judges who rated the item relevant.
    n
        Judges who rated it.

    Returns
    -------
    Result
        Customary reading: fair from 0.40, good from 0.60, excellent above 0.74. ``no_ratings`` if n = 0.

    Notes
    -----
    (I-CVI − pc) / (1 − pc) with pc = C(n, k)·½^n.

    References
    ----------
    .. [1] Polit DF, Beck CT, Owen SV. Is the CVI an acceptable indicator of content validity? Appraisal and
           recommendations. Res Nurs Health 2007;30:459-467. doi:10.1002/nur.20199

    Examples
    --------
    >>> round(modified_kappa(4, 5).value, 3)
    0.763
    """
    if n == 0:
        return undefined(Reason.NO_RATINGS)
    pc = chance_agreement(k, n)
    return figure(float((Fraction(k, n) - pc) / (1 - pc)), n)


@figure_within(UNIT)
def s_cvi_ave(items: Sequence[tuple[int, int]]) -> Result:
    """Scale content validity index, averaging: mean I-CVI of the items (n counts items).

    Parameters
    ----------
    items
        (k, n) of each item; items with n = 0 are left out.

    References
    ----------
    .. [1] Polit DF, Beck CT. The content validity index: are you sure you know what's being reported? Critique and
           recommendations. Res Nurs Health 2006;29:489-497. doi:10.1002/nur.20147

    Examples
    --------
    >>> s_cvi_ave([(4, 5), (5, 5)]).value
    0.9
    """
    return mean_of_items([Fraction(k, n) for k, n in items if n])


@figure_within(UNIT)
def s_cvi_ua(items: Sequence[tuple[int, int]]) -> Result:
    """Scale content validity index, universal agreement: share of items that every judge rated relevant.

    Parameters
    ----------
    items
        (k, n) of each item; items with n = 0 are left out.

    References
    ----------
    .. [1] Polit DF, Beck CT. The content validity index: are you sure you know what's being reported? Critique and
           recommendations. Res Nurs Health 2006;29:489-497. doi:10.1002/nur.20147

    Examples
    --------
    >>> s_cvi_ua([(4, 5), (5, 5)]).value
    0.5
    """
    return mean_of_items([Fraction(k == n) for k, n in items if n])


def mean_of_items(shares: Sequence[Fraction]) -> Result:
    """Average a figure over items; ``no_ratings`` if none is left."""
    if not shares:
        return undefined(Reason.NO_RATINGS)
    return figure(float(sum(shares, Fraction(0)) / len(shares)), len(shares))


@measure(within=UNIT)
def aiken_v(f: Ints) -> Floats:
    """Aiken's V: the mean rating on the way from the lowest (0) to the highest category (1).

    Parameters
    ----------
    f : (K,)
        Ratings in each category of a scale with step 1; (..., K) for ``aiken_v.table``.

    Returns
    -------
    Result
        ``no_ratings`` if n = 0.

    Notes
    -----
    Σ (v − lo) f / (n·d).

    References
    ----------
    .. [1] Aiken LR. Three coefficients for analyzing the reliability and validity of ratings. Educ Psychol Meas
           1985;45:131-142. doi:10.1177/0013164485451012

    Examples
    --------
    >>> aiken_v([0, 0, 2, 2]).value
    0.8333333333333334
    """
    k = f.shape[-1]
    return np.asarray((f @ np.arange(k)) / (f.sum(-1) * (k - 1)), dtype=np.float64)
