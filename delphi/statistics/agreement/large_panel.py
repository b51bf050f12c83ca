"""Kendall's W of large panels: ranks, sums and co-ratings counted in whole numbers (METHOD 8, 15)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.agreement.concordance import WithGaps, undefined_because
from delphi.statistics.base.measure import Floats, Ints

NO_RANK = 3  # codes below zero: no rating
WORDS = 500_000  # of co-ratings counted at a time


@dataclass(frozen=True)
class _Ranks:
    """Doubled and centred mid-ranks in whole numbers: of each panelist (row) and option, after three codes without rank."""

    table: NDArray[np.int32]
    rated: NDArray[np.int64]

    @classmethod
    def of(cls, codes: NDArray[np.int8], options: int) -> "_Ranks":
        equal = np.zeros((options, len(codes)), dtype=np.uint8 if codes.shape[1] < 256 else np.int32)
        for column in codes.T:
            for option in range(options):
                equal[option] += column == option
        ties = equal.T.astype(np.int32)
        rated = ties.sum(1, dtype=np.int64)
        ranks = 2 * ties.cumsum(1, dtype=np.int32) - ties - rated[:, None].astype(np.int32)
        none = np.zeros((len(codes), NO_RANK), dtype=np.int32)
        return cls(np.concatenate([none, np.where(rated[:, None] < 2, 0, ranks)], axis=1), rated)

    def sums(self, codes: NDArray[np.int8]) -> tuple[Ints, int]:
        """Sum of the ranks of each statement, and Σ of all squared ranks."""
        flat, start = self.table.ravel(), np.arange(len(codes)) * self.table.shape[1] + NO_RANK
        sums, squares = np.zeros(codes.shape[1], dtype=np.int64), 0
        for j, column in enumerate(codes.T):
            own = flat[start + column].astype(np.int64)
            sums[j], squares = own.sum(), squares + int(own @ own)
        return sums, squares


def kendall_w_codes(codes: NDArray[np.int8], options: int) -> WithGaps:
    """`kendall_w_gaps` of a large panel: ranks, sums and squares in whole numbers, and no permutations.

    Parameters
    ----------
    codes : (panelists, J)
        Positions on the scale 0 … K−1; −1, −2 and −3 are no rating. Quick in column order (Fortran).
    options
        K.

    Returns
    -------
    WithGaps
        Without a p: that of the permutations is left to `kendall_w_gaps`.

    Examples
    --------
    >>> result = kendall_w_codes(np.array([[0, 1, 2], [0, -1, 1], [1, 2, -1]], dtype=np.int8), 3)
    >>> round(result.value, 3), result.ratings
    (0.911, 7)
    """
    codes = codes[:, (codes >= 0).any(0)]
    ranks = _Ranks.of(codes, options)
    enough = ranks.rated >= 2
    raters, items, used = int(enough.sum()), codes.shape[1], int(ranks.rated[enough].sum())
    dropped = len(codes) - raters
    sums, squares = ranks.sums(codes)
    reason = undefined_because(raters, items, (0, 0), np.array([squares]))
    if reason:
        return WithGaps(None, None, raters, items, used, dropped, reason)
    if used == raters * items:
        return WithGaps(sum(s * s for s in sums.tolist()) / (raters * squares), None, raters, items, used, dropped)
    effects = _effects(_design(codes, ranks.rated), sums)
    return WithGaps(min(float(sums @ effects) / squares, 1.0), None, raters, items, used, dropped)


def _design(codes: NDArray[np.int8], rated: NDArray[np.int64]) -> Floats:
    """Normal equations of the statement effects: who rated both of two statements, over the ratings each gave.

    Panelists with as many ratings share a weight, so that they are counted in whole numbers: 64 to a machine word.
    """
    items, order = codes.shape[1], np.argsort(rated, kind="stable")
    seen, sizes = np.take(np.ascontiguousarray(codes.T >= 0), order, axis=1), rated[order]
    design = np.zeros((items, items))
    for size in np.unique(rated[rated >= 2]).tolist():
        first, last = np.searchsorted(sizes, [size, size + 1])
        bits = np.packbits(seen[:, first:last], axis=1)
        packed = np.ascontiguousarray(np.pad(bits, ((0, 0), (0, -bits.shape[1] % 8)))).view(np.uint64)
        step = max(
            1, WORDS // packed.size
        )  # statements at a time: few calls for a small panel, little memory for a large
        starts = range(0, items, step)
        both = np.concatenate(
            [np.bitwise_count(packed[at : at + step, None] & packed).sum(2, dtype=np.int64) for at in starts]
        )
        design += np.diag(np.diag(both)) - both / size
    return design


def _effects(design: Floats, sums: Ints) -> Floats:
    """Least-squares effects of the statements; they are free only up to a constant, and one for each separate part."""
    connected = np.zeros(len(design), dtype=bool)
    connected[0], before = True, 0
    while connected.sum() > before:
        before = int(connected.sum())
        connected |= (design[connected] != 0).any(0)
    if connected.all():
        return np.asarray(np.linalg.solve(design + 1.0, sums), dtype=np.float64)
    return np.asarray(np.linalg.pinv(design, rcond=1e-9, hermitian=True) @ sums, dtype=np.float64)
