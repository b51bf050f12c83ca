"""Lawshe's content validity ratio, its critical values and index (METHOD 4.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from delphi.statistics.base.bounds import SIGNED, Bounded
from delphi.statistics.base.measure import figure, figure_within, undefined
from delphi.statistics.base.result import Reason, Result
from delphi.statistics.base.tails import fair_coin_tail
from delphi.statistics.one_statement.content_validity import mean_of_items


@figure_within(SIGNED)
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
class CriticalValue(Bounded):
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
    The smallest k with P(Bin(n, ½) ≥ k) ≤ α, in whole numbers up to n = 1,000, beyond by the incomplete beta function,
    to about 12 digits. Compare counts, k ≥ ``count``: a printed critical CVR is rounded, and 8 of 9 would fail against
    0.778.

    References
    ----------
    .. [1] Ayre C, Scally AJ. Critical values for Lawshe's content validity ratio: revisiting the original methods of
           calculation. Meas Eval Couns Dev 2014;47:79-86. doi:10.1177/0748175613513808

    Examples
    --------
    >>> cvr_critical(9).count, cvr_critical(4).reason.value
    (8, 'no_attainable_critical_value')
    """
    fewer, p = fair_coin_tail(n, Fraction(alpha))  # as many heads as k, or fewer tails than n − k + 1
    if not fewer:
        return CriticalValue(None, None, None, n, Reason.NO_ATTAINABLE_CRITICAL_VALUE)
    critical = n - fewer + 1
    return CriticalValue(critical, (2 * critical - n) / n, p, n)


def cvr_significant(k: int, n: int, alpha: str = "0.05") -> bool | None:
    """Say whether k of n is above chance; None where no number of judgements would be.

    Examples
    --------
    >>> cvr_significant(8, 9), cvr_significant(4, 4)
    (True, None)
    """
    critical = cvr_critical(n, alpha).count
    return None if critical is None else k >= critical


@figure_within(SIGNED)
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
    return mean_of_items([Fraction(2 * k - n, n) for k, n in retained if n])
