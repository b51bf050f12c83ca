"""Whether ratings of two rounds are related: individual stability of the same panelists (METHOD 7.2)."""

from numpy.typing import ArrayLike

from delphi.statistics.base.result import Reason
from delphi.statistics.base.tails import chi_square_p
from delphi.statistics.change.square_tables import ChiSquare
from delphi.statistics.groups.association import chi_square, fisher_exact_rxc, undefined_because, without_empty


def chaffin_talley(transitions: ArrayLike) -> ChiSquare:
    """Chaffin and Talley's individual stability: χ² test of independence between two rounds.

    Parameters
    ----------
    transitions : (K, K)
        Transition table; empty rows and columns are dropped.

    Returns
    -------
    ChiSquare
        Stability means *rejecting* independence: the test answers "related?", not "unchanged?". ``p_exact`` is
        Fisher's. ``no_paired_ratings``; ``no_variation`` if one row or column is left.

    Notes
    -----
    Σ (O − E)²/E with df = (rows − 1)(columns − 1).

    References
    ----------
    .. [1] Chaffin WW, Talley WK. Individual stability in Delphi studies. Technol Forecast Soc Change 1980;16:67-73.

    Examples
    --------
    >>> chaffin_talley([[4, 1, 0], [1, 5, 2], [0, 1, 6]]).df
    4
    """
    t = without_empty(transitions)
    n, reason = int(t.sum()), undefined_because(t)
    if reason:
        return ChiSquare(None, None, None, n, reason=reason if n else Reason.NO_PAIRED_RATINGS)
    statistic, df, exact = chi_square(t), (t.shape[0] - 1) * (t.shape[1] - 1), fisher_exact_rxc(t)
    return ChiSquare(statistic, df, chi_square_p(statistic, df), n, exact.p, flags=exact.flags)
