"""Whether ratings have stopped moving: change between two rounds of the same panelists (METHOD 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.counts import Integers, total
from delphi.consensus.rules.shares import at_least, columns
from delphi.consensus.vocabulary import Stability
from delphi.statistics.base.exact import per_cent
from delphi.statistics.change.paired_agreement import COEFFICIENTS, coefficient_parts
from delphi.statistics.one_statement.quantiles import HALF, scaled_quantile


@dataclass(frozen=True)
class Moves:
    """Change of one statement among panelists who rated it in both rounds; None without such pairs."""

    n_paired: int
    changed: int
    delta_combined: Fraction | None
    delta_median: Fraction | None
    coefficient: Fraction | None
    stable: Stability

    @property
    def changed_pct(self) -> Fraction | None:
        """Share of the pairs that changed, in per cent."""
        return Fraction(100 * self.changed, self.n_paired) if self.n_paired else None


@dataclass(frozen=True)
class StabilityRule:
    """When ratings count as stable (METHOD 7.3); all bounds are set before the study."""

    max_changed: str = "15"
    max_median_shift: str = "1"
    min_coefficient: str = "0.6"
    coefficient: str = "ac2_quadratic"
    min_paired: int = 5

    def __post_init__(self) -> None:
        if self.coefficient not in COEFFICIENTS:
            raise ValueError(f"coefficient “{self.coefficient}” is not one of {', '.join(COEFFICIENTS)}")

    def judge(self, n: int, changed: int, shift: Fraction, coefficient: Fraction | None) -> Stability:
        """Whether one statement is stable; ``shift`` is the change of the median of the ``n`` pairs."""
        whole = 0 if coefficient is None else coefficient.denominator
        short = 0 if coefficient is None else whole - coefficient.numerator
        [stable] = self.judge_table(
            np.array([n]),
            np.array([changed]),
            np.array([abs(shift).numerator]),
            shift.denominator,
            np.array([short]),
            np.array([whole]),
        )
        return stable

    def judge_table(
        self, n: Integers, changed: Integers, shift: Integers, unit: int, short: NDArray[Any], whole: NDArray[Any]
    ) -> list[Stability]:
        """Whether each of J statements is stable: absolute shifts in units of 1/``unit``, coefficients as 1 − short/whole."""
        bound, least = Fraction(self.max_median_shift), Fraction(self.min_coefficient)
        few = at_least(n - changed, n, 100 - per_cent(self.max_changed))
        still = shift * bound.denominator < bound.numerator * unit
        whole, short = whole.astype(object), short.astype(object)  # a bound with some decimals makes large products
        alike = (whole > 0) & ((whole - short) * least.denominator >= least.numerator * whole)
        words = np.where(few & still & ((changed == 0) | alike), Stability.STABLE, Stability.UNSTABLE)
        return [Stability(word) for word in np.where(n < max(self.min_paired, 1), Stability.TOO_FEW, words).tolist()]


@dataclass(frozen=True, eq=False)
class MovesTable:
    """Change of many statements at once, in integers; where ``n`` is 0 only that is defined.

    Attributes
    ----------
    agreeing
        Change in the number of those who agree.
    shift
        Change of the median, in units of 1/``unit``.
    short, whole
        The coefficient is 1 − short/whole; undefined where whole is 0.
    """

    n: Integers
    changed: Integers
    agreeing: Integers
    shift: Integers
    unit: int
    short: NDArray[Any]
    whole: NDArray[Any]
    stable: list[Stability]


def moves_table(tables: Integers, lo: int, combined: Sequence[int], rule: StabilityRule | None = None) -> MovesTable:
    """Describe transition tables (J, K, K): rows are the round before, columns this round."""
    judge = rule or StabilityRule()
    n = total(total(tables))
    changed = n - np.asarray(np.trace(tables, axis1=1, axis2=2), dtype=np.int64)
    before, after = total(tables), total(tables, 1)
    agreeing = columns(after, tuple(combined), lo) - columns(before, tuple(combined), lo)
    (second, unit), (first, _) = scaled_quantile(after, HALF), scaled_quantile(before, HALF)
    short, whole = coefficient_parts(tables, judge.coefficient)
    stable = judge.judge_table(n, changed, np.abs(second - first), unit, short, whole)
    return MovesTable(n, changed, agreeing, second - first, unit, short, whole, stable)


def moves_of(table: Integers, lo: int, combined: Sequence[int], rule: StabilityRule | None = None) -> Moves:
    """Describe one transition table (K, K): rows are the round before, columns this round."""
    moves = moves_table(np.asarray(table)[None], lo, combined, rule)
    n, whole = int(moves.n[0]), int(moves.whole[0])
    return Moves(
        n_paired=n,
        changed=int(moves.changed[0]),
        delta_combined=Fraction(100 * int(moves.agreeing[0]), n) if n else None,
        delta_median=Fraction(int(moves.shift[0]), moves.unit) if n else None,
        coefficient=1 - Fraction(int(moves.short[0]), whole) if n and whole else None,
        stable=moves.stable[0],
    )


COMPOSITION_POINTS = 10  # points of a share that joining and leaving alone must be able to move before it is said


def composition_changed(before: tuple[int, int], after: tuple[int, int], left: int, joined: int) -> bool:
    """Whether joining and leaving alone could have moved the share of combined agreement by ten points or more.

    Parameters
    ----------
    before, after
        Those who agreed and those who rated, in the round before and in this one.
    left, joined
        At most so many rated in the round before alone, and in this one alone.

    Notes
    -----
    The question is what could have been if nobody had changed an answer: leavers may be any of those who rated before,
    joiners any of those who rated now. At most, all leavers disagreed and all joiners agree, or the reverse, as far as
    there were so many. What the share did is not asked: a turnover that could move it so far can also hide a change.
    With the share before a/n and that without the leavers and with the joiners b/m, it is so if 100·|bn − am| ≥ 10·nm.

    Examples
    --------
    Five of ten agreed; five left, three joined, and five of eight agree: perhaps the same five.

    >>> composition_changed((5, 10), (5, 8), 5, 3), composition_changed((20, 25), (21, 26), 0, 1)
    (True, False)
    """
    (agreed, rated), (agree, rate) = before, after
    if not rated or not rate:
        return False
    apart, come = min(left, rated - agreed), min(joined, agree)
    lost, against = min(left, agreed), min(joined, rate - agree)
    extremes = ((agreed + come, rated - apart + come), (agreed - lost, rated - lost + against))
    return any(100 * abs(k * rated - agreed * n) >= COMPOSITION_POINTS * n * rated for k, n in extremes if n)
