"""Reliability of ratings as measurements: intraclass correlations and Cronbach's α (METHOD 8.2)."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import AT_MOST_1, Bounded
from delphi.statistics.base.measure import Floats, as_counts, figure, figure_within, undefined
from delphi.statistics.base.panel_matrix import Block, complete_block
from delphi.statistics.base.result import Reason, Result
from delphi.statistics.base.tails import f_quantile


@dataclass(frozen=True, slots=True)
class Icc(Bounded):
    """Six intraclass correlations of ``n`` statements and ``k`` panelists, and an interval of ICC(2,1)."""

    icc1: float | None
    icc2: float | None
    icc3: float | None
    icc1k: float | None
    icc2k: float | None
    icc3k: float | None
    icc2_low: float | None
    icc2_high: float | None
    n: int
    k: int
    dropped: int = 0
    reason: Reason | None = None


@dataclass(frozen=True)
class _MeanSquares:
    rows: float
    columns: float
    error: float
    within: float


def _mean_squares(x: Floats) -> _MeanSquares:
    n, k = x.shape
    x = x - x.mean()
    rows, columns = k * float((x.mean(1) ** 2).sum()), n * float((x.mean(0) ** 2).sum())
    residual = x - x.mean(1, keepdims=True) - x.mean(0)
    error = float((residual**2).sum())
    within = float(((x - x.mean(1, keepdims=True)) ** 2).sum())
    return _MeanSquares(rows / (n - 1), columns / (k - 1), error / ((n - 1) * (k - 1)), within / (n * (k - 1)))


def _ratio(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if abs(denominator) > 1e-12 else None


def _undefined_because(block: Block) -> Reason | None:
    k, n = block.matrix.shape
    if n and not k:
        return Reason.NO_COMPLETE_CASES if block.panelists_dropped else Reason.NO_RATINGS
    if k < 2:
        return Reason.M_BELOW_2
    if n < 2:
        return Reason.N_BELOW_2
    return Reason.NO_VARIATION if (block.matrix == block.matrix[0, 0]).all() else None


def icc(ratings: ArrayLike, *, conf: float = 0.95) -> Icc:
    """Intraclass correlations of Shrout and Fleiss, all six forms.

    Parameters
    ----------
    ratings
        Panelists × statements; panelists with gaps are left out (``dropped``).
    conf
        Level of the interval of ICC(2,1).

    Returns
    -------
    Icc
        Each form may be negative, and None where its denominator is 0. ``m_below_2``, ``n_below_2``,
        ``no_complete_cases``; ``no_variation`` when all ratings are equal.

    Notes
    -----
    With the mean squares of rows (statements), columns (panelists), residual E and within rows W: ICC(1) =
    (R − W)/(R + (k−1)W), ICC(2,1) = ICC(A,1) = (R − E)/(R + (k−1)E + k(C − E)/n), ICC(3,1) = (R − E)/(R + (k−1)E);
    of k panelists' means: (R − W)/R, (R − E)/(R + (C − E)/n), (R − E)/R.

    References
    ----------
    .. [1] Shrout PE, Fleiss JL. Intraclass correlations: uses in assessing rater reliability. Psychol Bull
           1979;86:420-428. doi:10.1037/0033-2909.86.2.420
    .. [2] McGraw KO, Wong SP. Forming inferences about some intraclass correlation coefficients. Psychol Methods
           1996;1:30-46. doi:10.1037/1082-989X.1.1.30

    Examples
    --------
    >>> icc([[1, 2, 3], [2, 3, 4]]).icc3
    1.0
    """
    block = complete_block(ratings)
    x, reason = block.matrix.T, _undefined_because(block)
    (n, k), dropped = x.shape, block.panelists_dropped
    if reason:
        return Icc(None, None, None, None, None, None, None, None, n, k, dropped, reason)
    m = _mean_squares(x)
    r, c, e, w = m.rows, m.columns, m.error, m.within
    low, high = _interval(m, n, k, conf)
    return Icc(
        icc1=_ratio(r - w, r + (k - 1) * w),
        icc2=_ratio(r - e, r + (k - 1) * e + k * (c - e) / n),
        icc3=_ratio(r - e, r + (k - 1) * e),
        icc1k=_ratio(r - w, r),
        icc2k=_ratio(r - e, r + (c - e) / n),
        icc3k=_ratio(r - e, r),
        icc2_low=low,
        icc2_high=high,
        n=n,
        k=k,
        dropped=dropped,
    )


def _interval(m: _MeanSquares, n: int, k: int, conf: float) -> tuple[float | None, float | None]:
    """Interval of ICC(2,1) after Shrout and Fleiss; none without residual variation or degrees of freedom."""
    r, c, e = m.rows, m.columns, m.error
    rho = _ratio(r - e, r + (k - 1) * e + k * (c - e) / n)
    if e < 1e-12 or rho is None:
        return None, None
    f, rest = c / e, n * (1 + (k - 1) * rho) - k * rho
    v = _ratio((k - 1) * (n - 1) * (k * rho * f + rest) ** 2, (n - 1) * (k * rho * f) ** 2 + rest**2)
    if v is None:
        return None, None
    f_upper, f_lower = f_quantile((1 + conf) / 2, n - 1, v), f_quantile((1 + conf) / 2, v, n - 1)
    if not (isfinite(f_upper) and isfinite(f_lower)):
        return None, None
    spread = k * c + (k * n - k - n) * e
    return _ratio(n * (r - f_upper * e), f_upper * spread + n * r), _ratio(
        n * (f_lower * r - e), spread + n * f_lower * r
    )


@figure_within(AT_MOST_1)
def cronbach_alpha(ratings: ArrayLike) -> Result:
    """Cronbach's α with the panelists as the test's items; it grows with their number and is no consensus measure.

    Parameters
    ----------
    ratings
        Panelists × statements; panelists with gaps are left out.

    Returns
    -------
    Result
        n is the number of panelists kept. ``m_below_2``, ``n_below_2``, ``no_complete_cases``, ``no_variation``.

    Notes
    -----
    k/(k−1) (1 − Σ s_j²/s_total²), equal to ICC(3,k) on complete data.

    References
    ----------
    .. [1] Cronbach LJ. Coefficient alpha and the internal structure of tests. Psychometrika 1951;16:297-334.
           doi:10.1007/BF02310555

    Examples
    --------
    >>> cronbach_alpha([[1, 2, 3], [2, 3, 4]]).value
    1.0
    """
    block = complete_block(ratings)
    k, reason = len(block.matrix), _undefined_because(block)
    if reason:
        return undefined(reason, k)
    total = float(block.matrix.sum(0).var(ddof=1))
    alpha = _ratio(k / (k - 1) * (total - float(block.matrix.var(axis=1, ddof=1).sum())), total)
    return undefined(Reason.NO_VARIATION, k) if alpha is None else figure(alpha, k)


@figure_within(AT_MOST_1)
def test_retest_icc(transitions: ArrayLike) -> Result:
    """Test–retest reliability of one statement: ICC(A,1) between the ratings of two rounds.

    Parameters
    ----------
    transitions : (K, K)
        Transition table.

    Returns
    -------
    Result
        ``no_paired_ratings``, ``n_below_2``, ``no_variation``.

    Notes
    -----
    ICC(2,1) of `icc` with the panelists as targets and the two rounds as raters.

    Examples
    --------
    >>> test_retest_icc([[2, 0], [0, 2]]).value
    1.0
    """
    t = as_counts(transitions)
    n, (i, j) = int(t.sum()), np.indices(t.shape)
    if n < 2:
        return undefined(Reason.N_BELOW_2 if n else Reason.NO_PAIRED_RATINGS, n)
    (sums, both), (moves, apart) = ((int((d * t).sum()), int((d * d * t).sum())) for d in (i + j, j - i))
    # mean squares of panelists, rounds and the rest, times 2n(n − 1): integers
    rows, columns, error = n * both - sums**2, (n - 1) * moves**2, n * apart - moves**2
    whole = n * (rows + error) + 2 * (columns - error)
    return figure(n * (rows - error) / whole, n) if whole else undefined(Reason.NO_VARIATION, n)
