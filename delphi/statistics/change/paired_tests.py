"""Paired tests of a shift between two rounds: signed ranks and signs (METHOD 7.2)."""

from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.base.bounds import Bounded
from delphi.statistics.base.measure import Ints, as_counts
from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.base.tails import doubled_mid_ranks, fair_coin_p, fair_coins, normal_p

EXACT_UP_TO = 300
Zeros = Literal["wilcoxon", "pratt"]


@dataclass(frozen=True, slots=True)
class SignedRank(Bounded):
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


def signed_rank(d: ArrayLike, *, zeros: Zeros = "wilcoxon") -> SignedRank:
    """Wilcoxon's signed-rank test, exact with ties and zeros.

    Parameters
    ----------
    d : (n,)
        Differences, round r + 1 minus round r; `delphi.statistics.change.paired.differences` gives them for a table.
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
    sizes, place, ties = np.unique(np.abs(change), return_inverse=True, return_counts=True)
    up = np.bincount(place[change > 0], minlength=len(sizes))
    return _signed_rank(sizes, ties, up, zeros)


def signed_rank_of_moves(transitions: ArrayLike, *, zeros: Zeros = "wilcoxon") -> SignedRank:
    """`signed_rank` of a transition table: its cost does not depend on the size of the panel.

    Parameters
    ----------
    transitions : (K, K)
        Transition table.
    zeros
        As for `signed_rank`.

    Examples
    --------
    >>> signed_rank_of_moves([[2, 3], [1, 1]]) == signed_rank([0, 0, 1, 1, 1, -1, 0])
    True
    """
    t = as_counts(transitions)
    steps = np.arange(len(t))
    up = np.array([np.trace(t, k) for k in steps])
    ties = up + np.array([np.trace(t, -k) for k in steps]) * (steps > 0)
    return _signed_rank(steps[ties > 0], ties[ties > 0], (up * (steps > 0))[ties > 0], zeros)


def _signed_rank(sizes: NDArray[Any], ties: Ints, up: Ints, zeros: Zeros) -> SignedRank:
    """Test of changes given by their sizes, rising, with the number of each and how many of them are upwards."""
    moved = sizes > 0
    n, kept = int(ties.sum()), int(ties[moved].sum())
    if not kept:
        return _nobody_changed(n)
    ranks = doubled_mid_ranks(ties)[moved] if zeros == "pratt" else doubled_mid_ranks(ties[moved])
    ties, up = ties[moved], up[moved]
    plus, total = int(ranks @ up), int(ranks @ ties)
    # of 2 W⁺ − 2 W⁻, i.e. on twice the doubled scale, from Python's integers
    sigma = sqrt(sum(r * r * t for r, t in zip(ranks.tolist(), ties.tolist(), strict=True)))
    corrected, uncorrected = (normal_p(max(abs(2 * plus - total) - shift, 0) / sigma) for shift in (2, 0))
    exact = kept <= EXACT_UP_TO
    p = min(1.0, 2 * _upper_tail(ranks, ties, max(plus, total - plus))) if exact else corrected
    flags = ((Flag.SMALL_N,) if kept < 6 else ()) + (() if exact else (Flag.ASYMPTOTIC,))
    return SignedRank(plus / 2, (total - plus) / 2, kept, p, corrected, uncorrected, n, None, flags)


def _nobody_changed(n: int) -> SignedRank:
    if n == 0:
        return SignedRank(None, None, 0, None, None, None, 0, Reason.NO_PAIRED_RATINGS)
    return SignedRank(0.0, 0.0, 0, 1.0, 1.0, 1.0, n, None, (Flag.NO_CHANGES,))


def _upper_tail(ranks: Ints, ties: Ints, at_least: int) -> float:
    """P(Σ r_g · Bin(t_g, ½) ≥ at_least), adding positive terms only: nothing cancels.

    The largest group of ties is not listed but met by the upper tail of its binomial distribution.
    """
    order = np.argsort(-ties, kind="stable")
    (largest, *others), size = order.tolist(), int(ranks @ ties) + 1
    sums: NDArray[Any] = np.zeros(1, dtype=np.int64)
    weight: NDArray[Any] = np.ones(1)
    for g in others:
        sums = np.add.outer(sums, ranks[g] * np.arange(ties[g] + 1)).ravel()
        weight = np.multiply.outer(weight, fair_coins(int(ties[g]))).ravel()
        if len(sums) > size:  # some sums are reached in many ways
            ways = np.bincount(sums, weights=weight, minlength=size)
            sums, weight = np.flatnonzero(ways), ways[ways > 0]
    tail = np.append(fair_coins(int(ties[largest]))[::-1].cumsum()[::-1], 0.0)
    needed = -((sums - at_least) // ranks[largest])
    return float(weight @ tail[needed.clip(0, len(tail) - 1)])


@dataclass(frozen=True, slots=True)
class SignTest(Bounded):
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
    return _sign_test(int((change > 0).sum()), int((change < 0).sum()), len(change))


def sign_test_of_moves(transitions: ArrayLike) -> SignTest:
    """`sign_test` of a transition table (K, K).

    Examples
    --------
    >>> sign_test_of_moves([[2, 3], [1, 1]]).up
    3
    """
    t = as_counts(transitions)
    return _sign_test(int(np.triu(t, 1).sum()), int(np.tril(t, -1).sum()), int(t.sum()))


def _sign_test(up: int, down: int, n: int) -> SignTest:
    if n == 0:
        return SignTest(0, 0, None, 0, Reason.NO_PAIRED_RATINGS)
    return SignTest(up, down, fair_coin_p(up + down, up), n, None, () if up + down else (Flag.NO_CHANGES,))
