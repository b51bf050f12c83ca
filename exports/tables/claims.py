"""Printed figures of a row as claims about counts: whether any counts fit them, one by one and all together.

A figure that was printed says between which two numbers the exact one lies. Whole numbers of panelists that give all of them
are looked for by integer programming; where the number of ratings is not printed, shares of a panel of any size are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import ceil

import numpy as np

from delphi.consensus.scale import Values, span

MARKS = "%†‡*§¶ "
ALMOST_NONE, ALMOST_ALL = ("<1", "0*", "<1%"), (">99", "100†", ">99%")


@dataclass(frozen=True)
class Interval:
    """Numbers from ``low`` to below ``high``."""

    low: Fraction
    high: Fraction

    def whole(self, times: Fraction) -> tuple[int, int]:
        """Smallest and largest whole number within the interval times a number."""
        return ceil(self.low * times), ceil(self.high * times) - 1


def interval_of(printed: str) -> Interval:
    """Read between which numbers the exact figure lies that was rounded half up.

    Examples
    --------
    >>> interval_of("81.3"), interval_of("0*").high
    (Interval(low=Fraction(325, 4), high=Fraction(1627, 20)), Fraction(1, 2))
    """
    if printed in ALMOST_NONE:
        return Interval(Fraction(1, 10**9), Fraction(1, 2))
    if printed in ALMOST_ALL:
        return Interval(Fraction(199, 2), Fraction(100))
    text = printed.translate(str.maketrans("·−", ".-", MARKS))
    half = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
    return Interval(Fraction(text) - half, Fraction(text) + half)


@dataclass(frozen=True)
class Claim:
    """A printed figure: "share" and "count" of some options, "median", "mean", "sd", "least" or "most"."""

    figure: str
    printed: str
    options: Values = ()

    @property
    def says(self) -> Interval:
        """Between which numbers the exact figure lies."""
        return interval_of(self.printed)


@dataclass(frozen=True)
class PrintedRow:
    """A row: how many rated, if that is printed, the ends of the scale, and what is printed of it."""

    n: int | None
    lo: int
    hi: int
    claims: tuple[Claim, ...]

    def only(self, *claims: Claim) -> "PrintedRow":
        """The row with some of its figures."""
        return replace(self, claims=claims)


def impossible(row: PrintedRow) -> list[Claim]:
    """Claims that no counts fit: each that is impossible alone, or else those of which one must be wrong.

    Examples
    --------
    >>> impossible(PrintedRow(37, 1, 9, (Claim("share", "60", (7, 8, 9)), Claim("mean", "6.7"))))
    [Claim(figure='share', printed='60', options=(7, 8, 9))]
    """
    alone = [claim for claim in row.claims if not fits(row.only(claim))]
    if alone or fits(row):
        return alone
    without = [claim for claim in row.claims if fits(row.only(*(c for c in row.claims if c is not claim)))]
    return without or list(row.claims)


Line = tuple[list[int], Fraction | int, Fraction | int]  # a weight for each option, and the bounds of the sum


def fits(row: PrintedRow) -> bool:
    """Whether any counts give all that is printed."""
    values, whole = span(row.lo, row.hi), row.n or 1
    ones: Line = ([1] * len(values), whole, whole)
    sides = [list(_alternatives(row, claim, values)) for claim in row.claims if claim.figure != "sd"]
    spreads = [claim.says for claim in row.claims if claim.figure == "sd"]
    for lines in product(*sides):
        own = [ones, *(line for side in lines for line in side)]
        if any(_solved([*own, *more], integer=row.n is not None) for more in _spread(row, spreads, values)):
            return True
    return False


def _alternatives(row: PrintedRow, claim: Claim, values: Values) -> Iterator[list[Line]]:
    """Lines of a claim; several where it may come about in several ways."""
    whole = Fraction(row.n or 1)
    weights = [int(value in claim.options) for value in values]
    match claim.figure:
        case "share":
            yield [_line(row, weights, claim.says, whole / 100)]
        case "count":
            yield [_line(row, weights, claim.says, Fraction(1))]
        case "mean":
            yield [_line(row, list(values), claim.says, whole)]
        case "median":
            yield from _medians(row, claim.says, values)
        case "least" | "most":
            yield [*_end(int(Fraction(claim.printed)), values, row.n or 1, least=claim.figure == "least")]


def _line(row: PrintedRow, weights: list[int], says: Interval, times: Fraction) -> Line:
    low, high = says.whole(times) if row.n is not None else (says.low * times, says.high * times)
    return weights, low, high


def _end(end: int, values: Values, n: int, *, least: bool) -> Iterator[Line]:
    """Somebody chose this option, and nobody one beyond it."""
    yield [int(value == end) for value in values], Fraction(1, 10**6), n
    yield [int(value < end if least else value > end) for value in values], 0, 0


def _medians(row: PrintedRow, says: Interval, values: Values) -> Iterator[list[Line]]:
    """The two middle ratings, which are one where their number is odd."""
    for a, b in product(values, values):
        if a <= b and says.low <= Fraction(a + b, 2) < says.high and (a == b or row.n is None or row.n % 2 == 0):
            yield [*_middle(a, values, row.n, upper=False), *_middle(b, values, row.n, upper=True)]


def _middle(at: int, values: Values, n: int | None, *, upper: bool) -> Iterator[Line]:
    """The lower or upper middle rating is this one."""
    below, upto = [int(value < at) for value in values], [int(value <= at) for value in values]
    if n is None:
        yield below, 0, Fraction(1, 2)
        yield upto, Fraction(1, 2), 1
    else:
        place = n // 2 + 1 if upper or n % 2 else n // 2
        yield below, 0, place - 1
        yield upto, place, n


def _spread(row: PrintedRow, spreads: Sequence[Interval], values: Values) -> Iterator[list[Line]]:
    """Lines of the standard deviation beside each sum of ratings that the printed mean allows."""
    if not spreads:
        yield []
        return
    [sd], squares = spreads, [value * value for value in values]
    means = [claim.says for claim in row.claims if claim.figure == "mean"] or [
        Interval(Fraction(row.lo), row.hi + Fraction(1))
    ]
    if row.n is None:
        yield [(squares, max(sd.low, Fraction(0)) ** 2 + means[0].low ** 2, sd.high**2 + means[0].high ** 2)]
        return
    low, high = means[0].whole(Fraction(row.n))
    for total in range(low, high + 1):
        base = Fraction(total * total, row.n)
        bounds = [part**2 * (row.n - 1) + base for part in (max(sd.low, Fraction(0)), sd.high)]
        yield [(list(values), total, total), (squares, ceil(bounds[0]), ceil(bounds[1]) - 1)]


def _solved(lines: Sequence[Line], *, integer: bool) -> bool:
    """Whether counts, none of them negative, keep all lines."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    weights, lows, highs = zip(*lines, strict=True)
    if any(low > high for low, high in zip(lows, highs, strict=True)):
        return False
    matrix = np.array(weights, dtype=float)
    kept = LinearConstraint(matrix, np.array(lows, dtype=float), np.array(highs, dtype=float))
    size = matrix.shape[1]
    answer = milp(np.zeros(size), constraints=[kept], integrality=np.full(size, int(integer)), bounds=Bounds(0, np.inf))
    return bool(answer.success)


def possible_counts(claim: Claim, n: int) -> range:
    """How many may stand behind a printed share or count.

    Examples
    --------
    >>> possible_counts(Claim("share", "66"), 55), possible_counts(Claim("share", "65"), 55)
    (range(37, 37), range(36, 37))
    """
    low, high = claim.says.whole(Fraction(n, 100) if claim.figure == "share" else Fraction(1))
    return range(max(low, 0), max(min(high, n), low - 1) + 1)


def adds_up(total: Claim, n: int, parts: Sequence[tuple[Claim, int]]) -> bool:
    """Whether a share, a count or a mean of all can be that of its groups, each with its number of ratings.

    Examples
    --------
    >>> groups = [(Claim("share", "100"), 10), (Claim("share", "50"), 10)]
    >>> adds_up(Claim("share", "75"), 20, groups), adds_up(Claim("share", "74"), 20, groups)
    (True, False)
    """
    if sum(size for _, size in parts) != n:
        return True
    times = {"share": Fraction(1, 100), "count": Fraction(0), "mean": Fraction(1)}[total.figure]
    low, high = total.says.whole(times * n or Fraction(1))
    ranges = [claim.says.whole(times * size or Fraction(1)) for claim, size in parts]
    return max(low, sum(a for a, _ in ranges)) <= min(high, sum(b for _, b in ranges))
