"""Panelists × statements of one round, and counting it in one pass (METHOD 15).

A cell is an int8: the position of the rating on the scale (0 … K−1), or one of the codes below zero.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.counts import Counts, Integers

NOT_QUALIFIED, BLANK, ABSENT = -1, -2, -3
FEW = 24  # up to so many options one comparison a code beats a histogram

Matrix = NDArray[np.int8]


def histogram(matrix: Matrix, first: int, last: int) -> Integers:
    """Count the codes first … last in each column (J, codes); cells outside are left out.

    Notes
    -----
    Fast for a matrix in column order (Fortran): a column then stays in the cache while it is compared.

    Examples
    --------
    >>> histogram(np.array([[0, 1], [2, 1], [0, -1]], np.int8), 0, 2)
    array([[2, 0, 1],
           [0, 2, 0]])
    """
    codes = range(first, last + 1)
    if len(codes) <= FEW:
        equal = np.empty(len(matrix), dtype=np.bool_)
        return np.array(
            [[np.count_nonzero(np.equal(column, code, out=equal)) for code in codes] for column in matrix.T],
            dtype=np.int64,
        ).reshape(matrix.shape[1], len(codes))
    shifted = [column[(column >= first) & (column <= last)].astype(np.intp) - first for column in matrix.T]
    table = [np.bincount(column, minlength=len(codes)) for column in shifted]
    return np.array(table, dtype=np.int64).reshape(matrix.shape[1], len(codes))


def count_matrix(
    matrix: Matrix,
    options: int,
    group: NDArray[np.intp] | None = None,
    names: Sequence[str] = ("",),
    invited: Sequence[int] | None = None,
) -> Counts:
    """Count a round.

    Parameters
    ----------
    matrix : (panelists, J)
        Of the analysis set, or of all who were invited with `ABSENT` for those outside it.
    options
        Number of options of the scale.
    group
        Index of each panelist's group in ``names``; left out if there are no groups.
    invited
        Panelists invited of each group; the rows of the matrix if left out.
    """
    rows = np.zeros(len(matrix), dtype=np.intp) if group is None else group
    parts = [matrix if len(names) == 1 else matrix[rows == g] for g in range(len(names))]
    table = np.stack([histogram(part, BLANK, options - 1) for part in parts], axis=1)
    sizes = [len(part) for part in parts] if invited is None else list(invited)
    return Counts(
        ratings=table[..., 2:],
        not_qualified=table[..., NOT_QUALIFIED - BLANK],
        blank=table[..., 0],
        invited=np.array(sizes, dtype=np.int64),
        groups=tuple(names),
    )


def count_moves(before: Matrix, after: Matrix, options: int) -> Integers:
    """Count panelists by rating before (rows) and now (columns), for each column of two aligned matrices (J, K, K).

    Examples
    --------
    >>> count_moves(np.array([[0], [1], [-1]], np.int8), np.array([[1], [1], [0]], np.int8), 2).tolist()
    [[[0, 1], [0, 1]]]
    """
    wide, lowest = options - ABSENT, ABSENT
    code = np.int16 if wide * wide > 256 else np.uint8  # both answers of a panelist in one small number
    moves = np.empty((before.shape[1], wide * wide), dtype=np.int64)
    for j, (x, y) in enumerate(zip(before.T, after.T, strict=True)):
        pair = (x - np.int8(lowest)).astype(code) * code(wide) + (y - np.int8(lowest)).astype(code)
        moves[j] = np.bincount(pair, minlength=wide * wide)
    return np.ascontiguousarray(moves.reshape(-1, wide, wide)[:, -lowest:, -lowest:])
