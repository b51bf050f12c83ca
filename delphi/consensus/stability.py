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
