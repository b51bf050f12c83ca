"""Ordinal consensus indices of one statement (METHOD 6). Printed beside the distribution, never a verdict."""

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import UNIT
from delphi.statistics.base.measure import Floats, Ints, as_values, measure


def _log_agreement(f: Ints, distance: Floats) -> Floats:
    """1 + Σ p log2(1 − distance) over the categories in use; distances are between 0 and 1."""
    with np.errstate(divide="ignore"):
        logs = np.where(f > 0, np.log2(np.where(f > 0, 1 - distance, 1)), 0.0)
    return np.asarray(1 + (f * logs).sum(-1) / f.sum(-1), dtype=np.float64)


@measure(within=UNIT)
def consensus_cns(f: Ints, values: ArrayLike | None = None) -> Floats:
    """Tastle and Wierman's consensus Cns.

    Parameters
    ----------
    f : (K,)
        Ratings in each category; (..., K) for ``consensus_cns.table``.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.

    Returns
    -------
    Result
        1 when all agree, 0 when half stand at each end; a uniform 5-point distribution gives 0.434, not 0.

    Notes
    -----
    Cns = 1 + Σ p_i log2(1 − abs(v_i − x̄)/d) with d the width of the declared scale.

    References
    ----------
    .. [1] Tastle WJ, Wierman MJ. Consensus and dissention: a measure of ordinal dispersion. Int J Approx Reason
           2007;45:531-545. doi:10.1016/j.ijar.2006.06.024

    Examples
    --------
    >>> round(consensus_cns([1, 1, 1, 1, 1]).value, 4)
    0.434
    """
    v = as_values(values, f.shape[-1])
    n = f.sum(-1, keepdims=True)
    # exact integers until the one division, so that half at each end gives exactly 0
    distance = np.abs(v * n - (f @ v)[..., None]) / (n * (v[-1] - v[0]))
    return _log_agreement(f, distance)


@measure(within=UNIT)
def targeted_agreement(f: Ints, tau: float, values: ArrayLike | None = None) -> Floats:
    """Tastle and Wierman's agreement with a target value of the scale.

    Parameters
    ----------
    f : (K,)
        Ratings in each category; (..., K) for ``targeted_agreement.table``.
    tau
        The target, between the ends of the scale.
    values : (K,), optional
        The integer behind each category; 0 … K−1 if left out.

    Raises
    ------
    ValueError
        The target lies outside the scale.

    Notes
    -----
    1 + Σ p_i log2(1 − abs(v_i − τ)/(2d)): 1 when all chose the target, 0 when all stand at the other end from a
    target at one end.

    Examples
    --------
    >>> targeted_agreement([3, 0, 0, 0, 0], tau=4).value, targeted_agreement([0, 0, 0, 0, 3], tau=4).value
    (0.0, 1.0)
    """
    v = as_values(values, f.shape[-1])
    if not v[0] <= tau <= v[-1]:
        raise ValueError(f"the target {tau} lies outside the scale")
    return _log_agreement(f, np.abs(v - tau) / (2 * (v[-1] - v[0])))


@measure(within=UNIT)
def leik_d(f: Ints) -> Floats:
    """Leik's ordinal dispersion D; ordinal consensus is 1 − D.

    Parameters
    ----------
    f : (K,)
        Ratings in each category; (..., K) for ``leik_d.table``.

    Notes
    -----
    D = Σ_{i<K} min(F_i, 1 − F_i) / ((K−1)/2) with F the cumulative shares: 0 unanimous, 1 half at each end.

    References
    ----------
    .. [1] Leik RK. A measure of ordinal consensus. Pac Sociol Rev 1966;9:85-90.

    Examples
    --------
    >>> leik_d([5, 0, 0, 0, 5]).value
    1.0
    """
    n, cumulative = f.sum(-1), f.cumsum(-1)[..., :-1]
    nearer = np.minimum(cumulative, n[..., None] - cumulative).sum(-1)
    return np.asarray(2 * nearer / (n * (f.shape[-1] - 1)), dtype=np.float64)


@measure(within=UNIT)
def blair_lacy_l2(f: Ints) -> Floats:
    """Blair and Lacy's ordinal concentration l².

    Parameters
    ----------
    f : (K,)
        Ratings in each category; (..., K) for ``blair_lacy_l2.table``.

    Notes
    -----
    l² = Σ_{i<K} (F_i − ½)² / ((K−1)/4): 0 half at each end, 1 unanimous.

    References
    ----------
    .. [1] Blair J, Lacy MG. Statistics of ordinal variation. Sociol Methods Res 2000;28:251-280.

    Examples
    --------
    >>> blair_lacy_l2([5, 0, 0, 0, 5]).value
    0.0
    """
    n, cumulative = f.sum(-1), f.cumsum(-1)[..., :-1]
    squares = ((2 * cumulative - n[..., None]) ** 2).sum(-1)
    return np.asarray(squares / (n**2 * (f.shape[-1] - 1)), dtype=np.float64)


@measure(least=2, within=UNIT)
def iov(f: Ints) -> Floats:
    """Berry and Mielke's index of ordinal variation IOV.

    Parameters
    ----------
    f : (K,)
        Ratings in each category; (..., K) for ``iov.table``.

    Returns
    -------
    Result
        0 unanimous, 1 as far apart as n ratings can be; ``n_below_2`` for a single rating.

    Notes
    -----
    Σ_{i<j} f_i f_j (j − i) / T with T = n²(K−1)/4 for even n and (n²−1)(K−1)/4 for odd n. The sum of distances
    over all pairs is Σ_{i<K} N_i (n − N_i), N the cumulative counts.

    References
    ----------
    .. [1] Berry KJ, Mielke PW. Assessment of variation in ordinal data. Percept Mot Skills 1992;74:63-66.

    Examples
    --------
    >>> iov([5, 0, 0, 0, 5]).value
    1.0
    """
    n, cumulative = f.sum(-1), f.cumsum(-1)[..., :-1]
    distances = (cumulative * (n[..., None] - cumulative)).sum(-1)
    return np.asarray(4 * distances / ((n**2 - n % 2) * (f.shape[-1] - 1)), dtype=np.float64)
