"""One generic wrapper: a kernel over count tables becomes a measure of one statement or of many (METHOD 2.4)."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.base.result import Flag, Reason, Result

P = ParamSpec("P")
Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Figures: TypeAlias = "np.ma.MaskedArray[tuple[Any, ...], np.dtype[np.float64]]"

_TOO_FEW = {2: Reason.N_BELOW_2, 4: Reason.N_BELOW_4}


def as_counts(counts: ArrayLike) -> Ints:
    """Read counts as int64.

    Raises
    ------
    ValueError
        A count is negative or no whole number: an error of the program, never a state of the data.
    """
    f = np.asarray(counts)
    if f.dtype.kind not in "iub" and np.any(f != np.floor(f)):
        raise ValueError("counts are whole numbers")
    if f.size and f.min() < 0:
        raise ValueError("counts cannot be negative")
    return f.astype(np.int64)


def as_values(values: ArrayLike | None, categories: int) -> Ints:
    """Values behind the categories; 0 … K−1 if left out."""
    return np.arange(categories) if values is None else np.asarray(values, dtype=np.int64)


class Measure(Generic[P]):
    """A figure of one count vector; ``table`` gives it for every row of a count table at once.

    Called with counts of shape (K,) it returns a `Result`; ``.table`` takes counts of shape (..., K) and returns a
    masked array of shape (...), masked where the figure is undefined (``tolist()`` gives None there). Measures of
    change take a transition table (K, K) in place of counts.
    """

    def __init__(
        self, kernel: Callable[Concatenate[Ints, P], Floats], least: int, otherwise: Reason, axes: int, empty: Reason
    ) -> None:
        """Wrap a kernel that needs ``least`` ratings and is undefined for the reason ``otherwise`` beyond that."""
        self._kernel, self._least, self._otherwise = kernel, least, otherwise
        self._axes, self._empty = tuple(range(-axes, 0)), empty
        update_wrapper(self, kernel)

    def table(self, counts: ArrayLike, *args: P.args, **kwargs: P.kwargs) -> Figures:
        """Figure of each row of counts."""
        f = as_counts(counts)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.asarray(self._kernel(f, *args, **kwargs), dtype=np.float64)
        undefined = (f.sum(self._axes) < self._least) | ~np.isfinite(value)
        return np.ma.MaskedArray(np.where(undefined, 0.0, value), mask=undefined)

    def __call__(self, counts: ArrayLike, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Figure of one count vector."""
        value = self.table(counts, *args, **kwargs)
        if value.ndim:
            raise ValueError("counts of one statement are expected; use .table for several")
        n = int(np.sum(as_counts(counts)))
        if np.ma.getmaskarray(value):
            return Result(None, n, self._reason(n))
        return Result(float(value.item()), n)

    def _reason(self, n: int) -> Reason:
        if n == 0:
            return self._empty
        return _TOO_FEW[self._least] if n < self._least else self._otherwise


def measure(
    least: int = 1, otherwise: Reason = Reason.NO_VARIATION
) -> Callable[[Callable[Concatenate[Ints, P], Floats]], Measure[P]]:
    """Turn a kernel over count vectors into a `Measure` that needs at least so many ratings (decorator)."""
    return lambda kernel: Measure(kernel, least, otherwise, 1, Reason.NO_RATINGS)


def paired_measure(
    least: int = 1, otherwise: Reason = Reason.NO_VARIATION
) -> Callable[[Callable[Concatenate[Ints, P], Floats]], Measure[P]]:
    """Turn a kernel over transition tables (..., K, K) into a `Measure` (decorator)."""
    return lambda kernel: Measure(kernel, least, otherwise, 2, Reason.NO_PAIRED_RATINGS)


def undefined(reason: Reason, n: int = 0) -> Result:
    """Return an empty figure with its reason."""
    return Result(None, n, reason)


def figure(value: float, n: int, *flags: Flag) -> Result:
    """Return a figure that is present."""
    return Result(float(value), n, None, flags)
