"""Concordance of rankings: Kendall's W, on complete blocks and with gaps (METHOD 8)."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.base.bounds import UNIT, Bounded
from delphi.statistics.base.measure import Floats
from delphi.statistics.base.panel_matrix import Complete, as_matrix, complete_block
from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.base.tails import chi_square_p, f_p

PERMUTATIONS = 5000
FEW_ITEMS = 7
COMPARISONS = 4_000_000
SHUFFLED = 100_000_000  # ratings in all permutations; beyond, their sums are drawn from the normal distribution


@dataclass(frozen=True, slots=True)
class KendallW(Bounded):
    """Kendall's W of ``m`` panelists over ``n`` statements, its tests, and what was left out."""

    ranges: ClassVar = {"value": UNIT}

    value: float | None
    uncorrected: float | None
    chi2: float | None
    df: int | None
    p: float | None
    f: float | None
    p_f: float | None
    p_permutation: float | None
    m: int
    n: int
    panelists_dropped: int = 0
    items_dropped: int = 0
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def mid_ranks(matrix: Floats) -> Floats:
    """Mid-ranks within each row; gaps stay gaps.

    Examples
    --------
    >>> mid_ranks(np.array([[7.0, 7.0, 3.0]]))
    array([[2.5, 2.5, 1. ]])
    """
    ranks = np.empty(matrix.shape)
    rows = max(1, COMPARISONS // max(matrix.shape[1] ** 2, 1))  # a few panelists at a time: the memory stays small
    for start in range(0, len(matrix), rows):
        part = matrix[start : start + rows]
        own, other = part[:, :, None], part[:, None, :]
        ranks[start : start + rows] = (other < own).sum(2) + ((other == own).sum(2) + 1) / 2
    return np.where(np.isnan(matrix), np.nan, ranks)


def _empty(m: int, n: int, dropped: tuple[int, int], reason: Reason) -> KendallW:
    return KendallW(None, None, None, None, None, None, None, None, m, n, *dropped, reason)


def undefined_because(m: int, n: int, dropped: tuple[int, int], centred: NDArray[Any]) -> Reason | None:
    """Reason for which W of m panelists and n statements is undefined."""
    if m == 0 or n == 0:
        return Reason.NO_COMPLETE_CASES if any(dropped) else Reason.NO_RATINGS
    if m < 2:
        return Reason.M_BELOW_2
    if n < 2:
        return Reason.SINGLE_ITEM
    return None if centred.any() else Reason.NO_VARIATION


def kendall_w(
    ratings: ArrayLike, *, complete: Complete = "panelists", permutations: int = PERMUTATIONS, seed: int = 1
) -> KendallW:
    """Kendall's coefficient of concordance W, corrected for ties.

    Parameters
    ----------
    ratings
        Panelists × statements; None and NaN are gaps.
    complete
        Complete blocks only: keep "panelists" who rated every statement or "items" that everyone rated.
        `kendall_w_gaps` uses all ratings.
    permutations, seed
        Of the permutation test, made for 7 or fewer statements; see `kendall_w_gaps` for a large panel.

    Returns
    -------
    KendallW
        With W without tie correction, χ² and F tests. ``no_ratings``, ``no_complete_cases``, ``m_below_2``,
        ``single_item``; ``no_variation`` if every panelist ties every statement. Reading: .1 very weak, .3 weak,
        .5 moderate, .7 strong, .9 very strong; a small p is trivial in a large panel.

    Notes
    -----
    W = 12 S / (m²(n³ − n) − m ΣT), S = Σ(R_j − m(n+1)/2)², T = Σ(t³ − t) of each panelist; χ² = m(n−1)W with df n−1;
    F = (m−1)W/(1−W) with df n−1−2/m and (m−1) times that.

    References
    ----------
    .. [1] Kendall MG, Babington Smith B. The problem of m rankings. Ann Math Stat 1939;10:275-287.
           doi:10.1214/aoms/1177732186
    .. [2] Schmidt RC. Managing Delphi surveys using nonparametric statistical techniques. Decis Sci 1997;28:763-774.
           doi:10.1111/j.1540-5915.1997.tb01330.x

    Examples
    --------
    >>> kendall_w([[1, 2, 3], [1, 3, 2], [1, 2, 3]]).value
    0.7777777777777778
    """
    block = complete_block(ratings, complete)
    (m, n), dropped = block.matrix.shape, (block.panelists_dropped, block.items_dropped)
    centred = mid_ranks(block.matrix) - (n + 1) / 2
    reason = undefined_because(m, n, dropped, centred)
    if reason:
        return _empty(m, n, dropped, reason)
    s = float((centred.sum(0) ** 2).sum())
    w = s / (m * float((centred**2).sum()))  # Σ of the squared centred ranks is (m(n³ − n) − ΣT)/12
    uncorrected, chi2 = 12 * s / (m * m * (n**3 - n)), m * (n - 1) * w
    f, p_f = _f_test(w, m, n)
    resampled = _permutation_p(centred, s, permutations, seed) if n <= FEW_ITEMS else None
    flags = _drawn_flags(centred.size * permutations) if resampled is not None else ()
    p = chi_square_p(chi2, n - 1)
    return KendallW(w, uncorrected, chi2, n - 1, p, f, p_f, resampled, m, n, *dropped, None, flags)


def _f_test(w: float, m: int, n: int) -> tuple[float | None, float | None]:
    """F and its p; undefined at perfect concordance and where the degrees of freedom vanish (n = 2, m = 2)."""
    numerator = n - 1 - 2 / m
    if 1 - w < 1e-12 or numerator <= 0:
        return None, None
    f = (m - 1) * w / (1 - w)
    return f, f_p(f, numerator, (m - 1) * numerator)


def _permutation_p(centred: Floats, s: float, permutations: int, seed: int) -> float:
    """P(S* ≥ S) when every panelist's ranks are shuffled, in chunks that bound the memory."""
    if centred.size * permutations > SHUFFLED:
        sums = _normal_sums(centred, np.ones(centred.shape, dtype=np.bool_), permutations, seed)
        return (1 + int(((sums**2).sum(0) >= s - 1e-9).sum())) / (permutations + 1)
    rng = np.random.Generator(np.random.PCG64(seed))
    hits, chunk = 0, max(1, 2_000_000 // centred.size)
    for start in range(0, permutations, chunk):
        size = min(chunk, permutations - start)
        shuffled = rng.permuted(np.broadcast_to(centred, (size, *centred.shape)), axis=2)
        hits += int(((shuffled.sum(1) ** 2).sum(1) >= s - 1e-9).sum())
    return (1 + hits) / (permutations + 1)


@dataclass(frozen=True, slots=True)
class WithGaps(Bounded):
    """W of a panel with gaps: ``ratings`` used, its permutation p, panelists with fewer than two ratings apart."""

    ranges: ClassVar = {"value": UNIT}

    value: float | None
    p_permutation: float | None
    m: int
    n: int
    ratings: int
    panelists_dropped: int = 0
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def kendall_w_gaps(ratings: ArrayLike, *, permutations: int = 1000, seed: int = 1) -> WithGaps:
    """Kendall's W of a panel with gaps, from every rating of panelists who rated two statements or more.

    Parameters
    ----------
    ratings
        Panelists × statements; None and NaN are gaps ("not qualified" or no answer).
    permutations, seed
        Of the permutation test, which shuffles each panelist's ranks among the statements this panelist rated. Where
        that would be more than 10⁸ ratings, the rank sums are drawn from the normal distribution with their means and
        covariances, to which those of a large panel tend (flag ``asymptotic``).

    Returns
    -------
    WithGaps
        Equal to the tie-corrected `kendall_w` when there are no gaps; ``no_ratings``, ``m_below_2``,
        ``single_item``, ``no_variation``.

    Notes
    -----
    Panelist i ranks the statements rated (mid-ranks) and centres the ranks c_ij. W is the share of Σ c_ij² that common
    statement effects explain: least squares of c_ij on x_j − mean of x over the statements of panelist i. Without
    gaps this is 12 S / (m²(n³ − n) − m ΣT) exactly. A convention of this project, for want of an agreed one.

    Examples
    --------
    >>> round(kendall_w_gaps([[1, 2, 3], [1, None, 2], [2, 3, None]]).value, 3)
    0.911
    """
    m = as_matrix(ratings)
    m = m[:, (~np.isnan(m)).any(0)]
    enough = (~np.isnan(m)).sum(1) >= 2
    dropped, m = int((~enough).sum()), m[enough]
    seen = ~np.isnan(m)
    sizes = seen.sum(1, keepdims=True)
    centred = np.where(seen, mid_ranks(m) - (sizes + 1) / 2, 0.0)
    (raters, items), used = m.shape, int(seen.sum())
    reason = undefined_because(raters, items, (0, 0), centred)
    if reason:
        return WithGaps(None, None, raters, items, used, dropped, reason)
    design = np.diag(seen.sum(0)) - (seen / sizes).T @ seen
    solve = np.linalg.pinv(design, rcond=1e-9, hermitian=True)
    total = float((centred**2).sum())

    def explained(sums: Floats) -> Floats:
        return np.asarray((sums * (solve @ sums)).sum(0) / total, dtype=np.float64)

    value = min(float(explained(centred.sum(0))), 1.0)
    shuffled = (_shuffled_sums if used * permutations <= SHUFFLED else _normal_sums)(centred, seen, permutations, seed)
    p = (1 + int((explained(shuffled) >= value - 1e-9).sum())) / (permutations + 1)
    return WithGaps(value, p, raters, items, used, dropped, None, _drawn_flags(used * permutations))


def _shuffled_sums(centred: Floats, seen: NDArray[np.bool_], permutations: int, seed: int) -> Floats:
    """Sums of the ranks of each statement (n, permutations) when each panelist's ranks are shuffled among those rated."""
    rng = np.random.Generator(np.random.PCG64(seed))
    sums = np.zeros((centred.shape[1], permutations))
    for row, own in zip(centred, seen, strict=True):
        sums[own] += rng.permuted(np.broadcast_to(row[own, None], (int(own.sum()), permutations)), axis=0)
    return sums


def _normal_sums(centred: Floats, seen: NDArray[np.bool_], permutations: int, seed: int) -> Floats:
    """Such sums as `_shuffled_sums`, from the normal distribution with the same covariances."""
    sizes = seen.sum(1)
    variance = (centred**2).sum(1) / (sizes - 1)
    covariance = np.diag(variance @ seen) - (seen * (variance / sizes)[:, None]).T @ seen
    scale, axes = np.linalg.eigh(covariance)
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = rng.standard_normal((len(scale), permutations))
    return np.asarray(axes @ (np.sqrt(scale.clip(0))[:, None] * drawn), dtype=np.float64)


def _drawn_flags(shuffled: int) -> tuple[Flag, ...]:
    return (Flag.MONTE_CARLO,) if shuffled <= SHUFFLED else (Flag.MONTE_CARLO, Flag.ASYMPTOTIC)
