"""Bounds that decide a verdict, and figures printed so that rounding hides on no side of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import ge, gt, le, lt

from delphi.statistics.base.exact import round_half_up

SIDES: dict[str, Callable[[Fraction, Fraction], bool]] = {"≥": ge, ">": gt, "≤": le, "<": lt}
MORE = 2  # decimals beyond the usual ones
HIDING = "‡"
LARGEST = 1_000_000  # denominators of shares: no panel is larger


@dataclass(frozen=True)
class Bound:
    """A comparison of a figure on which a verdict rests."""

    side: str
    value: Fraction

    def met(self, figure: Fraction) -> bool:
        """Whether a figure is on this side."""
        return SIDES[self.side](figure, self.value)


def exact(value: float) -> Fraction:
    """Give back the fraction of which a share, mean or quartile is the nearest number.

    Examples
    --------
    >>> exact(200 / 3), exact(14.814814814814815)
    (Fraction(200, 3), Fraction(400, 27))
    """
    return Fraction(value).limit_denominator(LARGEST)


def deciding_decimals(value: float, shown: Decimal, bounds: Sequence[Bound], least: int) -> int | None:
    """Count the decimals with which a figure lies on the same side of every bound as the exact one.

    Parameters
    ----------
    shown
        What is printed with the usual decimals.
    least
        The usual decimals.

    Returns
    -------
    int or None
        ``least`` where nothing is hidden; None where two decimals more do not tell either.

    Examples
    --------
    >>> low = [Bound("<", Fraction(15))]
    >>> [deciding_decimals(x, round_half_up(x), low, 0) for x in (14.8, 14.96, 13.0, 15.0, 14.998)]
    [1, 2, 0, 0, None]
    """
    true = exact(value)
    sides = [bound.met(true) for bound in bounds]
    for decimals in range(least, least + MORE + 1):
        printed = Fraction(shown if decimals == least else round_half_up(true, decimals))
        if [bound.met(printed) for bound in bounds] == sides:
            return decimals
    return None
