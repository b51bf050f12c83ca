"""Agreement of the same panelists with themselves between two rounds, corrected for chance (METHOD 7.2)."""

from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.base.bounds import AT_MOST_1
from delphi.statistics.base.measure import Floats, Ints, as_counts, paired_measure

Disagreement = Literal["quadratic", "linear", "unweighted"]


def disagreement(weights: Disagreement | ArrayLike, categories: int) -> Floats:
    """Disagreement weights v of a scale with K categories, or a matrix given as such."""
    if not isinstance(weights, str):
        return np.asarray(weights, dtype=np.float64)
    i, j = np.indices((categories, categories))
    power = {"quadratic": 2, "linear": 1, "unweighted": 0}[weights]
    return np.where(i == j, 0.0, np.abs(i - j, dtype=np.float64) ** power)


@paired_measure(within=AT_MOST_1)
def weighted_kappa(t: Ints, weights: Disagreement | ArrayLike = "quadratic") -> Floats:
    """Cohen's weighted kappa between two rounds, over the full declared scale.

    Parameters
    ----------
    t : (K, K)
        Transition table; (..., K, K) for ``weighted_kappa.table``.
    weights
        "quadratic", "linear", "unweighted", or a (K, K) matrix of disagreement.

    Returns
    -------
    Result
        ``no_paired_ratings``; ``no_variation`` if no disagreement could occur by chance. Skewed margins make κ low
        at high agreement: show `ac2_transition` beside it.

    Notes
    -----
    κ = 1 − Σ v_ij n_ij / (Σ v_ij n_i. n_.j / n).

    References
    ----------
    .. [1] Cohen J. Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit.
           Psychol Bull 1968;70:213-220. doi:10.1037/h0026256
    .. [2] Holey EA, Feeley JL, Dixon J, Whittaker VJ. An exploration of the use of simple statistics to measure
           consensus and stability in Delphi studies. BMC Med Res Methodol 2007;7:52. doi:10.1186/1471-2288-7-52

    Examples
    --------
    >>> round(weighted_kappa([[5, 2, 0], [1, 3, 0], [0, 4, 6]]).value, 3)
    0.759
    """
    observed, expected = _kappa_parts(t.astype(np.float64), disagreement(weights, t.shape[-1]))
    return np.asarray(1 - observed / expected, dtype=np.float64)


Numbers = NDArray[Any]


def _kappa_parts(t: Numbers, v: Numbers) -> tuple[Numbers, Numbers]:
    """Σ v_ij n_ij · n and Σ v_ij n_i. n_.j; κ is 1 minus their ratio."""
    expected = t.sum(-1)[..., :, None] * t.sum(-2)[..., None, :]
    return t.sum((-2, -1)) * (v * t).sum((-2, -1)), (v * expected).sum((-2, -1))


@paired_measure(within=AT_MOST_1)
def ac2_transition(t: Ints, weights: Disagreement = "quadratic") -> Floats:
    """Gwet's AC2 between two rounds: agreement corrected for chance without κ's paradox of skewed margins.

    Parameters
    ----------
    t : (K, K)
        Transition table; (..., K, K) for ``ac2_transition.table``.
    weights
        "quadratic", "linear" or "unweighted" (AC1).

    Returns
    -------
    Result
        ``no_paired_ratings``.

    Notes
    -----
    (pa − pe)/(1 − pe) with pa = Σ w_ij n_ij/n, π_k = (n_k. + n_.k)/2n, pe = Σw/(K(K−1)) · Σ π_k(1 − π_k) and the
    agreement weights w = 1 − v/v_max.

    References
    ----------
    .. [1] Gwet KL. Handbook of Inter-Rater Reliability. 4th ed. Gaithersburg, MD: Advanced Analytics; 2014.

    Examples
    --------
    >>> ac2_transition([[9, 1], [1, 0]], "unweighted").value > weighted_kappa([[9, 1], [1, 0]]).value
    True
    """
    short, chance = _ac2_parts(t.astype(np.float64), disagreement(weights, t.shape[-1]))
    return np.asarray(1 - short / chance, dtype=np.float64)


def _ac2_parts(t: Numbers, v: Numbers) -> tuple[Numbers, Numbers]:
    """(1 − pa) and (1 − pe), both times 4n²·v_max·K(K−1): integers; AC2 is 1 minus their ratio."""
    k, n, most = t.shape[-1], t.sum((-2, -1)), v.max()
    spread = 4 * n**2 - ((t.sum(-1) + t.sum(-2)) ** 2).sum(-1)  # Σ π_k(1 − π_k), times 4n²
    short = 4 * n * k * (k - 1) * (v * t).sum((-2, -1))
    return short, 4 * n**2 * most * k * (k - 1) - (k * k * most - v.sum()) * spread


COEFFICIENTS: dict[str, tuple[Any, Disagreement]] = {
    "ac2_quadratic": (_ac2_parts, "quadratic"),
    "kappa_quadratic": (_kappa_parts, "quadratic"),
    "kappa_linear": (_kappa_parts, "linear"),
}


def exact_coefficient(transitions: ArrayLike, name: str = "ac2_quadratic") -> Fraction | None:
    """Agreement between two rounds as an exact fraction, to be compared with a bound; None where it is undefined.

    Parameters
    ----------
    transitions : (K, K)
        Transition table.
    name
        "ac2_quadratic", "kappa_quadratic" or "kappa_linear".

    Examples
    --------
    >>> exact_coefficient([[3, 1], [0, 4]]), exact_coefficient([[3, 1], [0, 4]], "kappa_linear")
    (Fraction(49, 65), Fraction(3, 4))
    """
    short, whole = coefficient_parts(transitions, name)
    return 1 - Fraction(int(short), int(whole)) if whole else None


def coefficient_parts(transitions: ArrayLike, name: str) -> tuple[Numbers, Numbers]:
    """Integers whose ratio is 1 minus the coefficient, of each table (..., K, K); the second is 0 where it is undefined."""
    t = as_counts(transitions, most=2**62)
    parts, weights = COEFFICIENTS[name]
    v = disagreement(weights, t.shape[-1]).astype(np.int64)
    if int(t.sum((-2, -1)).max(initial=0)) ** 2 * t.shape[-1] ** 4 > 2**50:
        t, v = t.astype(object), v.astype(object)  # Python's integers: no product is too large
    ratio: tuple[Numbers, Numbers] = parts(t, v)
    return ratio
