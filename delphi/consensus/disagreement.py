"""The RAND/UCLA appropriateness method on the nine-point scale (METHOD 4.4)."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from delphi.consensus.counts import Integers, total
from delphi.consensus.rules.quartiles import Scaled, medians
from delphi.consensus.rules.shares import Mask
from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.one_statement.quantiles import scaled_quantile

LOW, UNCERTAIN, HIGH = slice(0, 3), slice(3, 6), slice(6, 9)
WORDS = ("inappropriate", "uncertain", "appropriate")


class CutoffVariant(StrEnum):
    """How many ratings at each end mean disagreement: as in the manual's table, or the popular ⌈n/3⌉."""

    TABLE = "table"
    CEIL = "ceil"


@dataclass(frozen=True)
class Cutoffs:
    """How many ratings outside the zone of the median still mean agreement, how many at each end disagreement."""

    agreement_max_outside: int | None
    disagreement_min_each: int | None
    extrapolated: tuple[int, int] | None = None
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def rand_classic_cutoffs(n: int, variant: str = CutoffVariant.TABLE) -> Cutoffs:
    """Cut-offs of the panel-size table for n ratings.

    Parameters
    ----------
    variant
        "table", or "ceil" for the popular ⌈n/3⌉ at each end, which differs at n = 10, 13 and 16.

    Notes
    -----
    The table is printed for 8 to 16 panelists; its formulas are ⌊(n − 2)/3⌋ and ⌊(n + 1)/3⌋.

    Examples
    --------
    >>> rand_classic_cutoffs(9).agreement_max_outside, rand_classic_cutoffs(7).extrapolated
    (2, (1, 2))
    """
    outside, each = (n - 2) // 3, (n + 1) // 3 if variant == CutoffVariant.TABLE else -(-n // 3)
    if n < 8:
        return Cutoffs(None, None, (outside, each), Reason.BELOW_TABLE_RANGE)
    return Cutoffs(outside, each, flags=(Flag.EXTRAPOLATED,) if n > 16 else ())


def median_zone(f: Integers) -> Integers:
    """Zone of the median, 0 low, 1 uncertain, 2 high; half medians belong to the higher option.

    Examples
    --------
    >>> median_zone(np.array([[0, 0, 1, 1, 0, 0, 0, 0, 0]]))
    array([1])
    """
    middle = medians(f, 1)
    whole = (2 * middle.numerators + middle.denominator) // (2 * middle.denominator)
    return np.asarray((whole - 1) // 3, dtype=np.int64)


def rand_classic(f: Integers, variant: str = CutoffVariant.TABLE) -> tuple[Mask, Mask]:
    """Say where the panel agrees and where it disagrees, by the formulas of the panel-size table.

    Examples
    --------
    >>> agree, disagree = rand_classic(np.array([[0, 0, 0, 0, 0, 2, 3, 3, 1]]))
    >>> agree.item(), disagree.item()
    (True, False)
    """
    n, zones = total(f), np.stack([total(f[..., zone]) for zone in (LOW, UNCERTAIN, HIGH)], axis=-1)
    inside = np.take_along_axis(zones, median_zone(f)[..., None], axis=-1)[..., 0]
    each = (n + 1) // 3 if variant == CutoffVariant.TABLE else -(-n // 3)
    disagree = (zones[..., 0] >= each) & (zones[..., 2] >= each)
    return n - inside <= (n - 2) // 3, disagree & (n > 1)


@dataclass(frozen=True)
class Ipras:
    """Range between the 30th and the 70th percentile, adjusted for symmetry; every figure of each statement."""

    p30: Scaled
    p70: Scaled

    @property
    def disagreement(self) -> Mask:
        """IPR > IPRAS in integers: 20(b − a) > 47D + 15·|10D − a − b|."""
        a, b, d = self.p30.numerators, self.p70.numerators, self.p30.denominator
        return np.asarray(20 * (b - a) > 47 * d + 15 * abs(10 * d - a - b), dtype=np.bool_)

    def figures(self, j: int) -> dict[str, Fraction]:
        """All figures of one statement, exactly."""
        p30, p70 = self.p30.at(j), self.p70.at(j)
        middle = (p30 + p70) / 2
        asymmetry = abs(5 - middle)
        ipras = Fraction("2.35") + Fraction("1.5") * asymmetry
        spread = p70 - p30
        percentiles = {"p30": p30, "p70": p70, "ipr": spread, "iprcp": middle}
        return percentiles | {"ai": asymmetry, "ipras": ipras, "di": spread / ipras}


def rand_ipras(f: Integers, quantile_type: int = 7) -> Ipras:
    """Compute the percentiles on which the disagreement index rests.

    References
    ----------
    .. [1] Fitch K et al. The RAND/UCLA appropriateness method user's manual. RAND MR-1269, 2001, chapter 8.
    """
    values = np.arange(1, 10)
    low, high = (scaled_quantile(f, Fraction(p, 10), quantile_type, values) for p in (3, 7))
    return Ipras(Scaled(*low), Scaled(*high))
