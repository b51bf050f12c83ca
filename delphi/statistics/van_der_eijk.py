"""Van der Eijk's agreement A and polarisation (METHOD 6.1)."""

from fractions import Fraction

import numpy as np

from delphi.statistics.measure import Floats, Ints, measure
from delphi.statistics.result import Reason


def _unimodality(pattern: Ints) -> Fraction:
    """U of a 0/1 pattern: from the triples (1,1,0) and (0,1,1) against (1,0,1)."""
    k = len(pattern)
    ones_left, ones_right = np.cumsum(pattern) - pattern, pattern[::-1].cumsum()[::-1] - pattern
    zeros_left, zeros_right = np.arange(k) - ones_left, np.arange(k - 1, -1, -1) - ones_right
    tu = int((pattern * (ones_left * zeros_right + zeros_left * ones_right)).sum())
    tdu = int(((1 - pattern) * ones_left * ones_right).sum())
    if tu + tdu == 0:
        return Fraction(1)
    return Fraction((k - 2) * tu - (k - 1) * tdu, (k - 2) * (tu + tdu))


def _layered_agreement(row: Ints) -> Fraction:
    """Peel one count vector into layers and weigh their agreement."""
    left, k, n, a = row.copy(), len(row), int(row.sum()), Fraction(0)
    while left.any():
        lowest = int(left[left > 0].min())
        pattern = (left > 0).astype(np.int64)
        size = int(pattern.sum())
        a += Fraction(lowest * size, n) * _unimodality(pattern) * (1 - Fraction(size - 1, k - 1))
        left -= lowest * pattern
    return a


@measure(otherwise=Reason.NEEDS_3_CATEGORIES)
def agreement_a(f: Ints) -> Floats:
    """Van der Eijk's coefficient of agreement A.

    Parameters
    ----------
    f : (K,)
        Ratings in each category, K ≥ 3; (..., K) for ``agreement_a.table``.

    Returns
    -------
    Result
        −1 polarised, 0 uniform, 1 unanimous; ``needs_3_categories`` on a two-point scale.

    Notes
    -----
    The counts are peeled into layers of equal height; each layer's agreement is U(1 − (S−1)/(K−1)) with S its
    number of categories in use and U its unimodality, weighted by its share of the ratings. Integers and fractions
    only: float shares would leave residue layers.

    References
    ----------
    .. [1] van der Eijk C. Measuring agreement in ordered rating scales. Qual Quant 2001;35:325-341.
           doi:10.1023/A:1010374114305

    Examples
    --------
    >>> round(agreement_a([30, 40, 210, 130, 530, 50, 10]).value, 4)
    0.6113
    """
    k = f.shape[-1]
    if k < 3:
        return np.full(f.shape[:-1], np.nan)
    rows = f.reshape(-1, k)
    return np.array([float(_layered_agreement(row)) for row in rows]).reshape(f.shape[:-1])


@measure(otherwise=Reason.NEEDS_3_CATEGORIES)
def polarisation(f: Ints) -> Floats:
    """Polarisation: van der Eijk's A turned round, (1 − A)/2, from 0 (unanimous) to 1 (two camps).

    Parameters
    ----------
    f : (K,)
        Ratings in each category, K ≥ 3; (..., K) for ``polarisation.table``.

    Examples
    --------
    >>> polarisation([5, 0, 0, 0, 5]).value, polarisation([2, 2, 2, 2, 2]).value
    (1.0, 0.5)
    """
    a = agreement_a.table(f)
    return np.where(np.ma.getmaskarray(a), np.nan, (1 - a.data) / 2)
