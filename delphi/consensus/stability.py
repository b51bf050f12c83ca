"""Has the panel stopped moving? Change between two rounds of the same panelists (METHOD 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from delphi.consensus.counts import Integers, total
from delphi.consensus.rules.shares import columns
from delphi.statistics.exact import meets_threshold, per_cent
from delphi.statistics.paired_agreement import COEFFICIENTS, exact_coefficient
from delphi.statistics.quantiles import median


@dataclass(frozen=True)
class Moves:
    """Change of one statement among panelists who rated it in both rounds; None without such pairs."""

    n_paired: int
    changed: int
    delta_combined: Fraction | None
    delta_median: Fraction | None
    coefficient: Fraction | None
    stable: str

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

    def judge(self, n: int, changed: int, shift: Fraction | None, coefficient: Fraction | None) -> str:
        """Say stable, unstable or too_few."""
        if n < self.min_paired or shift is None:
            return "too_few"
        few = meets_threshold(n - changed, n, 100 - per_cent(self.max_changed))
        still = abs(shift) < Fraction(self.max_median_shift)
        alike = changed == 0 or (coefficient is not None and coefficient >= Fraction(self.min_coefficient))
        return "stable" if few and still and alike else "unstable"


def moves_of(
    table: Integers,
    lo: int,
    combined: Sequence[int],
    rule: StabilityRule | None = None,
) -> Moves:
    """Describe one transition table (K, K): rows are the round before, columns this round."""
    n, same = int(table.sum()), int(np.trace(table))
    before, after = total(table, 1), total(table, 0)
    agreeing = [int(columns(f, tuple(combined), lo)) for f in (before, after)]
    middle = [median(f) for f in (before, after)]
    shift = None if middle[0] is None or middle[1] is None else middle[1] - middle[0]
    judge = rule or StabilityRule()
    coefficient = exact_coefficient(table, judge.coefficient)
    return Moves(
        n_paired=n,
        changed=n - same,
        delta_combined=Fraction(100 * (agreeing[1] - agreeing[0]), n) if n else None,
        delta_median=shift,
        coefficient=coefficient,
        stable=judge.judge(n, n - same, shift, coefficient),
    )
