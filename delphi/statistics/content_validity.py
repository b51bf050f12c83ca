"""Content validity of items (METHOD 4.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np

from delphi.statistics.measure import Floats, Ints, figure, measure, undefined
from delphi.statistics.result import Reason, Result


def cvr(k: int, n: int) -> Result:
    """Lawshe's content validity ratio.

    Parameters
    ----------
    k
        Panelists who called the item essential.
    n
        Panelists who judged it.

    Returns
    -------
    Result
        −1 (none) over 0 (half) to 1 (all); ``no_ratings`` if n = 0.

    Notes
    -----
    (k − n/2) / (n/2).

    References
    ----------
    .. [1] Lawshe CH. A quantitative approach to content validity. Pers Psychol 1975;28:563-575.
           doi:10.1111/j.1744-6570.1975.tb01393.x

    Examples
    --------
    >>> cvr(8, 9).value
    0.7777777777777778
    """
    return figure((2 * k - n) / n, n) if n else undefined(Reason.NO_RATINGS)


@dataclass(frozen=True, slots=True)
class CriticalValue:
    """Smallest number of "essential" judgements above chance, its CVR and its one-sided p."""

    count: int | None
    cvr: float | None
    p: float | None
    n: int
    reason: Reason | None = None


def cvr_critical(n: int, alpha: str = "0.05") -> CriticalValue:
    """Critical value of the content validity ratio from the exact binomial distribution.

    Parameters
    ----------
    n
        Panelists who judged the item.
    alpha
        One-sided level.

    Returns
    -------
    CriticalValue
        ``no_attainable_critical_value`` if even all n judgements are within chance (n ≤ 4 at 0.05).

    Notes
    -----
    The smallest k with P(Bin(n, ½) ≥ k) ≤ α. Compare counts, k ≥ ``count``: a printed critical CVR is rounded,
    and 8 of 9 would fail against 0.778.

    References
    ----------
    .. [1] Ayre C, Scally AJ. Critical values for Lawshe's content validity ratio: revisiting the original methods of
           calculation. Meas Eval Couns Dev 2014;47:79-86. doi:10.1177/0748175613513808

    Examples
    --------
    >>> cvr_critical(9).count, cvr_critical(4).reason.value
    (8, 'no_attainable_critical_value')
    """
    limit, tail, critical = Fraction(alpha) * 2**n, 0, None
    for k in range(n, -1, -1):
        if tail + comb(n, k) > limit:
            break
        tail, critical = tail + comb(n, k), k
    if critical is None:
        return CriticalValue(None, None, None, n, Reason.NO_ATTAINABLE_CRITICAL_VALUE)
    return CriticalValue(critical, (2 * critical - n) / n, tail / 2**n, n)


def cvr_significant(k: int, n: int, alpha: str = "0.05") -> bool | None:
    """Say whether k of n is above chance; None where no number of judgements would be.

    Examples
    --------
    >>> cvr_significant(8, 9), cvr_significant(4, 4)
    (True, None)
    """
    critical = cvr_critical(n, alpha).count
    return None if critical is None else k >= critical


def cvi_lawshe(retained: Sequence[tuple[int, int]]) -> Result:
    """Lawshe's content validity index: mean CVR of the retained items.

    Parameters
    ----------
    retained
        (k, n) of each retained item; items with n = 0 are left out.

    References
    ----------
    .. [1] Lawshe CH. A quantitative approach to content validity. Pers Psychol 1975;28:563-575.
           doi:10.1111/j.1744-6570.1975.tb01393.x

    Examples
    --------
    >>> cvi_lawshe([(9, 10), (10, 10)]).value
    0.9
    """
    return _mean([Fraction(2 * k - n, n) for k, n in retained if n])


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
    """Probability that exactly k of n judges rate relevant by chance: C(n, k)·½^n."""
    return Fraction(comb(n, k), 2**n)


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
    return _mean([Fraction(k, n) for k, n in items if n])


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
    return _mean([Fraction(k == n) for k, n in items if n])


def _mean(shares: Sequence[Fraction]) -> Result:
    if not shares:
        return undefined(Reason.NO_RATINGS)
    return figure(float(sum(shares, Fraction(0)) / len(shares)), len(shares))


@measure()
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
