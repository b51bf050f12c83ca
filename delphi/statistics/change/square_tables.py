"""Symmetry and margins of a transition table: McNemar, Bowker, Stuart and Maxwell (METHOD 7.2)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import Bounded
from delphi.statistics.base.measure import Ints, as_counts
from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.base.tails import chi_square_p, fair_coin_p

RESAMPLES = 5000


@dataclass(frozen=True, slots=True)
class ChiSquare(Bounded):
    """A chi-square test: ``p`` asymptotic, ``p_exact`` exact or by seeded resampling where asked for."""

    statistic: float | None
    df: int | None
    p: float | None
    n: int
    p_exact: float | None = None
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class McNemar(Bounded):
    """McNemar's test; ``p`` is the one to report: exact below 25 discordant pairs, else uncorrected."""

    statistic: float
    p_asymptotic: float
    statistic_corrected: float
    p_corrected: float
    p_exact: float
    p: float
    n: int
    flags: tuple[Flag, ...] = ()


def mcnemar(b: int, c: int) -> McNemar:
    """McNemar's test of a change in a share between two rounds.

    Parameters
    ----------
    b, c
        Panelists who left, and who joined, the agreement set.

    Returns
    -------
    McNemar
        p = 1 with flag ``no_discordant_pairs`` if b = c = 0.

    Notes
    -----
    χ² = (b − c)²/(b + c), corrected (abs(b − c) − 1)²/(b + c), exact 2 P(Bin(b + c, ½) ≤ min(b, c)), at most 1.

    References
    ----------
    .. [1] McNemar Q. Note on the sampling error of the difference between correlated proportions or percentages.
           Psychometrika 1947;12:153-157. doi:10.1007/BF02295996

    Examples
    --------
    >>> mcnemar(1, 6).p
    0.125
    """
    n = b + c
    if n == 0:
        return McNemar(0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0, (Flag.NO_DISCORDANT_PAIRS,))
    plain, corrected = (max(abs(b - c) - shift, 0) ** 2 / n for shift in (0, 1))
    p_plain, exact = chi_square_p(plain, 1), fair_coin_p(n, b)
    return McNemar(plain, p_plain, corrected, chi_square_p(corrected, 1), exact, exact if n < 25 else p_plain, n)


def bowker(transitions: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 1) -> ChiSquare:
    """Bowker's test of symmetry: whether moves between any two categories go both ways alike.

    Parameters
    ----------
    transitions : (K, K)
        Transition table.
    resamples, seed
        Size and seed of the resampling for sparse tables; 0 for none, and no ``p_exact`` then.

    Returns
    -------
    ChiSquare
        Statistic 0, df 0, p 1, flag ``no_discordant_pairs`` if nobody changed. With a pair of cells below 10 the
        flag ``sparse_table`` and ``p_exact`` by Monte Carlo. ``no_paired_ratings`` without pairs.

    Notes
    -----
    Σ_{i<j} (n_ij − n_ji)²/(n_ij + n_ji) over the pairs with n_ij + n_ji > 0, whose number is df. Under symmetry each
    pair is binomial with ½, which is what is resampled.

    References
    ----------
    .. [1] Bowker AH. A test for symmetry in contingency tables. J Am Stat Assoc 1948;43:572-574.
           doi:10.1080/01621459.1948.10483284

    Examples
    --------
    >>> bowker([[5, 2, 0], [1, 3, 0], [0, 4, 6]]).df
    2
    """
    t = as_counts(transitions)
    n, upper = int(t.sum()), np.triu_indices(len(t), 1)
    if n == 0:
        return ChiSquare(None, None, None, 0, reason=Reason.NO_PAIRED_RATINGS)
    above, below = t[upper], t.T[upper]
    moved = above + below
    above, moved = above[moved > 0], moved[moved > 0]
    if not len(moved):
        return ChiSquare(0.0, 0, 1.0, n, 1.0, flags=(Flag.NO_DISCORDANT_PAIRS,))
    statistic = float(((2 * above - moved) ** 2 / moved).sum())
    p = chi_square_p(statistic, len(moved))
    if moved.min() >= 10:
        return ChiSquare(statistic, len(moved), p, n)
    if not resamples:
        return ChiSquare(statistic, len(moved), p, n, flags=(Flag.SPARSE_TABLE,))
    resampled = _symmetry_p(statistic, moved, resamples, seed)
    return ChiSquare(statistic, len(moved), p, n, resampled, flags=(Flag.SPARSE_TABLE, Flag.MONTE_CARLO))


def _symmetry_p(statistic: float, moved: Ints, resamples: int, seed: int) -> float:
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = rng.binomial(moved, 0.5, size=(resamples, len(moved)))
    simulated = ((2 * drawn - moved) ** 2 / moved).sum(-1)
    return float((1 + (simulated >= statistic - 1e-9).sum()) / (resamples + 1))


def stuart_maxwell(transitions: ArrayLike) -> ChiSquare:
    """Stuart and Maxwell's test of equal margins: whether the distribution as a whole moved.

    Parameters
    ----------
    transitions : (K, K)
        Transition table.

    Returns
    -------
    ChiSquare
        Statistic 0, df 0, p 1, flag ``no_changes`` if nobody changed; ``no_paired_ratings`` without pairs.

    Notes
    -----
    χ² = dᵀ V⁺ d with d_i = n_i. − n_.i, V_ii = n_i. + n_.i − 2n_ii, V_ij = −(n_ij + n_ji); df = rank V. Categories
    with equal margins are kept: dropping them, as some software does, changes the result.

    References
    ----------
    .. [1] Maxwell AE. Comparing the classification of subjects by two independent judges. Br J Psychiatry
           1970;116:651-655. doi:10.1192/bjp.116.535.651

    Examples
    --------
    >>> stuart_maxwell([[5, 2, 0], [1, 3, 0], [0, 4, 6]]).df
    2
    """
    t = as_counts(transitions)
    n = int(t.sum())
    if n == 0:
        return ChiSquare(None, None, None, 0, reason=Reason.NO_PAIRED_RATINGS)
    moves = t + t.T
    np.fill_diagonal(moves, 0)
    v = np.diag(moves.sum(0)) - moves
    df = int(np.linalg.matrix_rank(v, hermitian=True))
    if df == 0:
        return ChiSquare(0.0, 0, 1.0, n, flags=(Flag.NO_CHANGES,))
    d = t.sum(1) - t.sum(0)
    statistic = max(float(d @ np.linalg.pinv(v.astype(np.float64), rcond=1e-9, hermitian=True) @ d), 0.0)
    return ChiSquare(statistic, df, chi_square_p(statistic, df), n)
