"""Van der Eijk's agreement A and polarisation (METHOD 6.1)."""

import numpy as np

from delphi.statistics.base.bounds import SIGNED, UNIT
from delphi.statistics.base.measure import Floats, Ints, measure
from delphi.statistics.base.result import Reason


def _unimodality(pattern: Ints) -> Floats:
    """U of 0/1 patterns (J, K): from the triples (1,1,0) and (0,1,1) against (1,0,1)."""
    k, places = pattern.shape[1], np.arange(pattern.shape[1])
    ones_left = pattern.cumsum(1) - pattern
    ones_right = pattern.sum(1, keepdims=True) - ones_left - pattern
    zeros_left, zeros_right = places - ones_left, k - 1 - places - ones_right
    tu = (pattern * (ones_left * zeros_right + zeros_left * ones_right)).sum(1)
    tdu = ((1 - pattern) * ones_left * ones_right).sum(1)
    triples = tu + tdu
    return np.where(triples == 0, 1.0, ((k - 2) * tu - (k - 1) * tdu) / ((k - 2) * np.maximum(triples, 1)))


def _layered_agreement(rows: Ints) -> Floats:
    """Peel count vectors (J, K) into layers, the same for all at a time, and weigh the agreement of each layer."""
    left, k, n = rows.copy(), rows.shape[1], rows.sum(1)
    a = np.zeros(len(rows))
    while left.any():
        pattern = (left > 0).astype(np.int64)
        size = pattern.sum(1)
        lowest = np.where(pattern == 1, left, left.max()).min(1) * (size > 0)
        a += lowest * size / np.maximum(n, 1) * _unimodality(pattern) * (1 - (size - 1) / (k - 1))
        left -= lowest[:, None] * pattern
    return a


@measure(otherwise=Reason.NEEDS_3_CATEGORIES, within=SIGNED)
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
    return _layered_agreement(rows).reshape(f.shape[:-1])


@measure(otherwise=Reason.NEEDS_3_CATEGORIES, within=UNIT)
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
