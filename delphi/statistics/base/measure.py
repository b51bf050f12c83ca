"""One generic wrapper: a kernel over count tables becomes a measure of one statement or of many (METHOD 2.4)."""

from collections.abc import Callable
from dataclasses import replace
from functools import update_wrapper, wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.base.bounds import FINITE, Range, bounded
from delphi.statistics.base.result import Flag, Reason, Result

P = ParamSpec("P")
Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[Any]  # int64, or Python's integers where a product could be too large for 64 bits
Figures: TypeAlias = "np.ma.MaskedArray[tuple[Any, ...], np.dtype[np.float64]]"

MOST = 10**8  # ratings of one statement: twice a product of two counts, times the square of a scale, fits into 64 bits

_TOO_FEW = {2: Reason.N_BELOW_2, 4: Reason.N_BELOW_4}


def as_counts(counts: ArrayLike, most: int = MOST) -> Ints:
    """Read counts as int64.

    Raises
    ------
    ValueError
        A count is negative or no whole number, or a row has more than ``most`` ratings: an error of the program, never a
        state of the data.
    """
    f = np.asarray(counts)
    if f.dtype.kind not in "iub" and np.any(f != np.floor(f)):
        raise ValueError("counts are whole numbers")
    if f.size and f.min() < 0:
        raise ValueError("counts cannot be negative")
    whole = f.astype(np.int64)
    if f.size and (f.max() > most or whole.sum(-1).max() > most):
        raise ValueError(f"at most {most} ratings can be counted")
    return whole


def roomy(counts: Ints, largest: int) -> Numbers:
    """Counts as they are if all that is made of them, at the most ``largest``, fits into 64 bits; else Python's integers.

    Examples
    --------
    >>> roomy(np.array([3]), 10**30) ** 40
    array([12157665459056928801], dtype=object)
    """
    return counts if largest < 2**62 else counts.astype(object)


def as_floats(numbers: Numbers) -> Floats:
    """Round integers of any size to floats."""
    return np.asarray(numbers, dtype=np.float64)


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
        self,
        kernel: Callable[Concatenate[Ints, P], Floats],
        least: int,
        otherwise: Reason,
        within: Range,
        axes: int,
        empty: Reason,
    ) -> None:
        """Wrap a kernel that needs ``least`` ratings and is undefined for the reason ``otherwise`` beyond that."""
        self._kernel, self._least, self._otherwise, self._within = kernel, least, otherwise, within
        self._axes, self._empty = tuple(range(-axes, 0)), empty
        update_wrapper(self, kernel)

    def table(self, counts: ArrayLike, *args: P.args, **kwargs: P.kwargs) -> Figures:
        """Figure of each row of counts."""
        f = as_counts(counts)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.asarray(self._kernel(f, *args, **kwargs), dtype=np.float64)
        undefined = (f.sum(self._axes) < self._least) | ~np.isfinite(value)
        defined = value[~undefined]
        for end in (defined.min(initial=np.inf), defined.max(initial=-np.inf)) if defined.size else ():
            bounded(float(end), self._within, getattr(self, "__name__", "figure"))
        return np.ma.MaskedArray(np.where(undefined, 0.0, np.clip(value, *self._within)), mask=undefined)

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
    least: int = 1, otherwise: Reason = Reason.NO_VARIATION, within: Range = FINITE
) -> Callable[[Callable[Concatenate[Ints, P], Floats]], Measure[P]]:
    """Turn a kernel over count vectors into a `Measure` that needs at least so many ratings (decorator)."""
    return lambda kernel: Measure(kernel, least, otherwise, within, 1, Reason.NO_RATINGS)


def paired_measure(
    least: int = 1, otherwise: Reason = Reason.NO_VARIATION, within: Range = FINITE
) -> Callable[[Callable[Concatenate[Ints, P], Floats]], Measure[P]]:
    """Turn a kernel over transition tables (..., K, K) into a `Measure` (decorator)."""
    return lambda kernel: Measure(kernel, least, otherwise, within, 2, Reason.NO_PAIRED_RATINGS)


def figure_within(within: Range) -> Callable[[Callable[P, Result]], Callable[P, Result]]:
    """Check the range of the figure that a function returns (decorator)."""

    def checked(function: Callable[P, Result]) -> Callable[P, Result]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> Result:
            result = function(*args, **kwargs)
            if result.value is None:
                return result
            return replace(result, value=bounded(result.value, within, getattr(function, "__name__", "figure")))

        return call

    return checked


def undefined(reason: Reason, n: int = 0) -> Result:
    """Return an empty figure with its reason."""
    return Result(None, n, reason)


def figure(value: float, n: int, *flags: Flag) -> Result:
    """Return a figure that is present."""
    return Result(float(value), n, None, flags)
