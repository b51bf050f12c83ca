"""Quantiles of many statements as integers over one denominator, and bounds on them (METHOD 5.4)."""

from fractions import Fraction
from typing import NamedTuple

import numpy as np

from delphi.consensus.counts import Integers, total
from delphi.consensus.rules.base import HINGES
from delphi.consensus.rules.shares import Mask, number
from delphi.statistics.one_statement.quantiles import HALF, QUARTER, scaled_quantile


class Scaled(NamedTuple):
    """Figures of statements: ``numerators`` (J) over one ``denominator``."""

    numerators: Integers
    denominator: int

    def at(self, j: int) -> Fraction:
        """Figure of one statement."""
        return Fraction(int(self.numerators[j]), self.denominator)

    def at_most(self, bound: str | Fraction, *, strict: bool = False) -> Mask:
        """Compare with a bound, in integers."""
        b = Fraction(bound)
        left, right = self.numerators * b.denominator, b.numerator * self.denominator
        return np.asarray(left < right if strict else left <= right, dtype=np.bool_)

    def at_least(self, bound: str | Fraction) -> Mask:
        """Compare with a bound, in integers."""
        return ~self.at_most(bound, strict=True)

    def minus(self, other: "Scaled") -> "Scaled":
        """Subtract figures over the same denominator."""
        return Scaled(self.numerators - other.numerators, self.denominator)


def values_of(f: Integers, lo: int) -> Integers:
    """Values behind the options of a count table."""
    return np.arange(lo, lo + f.shape[-1], dtype=np.int64)


def medians(f: Integers, lo: int) -> Scaled:
    """Median of every statement."""
    return Scaled(*scaled_quantile(f, HALF, 7, values_of(f, lo)))


def quartiles(f: Integers, lo: int, quantile_type: int) -> tuple[Scaled, Scaled]:
    """Lower and upper quartile of every statement; type 0 gives Tukey's hinges."""
    if quantile_type != HINGES:
        first, third = (scaled_quantile(f, p, quantile_type, values_of(f, lo)) for p in (QUARTER, 1 - QUARTER))
        return Scaled(*first), Scaled(*third)
    half = ((total(f) + 1) // 2)[..., None]
    lower = np.diff(np.minimum(f.cumsum(-1), half), axis=-1, prepend=0)
    upper = np.diff(np.minimum(f[..., ::-1].cumsum(-1), half), axis=-1, prepend=0)[..., ::-1]
    return medians(lower, lo), medians(upper, lo)


def interquartile(f: Integers, lo: int, quantile_type: int) -> Scaled:
    """Interquartile range of every statement."""
    first, third = quartiles(f, lo, quantile_type)
    return third.minus(first)


def check_direction(least: str | None, most: str | None, what: str) -> None:
    """Refuse bounds between which a figure could be both high and low."""
    bounds = [None if bound is None else number(bound, f"bound of the {what}") for bound in (least, most)]
    if bounds[0] is not None and bounds[1] is not None and bounds[0] <= bounds[1]:
        raise ValueError(f"the {what} from which a statement is in must be above the one up to which it is out")


def text(value: Fraction) -> str:
    """Print a figure with up to four decimals.

    Examples
    --------
    >>> text(Fraction(3)), text(Fraction(5, 4)), text(Fraction(1, 3))
    ('3', '1.25', '0.3333')
    """
    return f"{float(value):.4f}".rstrip("0").rstrip(".")
