"""Comparing stakeholder groups on one statement, from group × category counts (METHOD 10.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import SIGNED, Bounded
from delphi.statistics.base.measure import Ints, as_counts, as_floats, figure, figure_within, undefined
from delphi.statistics.base.result import Flag, Reason, Result
from delphi.statistics.base.tails import chi_square_p, doubled_mid_ranks, normal_p, tie_term

STATES = 1_000_000


def tally(*samples: ArrayLike) -> Ints:
    """Count several samples of raw values over the values that occur, ready for the rank tests.

    Examples
    --------
    >>> tally([1, 2, 2], [2, 5])
    array([[1, 2, 0], [0, 1, 1]])
    """
    values, place = np.unique(np.concatenate([np.asarray(x) for x in samples]), return_inverse=True)
    ends = np.cumsum([len(np.asarray(x)) for x in samples])
    parts = np.split(place, ends[:-1])
    return np.array([np.bincount(part, minlength=len(values)) for part in parts])


@dataclass(frozen=True, slots=True)
class MannWhitney(Bounded):
    """Mann and Whitney's U of the first group; ``p`` exact where ``flags`` do not say ``asymptotic``."""

    u: float | None
    p: float | None
    p_asymptotic: float | None
    n: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def mann_whitney(x: ArrayLike, y: ArrayLike) -> MannWhitney:
    """Mann–Whitney test of two groups with an exact permutation p, ties included.

    Parameters
    ----------
    x, y : (K,)
        Counts of the two groups over the same ordered categories (`tally` makes them from raw values).

    Returns
    -------
    MannWhitney
        ``empty_group``; p = 1 with flag ``no_variation`` when all ratings are equal; flag ``asymptotic`` where the
        exact table would exceed a million states.

    Notes
    -----
    U_x = R_x − m(m+1)/2 with mid-ranks; p = P(abs(W − E) ≥ abs(w − E)) over all ways to draw m of the N ratings, by
    dynamic programming over the categories. The asymptotic p has the tie-corrected variance and a correction of ½.

    References
    ----------
    .. [1] Mann HB, Whitney DR. On a test of whether one of two random variables is stochastically larger than the
           other. Ann Math Stat 1947;18:50-60. doi:10.1214/aoms/1177730491

    Examples
    --------
    >>> round(mann_whitney(*tally([7, 8, 8, 9, 6, 7, 9], [5, 6, 7, 4, 6, 8])).p, 4)
    0.0618
    """
    f, g = as_counts(x), as_counts(y)
    m, k, ties = int(f.sum()), int(g.sum()), f + g
    if m == 0 or k == 0:
        return MannWhitney(None, None, None, m + k, Reason.EMPTY_GROUP)
    ranks, n = doubled_mid_ranks(ties), m + k
    doubled = int(f @ ranks)
    u = (doubled - m * (m + 1)) / 2
    if np.count_nonzero(ties) == 1:
        return MannWhitney(u, 1.0, 1.0, n, None, (Flag.NO_VARIATION,))
    variance = m * k * (n**3 - n - tie_term(ties)) / (12 * n * (n - 1))
    approximate = normal_p(max(abs(u - m * k / 2) - 0.5, 0) / sqrt(variance))
    exact = _exact_p(ties, ranks, min(m, k), abs(doubled - m * (n + 1)))
    if exact is None:
        return MannWhitney(u, approximate, approximate, n, None, (Flag.ASYMPTOTIC,))
    return MannWhitney(u, exact, approximate, n)


def _exact_p(ties: Ints, ranks: Ints, drawn: int, distance: int) -> float | None:
    """P(abs(2W − 2E) ≥ distance) over all draws of ``drawn`` ratings; both groups have the same distances."""
    n = int(ties.sum())
    largest = drawn * (2 * n - drawn + 1)
    if (drawn + 1) * (largest + 1) > STATES or n > 1000:
        return None
    ways = np.zeros((drawn + 1, largest + 1))
    ways[0, 0] = 1.0
    reach = 0  # no sum of the categories so far, which are in order, is larger
    for t, rank in zip(ties.tolist(), ranks.tolist(), strict=True):
        before = ways[:, : reach + 1].copy()
        for a in range(1, min(t, drawn) + 1):
            shift = min(a * rank, largest + 1)
            width = min(reach + 1, largest + 1 - shift)
            ways[a:, shift : shift + width] += comb(t, a) * before[: drawn + 1 - a, :width]
        reach = min(largest, drawn * rank) if t else reach
    far = np.abs(np.arange(largest + 1) - drawn * (n + 1)) >= distance
    return min(float(ways[drawn, far].sum() / ways[drawn].sum()), 1.0)


@figure_within(SIGNED)
def cliffs_delta(x: ArrayLike, y: ArrayLike) -> Result:
    """Cliff's δ: how much more often the first group rates higher than the second, −1 to 1.

    Parameters
    ----------
    x, y : (K,)
        Counts of the two groups over the same ordered categories.

    Returns
    -------
    Result
        ``empty_group`` if a group has no ratings.

    Notes
    -----
    (#x>y − #x<y)/(mn) = 2U_x/(mn) − 1.

    References
    ----------
    .. [1] Cliff N. Dominance statistics: ordinal analyses to answer ordinal questions. Psychol Bull
           1993;114:494-509. doi:10.1037/0033-2909.114.3.494

    Examples
    --------
    >>> cliffs_delta([0, 0, 3], [2, 0, 1]).value
    0.6666666666666666
    """
    f, g = as_counts(x), as_counts(y)
    m, k = int(f.sum()), int(g.sum())
    if m == 0 or k == 0:
        return undefined(Reason.EMPTY_GROUP, m + k)
    below = g.cumsum() - g
    return figure(int(f @ (below - (k - below - g))) / (m * k), m + k)


@dataclass(frozen=True, slots=True)
class KruskalWallis(Bounded):
    """Tie-corrected H with ε²; ``dropped`` are the positions of groups without ratings."""

    h: float | None
    df: int | None
    p: float | None
    epsilon_squared: float | None
    n: int
    dropped: tuple[int, ...] = ()
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def kruskal_wallis(groups: ArrayLike) -> KruskalWallis:
    """Kruskal–Wallis test of several groups, corrected for ties.

    Parameters
    ----------
    groups : (G, K)
        Counts of each group over the same ordered categories.

    Returns
    -------
    KruskalWallis
        ``empty_group`` with fewer than two groups with ratings; H = 0, p = 1 and flag ``no_variation`` when all
        ratings are equal.

    Notes
    -----
    H = (12/(N(N+1)) Σ R_g²/n_g − 3(N+1)) / (1 − Σ(t³ − t)/(N³ − N)), df = groups − 1, ε² = H/(N − 1).

    References
    ----------
    .. [1] Kruskal WH, Wallis WA. Use of ranks in one-criterion variance analysis. J Am Stat Assoc 1952;47:583-621.
           doi:10.1080/01621459.1952.10483441

    Examples
    --------
    >>> kruskal_wallis(tally([3, 3, 3], [3, 3])).flags
    (<Flag.NO_VARIATION: 'no_variation'>,)
    """
    f = as_counts(groups)
    sizes, n = f.sum(1), int(f.sum())
    dropped = tuple(np.flatnonzero(sizes == 0).tolist())
    f, sizes = f[sizes > 0], sizes[sizes > 0]
    if len(f) < 2:
        return KruskalWallis(None, None, None, None, n, dropped, Reason.EMPTY_GROUP if n else Reason.NO_RATINGS)
    ties = f.sum(0)
    if np.count_nonzero(ties) == 1:
        return KruskalWallis(0.0, len(f) - 1, 1.0, 0.0, n, dropped, None, (Flag.NO_VARIATION,))
    centred = f @ (doubled_mid_ranks(ties) - (n + 1))  # twice the rank sums, centred: exact integers
    h = 3 * (n - 1) * float((as_floats(centred) ** 2 / sizes).sum()) / (n**3 - n - tie_term(ties))
    return KruskalWallis(h, len(f) - 1, chi_square_p(h, len(f) - 1), h / (n - 1), n, dropped)


def adjust_p(p: Sequence[float | None], method: Literal["holm", "bh", "bonferroni"] = "holm") -> list[float | None]:
    """Adjust the p-values of one family of tests; None stays None and does not count.

    Parameters
    ----------
    p
        p-values, None where a test was not possible.
    method
        "holm" for confirmatory questions, "bh" (Benjamini–Hochberg) for screening, or "bonferroni".

    Notes
    -----
    Holm: running maximum of (m − i + 1) p_(i); BH: running minimum from the top of m p_(i)/i; all cut at 1.

    References
    ----------
    .. [1] Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65-70.
    .. [2] Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical and powerful approach to
           multiple testing. J R Stat Soc B 1995;57:289-300. doi:10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> adjust_p([0.01, None, 0.04])
    [0.02, None, 0.04]
    """
    present = [i for i, value in enumerate(p) if value is not None]
    values = np.array([p[i] for i in present], dtype=np.float64)
    order, m = np.argsort(values, kind="stable"), len(values)
    rising = values[order]
    if method == "holm":
        rising = np.maximum.accumulate((m - np.arange(m)) * rising)
    elif method == "bh":
        rising = np.minimum.accumulate((m / np.arange(m, 0, -1)) * rising[::-1])[::-1]
    elif method == "bonferroni":
        rising = m * rising
    else:
        raise ValueError(f"unknown method {method!r}")
    adjusted: list[float | None] = [None] * len(p)
    for place, value in zip(order, np.minimum(rising, 1.0), strict=True):
        adjusted[present[place]] = float(value)
    return adjusted
