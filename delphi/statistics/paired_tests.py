"""Paired tests of a shift between two rounds: signed ranks and signs (METHOD 7.2)."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.measure import Floats, Ints
from delphi.statistics.result import Flag, Reason
from delphi.statistics.tails import doubled_mid_ranks, fair_coin_p, normal_p

EXACT_UP_TO = 300


@dataclass(frozen=True, slots=True)
class SignedRank:
    """Rank sums of the rises and falls; ``p`` exact up to 300 changes, the asymptotic ones beside it."""

    w_plus: float | None
    w_minus: float | None
    n_nonzero: int
    p: float | None
    p_corrected: float | None
    p_uncorrected: float | None
    n: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def signed_rank(d: ArrayLike, *, zeros: Literal["wilcoxon", "pratt"] = "wilcoxon") -> SignedRank:
    """Wilcoxon's signed-rank test, exact with ties and zeros.

    Parameters
    ----------
    d : (n,)
        Differences, round r + 1 minus round r; `delphi.statistics.paired.differences` gives them for a table.
    zeros
        "wilcoxon" drops unchanged ratings before ranking, "pratt" ranks them, then drops them.

    Returns
    -------
    SignedRank
        p = 1 with flag ``no_changes`` when nobody changed; flag ``small_n`` below 6 changes, which cannot reach
        .05; ``asymptotic`` above 300; reason ``no_paired_ratings`` for no pairs.

    Notes
    -----
    W⁺ sums the mid-ranks of abs(d) over d > 0. Given the ranks its distribution is that of Σ B_i r_i with fair coins
    B_i, found by convolution over the integers 2 r_i; p = min(1, 2 P(W ≥ max(W⁺, W⁻))). The asymptotic variance is
    Σr²/4, with and without a continuity correction of ½.

    References
    ----------
    .. [1] Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bull 1945;1:80-83. doi:10.2307/3001968
    .. [2] Pratt JW. Remarks on zeros and ties in the Wilcoxon signed rank procedures. J Am Stat Assoc
           1959;54:655-667. doi:10.1080/01621459.1959.10501526

    Examples
    --------
    >>> signed_rank([0, 0, 1, 1, 1, -1, 2, 2, -2, 3]).p
    0.2421875
    """
    # numeric estimates: 1.30 − 1.29 and 0.01 must tie
    change = np.asarray(np.round(np.asarray(d, dtype=np.float64), 9), dtype=np.float64)
    n, kept = len(change), change[change != 0]
    if not len(kept):
        return _nobody_changed(n)
    ranks = _doubled_ranks(change if zeros == "pratt" else kept)
    ranks = ranks[change != 0] if zeros == "pratt" else ranks
    plus, total = int(ranks[kept > 0].sum()), int(ranks.sum())
    sigma = sqrt((ranks**2).sum())  # of 2 W⁺ − 2 W⁻, i.e. on twice the doubled scale
    corrected, uncorrected = (normal_p(max(abs(2 * plus - total) - shift, 0) / sigma) for shift in (2, 0))
    exact = len(kept) <= EXACT_UP_TO
    p = min(1.0, 2 * _upper_tail(ranks, max(plus, total - plus))) if exact else corrected
    flags = ((Flag.SMALL_N,) if len(kept) < 6 else ()) + (() if exact else (Flag.ASYMPTOTIC,))
    return SignedRank(plus / 2, (total - plus) / 2, len(kept), p, corrected, uncorrected, n, None, flags)


def _nobody_changed(n: int) -> SignedRank:
    if n == 0:
        return SignedRank(None, None, 0, None, None, None, 0, Reason.NO_PAIRED_RATINGS)
    return SignedRank(0.0, 0.0, 0, 1.0, 1.0, 1.0, n, None, (Flag.NO_CHANGES,))


def _doubled_ranks(change: Floats) -> Ints:
    _, place, ties = np.unique(np.abs(change), return_inverse=True, return_counts=True)
    return doubled_mid_ranks(ties)[place]


def _upper_tail(ranks: Ints, at_least: int) -> float:
    """P(Σ B_i r_i ≥ at_least) for fair coins; adding positive terms only, nothing cancels."""
    probability = np.zeros(int(ranks.sum()) + 1)
    probability[0], reached = 1.0, 0
    for rank in ranks.tolist():
        reached += rank
        shifted = probability[: reached - rank + 1].copy()
        probability[: reached + 1] /= 2
        probability[rank : reached + 1] += shifted / 2
    return float(probability[at_least:].sum())


@dataclass(frozen=True, slots=True)
class SignTest:
    """Rises and falls with the exact two-sided p."""

    up: int
    down: int
    p: float | None
    n: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def sign_test(d: ArrayLike) -> SignTest:
    """Sign test of paired differences, exact; unchanged ratings do not count.

    Parameters
    ----------
    d : (n,)
        Differences, round r + 1 minus round r.

    Returns
    -------
    SignTest
        p = 1 with flag ``no_changes`` when nobody changed; reason ``no_paired_ratings`` for no pairs.

    Notes
    -----
    2 P(Bin(n⁺ + n⁻, ½) ≤ min(n⁺, n⁻)), at most 1.

    Examples
    --------
    >>> sign_test([1, 1, 1, -1, 2, 2, -2, 3]).p
    0.2890625
    """
    change = np.asarray(np.round(np.asarray(d, dtype=np.float64), 9), dtype=np.float64)
    up, down, n = int((change > 0).sum()), int((change < 0).sum()), len(change)
    if n == 0:
        return SignTest(0, 0, None, 0, Reason.NO_PAIRED_RATINGS)
    return SignTest(up, down, fair_coin_p(up + down, up), n, None, () if up + down else (Flag.NO_CHANGES,))
