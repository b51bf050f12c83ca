"""The range in which each figure must lie: outside it the computation is wrong, and the figure is never printed."""

from collections.abc import Mapping
from math import inf, isfinite
from typing import ClassVar, TypeAlias

Range: TypeAlias = tuple[float, float]

FINITE: Range = (-inf, inf)
UNIT: Range = (0.0, 1.0)
SIGNED: Range = (-1.0, 1.0)
AT_MOST_1: Range = (-inf, 1.0)
NOT_NEGATIVE: Range = (0.0, inf)
ROUNDING = 1e-9  # so far beyond an end a figure is put on it, since floats round

RANGES: Mapping[str, Range] = {
    "value": FINITE,
    **dict.fromkeys(("p", "p_exact", "p_holm", "p_corrected", "p_uncorrected", "p_asymptotic"), UNIT),
    **dict.fromkeys(("p_f", "p_permutation", "coverage", "probability", "pa", "pe"), UNIT),
    **dict.fromkeys(("epsilon_squared", "uncorrected"), UNIT),
    **dict.fromkeys(("h", "chi2", "f", "statistic", "statistic_corrected", "se"), NOT_NEGATIVE),
    **dict.fromkeys(("u", "w_plus", "w_minus"), NOT_NEGATIVE),
    **dict.fromkeys(("delta", "silhouette", "cvr"), SIGNED),
    **dict.fromkeys(("icc1", "icc2", "icc3", "icc1k", "icc3k", "icc2_low", "icc2_high"), AT_MOST_1),
}


class OutOfRange(ArithmeticError):
    """A figure lies where it cannot lie: an error of the program, never a state of the data."""


def bounded(value: float, within: Range, what: str) -> float:
    """Return a figure that lies in its range, or on the end that it misses by rounding.

    Raises
    ------
    OutOfRange
        The figure lies outside, or is no finite number.

    Examples
    --------
    >>> bounded(1.0000000000000002, UNIT, "p")
    1.0
    """
    low, high = within
    if not isfinite(value) or not low - ROUNDING <= value <= high + ROUNDING:
        raise OutOfRange(f"{what} is {value}, which is not a number from {low} to {high}")
    return min(max(value, low), high)


class Bounded:
    """A dataclass whose figures are checked when it is made, by `RANGES` and its own ``ranges``; None passes."""

    __slots__ = ()
    ranges: ClassVar[Mapping[str, Range]] = {}

    def __post_init__(self) -> None:
        """Check every figure that has a range."""
        for name in getattr(self, "__dataclass_fields__", ()):
            within, value = self.ranges.get(name) or RANGES.get(name), getattr(self, name)
            if within is None or value is None:
                continue
            what = f"{type(self).__name__}.{name}"
            checked = (
                tuple(bounded(part, within, what) for part in value)
                if isinstance(value, tuple)
                else bounded(value, within, what)
            )
            if checked != value:
                object.__setattr__(self, name, checked)
