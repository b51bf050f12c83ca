"""The matrix panelists × statements of one round, gaps allowed, and what listwise deletion leaves (METHOD 8)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.measure import Floats, Ints

Complete = Literal["panelists", "items"]


def as_matrix(ratings: ArrayLike) -> Floats:
    """Read a panelists × statements matrix; None and NaN are gaps."""
    m = np.array(ratings, dtype=np.float64)
    if m.ndim != 2:
        raise ValueError("a matrix of panelists × statements is expected")
    return m


@dataclass(frozen=True, slots=True)
class Block:
    """A matrix without gaps and how many panelists and statements it lost."""

    matrix: Floats
    panelists_dropped: int
    items_dropped: int


def complete_block(ratings: ArrayLike, complete: Complete = "panelists") -> Block:
    """Keep the panelists who rated everything, or the items that everyone rated.

    Examples
    --------
    >>> complete_block([[1, 2], [3, None]]).matrix
    array([[1., 2.]])
    """
    m = as_matrix(ratings)
    gap = np.isnan(m)
    if complete == "panelists":
        kept = ~gap.any(1)
        return Block(m[kept], int((~kept).sum()), 0)
    kept = ~gap.any(0)
    return Block(m[:, kept], 0, int((~kept).sum()))


def counts_by_item(ratings: ArrayLike, values: ArrayLike) -> Ints:
    """Count the ratings of each statement in each declared category: the table the coefficients of this family need.

    Parameters
    ----------
    ratings
        Panelists × statements; None and NaN are gaps.
    values : (K,)
        The declared categories.

    Returns
    -------
    (J, K)

    Examples
    --------
    >>> counts_by_item([[1, 2], [1, None]], [1, 2])
    array([[2, 0], [0, 1]])
    """
    m = as_matrix(ratings)
    each = np.asarray(values, dtype=np.float64)
    return np.stack([(m == value).sum(0) for value in each], axis=1).astype(np.int64)
