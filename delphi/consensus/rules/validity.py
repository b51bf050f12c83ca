"""Content validity ratio against its exact critical value (METHOD 4.7)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from delphi.consensus.counts import Integers
from delphi.consensus.rules.base import Detail, Rule, Tally
from delphi.consensus.rules.percent import check_sets
from delphi.consensus.rules.shares import Mask, columns, number, worded_set
from delphi.consensus.scale import Scale
from delphi.statistics.base.result import Reason
from delphi.statistics.one_statement.lawshe import cvr_critical

UNATTAINABLE = -1
critical_count = lru_cache(4096)(cvr_critical)


@dataclass(frozen=True)
class CvrRule(Rule):
    """More panelists call a statement essential than chance would explain."""

    key: ClassVar[str] = "cvr_rule"
    name: ClassVar[str] = "Content validity ratio (Ayre and Scally)"

    agree_set: tuple[int, ...] = ()
    alpha: str = "0.05"

    def __post_init__(self) -> None:
        check_sets(self.agree_set, ())
        if not 0 < number(self.alpha, "alpha") < 1:
            raise ValueError("alpha is between 0 and 1")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the agreement set."""
        return {"agree_set": scale.combined}

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        return (
            f"Consensus in: the number of ratings {worded_set(scale, self.agree_set)} reaches the exact critical value "
            f"of the content validity ratio at α = {self.alpha}, one-sided; there is no consensus out."
        )

    def critical(self, tally: Tally) -> Integers:
        """Smallest number that is above chance; −1 where none is."""
        counts = [critical_count(n, self.alpha).count for n in tally.base.tolist()]
        return np.array([UNATTAINABLE if count is None else count for count in counts], dtype=np.int64)

    def obstacles(self, tally: Tally) -> dict[Reason, Mask]:
        """Ask for a panel large enough to be above chance."""
        never = self.critical(tally) == UNATTAINABLE
        return super().obstacles(tally) | {Reason.NO_ATTAINABLE_CRITICAL_VALUE: never}

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Compare counts, never rounded ratios."""
        met = columns(tally.f, self.agree_set, self.lo) >= self.critical(tally)
        return met, met & False

    def details(self, tally: Tally) -> list[Detail]:
        """Ratings in the agreement set of each statement, and their critical value."""
        k = columns(tally.f, self.agree_set, self.lo)
        rows = zip(tally.base.tolist(), k.tolist(), self.critical(tally).tolist(), strict=True)
        return [{"n": n, "agree": a, "critical": None if c == UNATTAINABLE else c} for n, a, c in rows]

    def basis(self, detail: Detail) -> str:
        """Print the count beside its critical value."""
        met = "≥" if detail["agree"] >= detail["critical"] else "<"
        return f"{detail['agree']}/{detail['n']} {met} {detail['critical']}"
