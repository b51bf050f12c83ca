"""Rules made of rules (METHOD 4.2)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.rules.base import Code, Detail, Rule, Tally, first_reasons
from delphi.consensus.rules.shares import Mask
from delphi.consensus.scale import Scale
from delphi.statistics.base.result import Flag, Reason


@dataclass(frozen=True)
class Combined(Rule):
    """Several rules on the same counts."""

    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        if len(self.rules) < 2:
            raise ValueError("a combined rule needs at least two rules, such as percent_agreement,iqr_rule")

    @property
    def has_grades(self) -> bool:
        """Whether a part has letters."""
        return any(rule.has_grades for rule in self.rules)

    @property
    def of_the_round(self) -> bool:
        """Whether a part depends on the other statements."""
        return any(rule.of_the_round for rule in self.rules)

    @property
    def quantiles_compared(self) -> tuple[int, ...]:
        """Quantile types under which any part is tried."""
        return tuple(dict.fromkeys(type_ for rule in self.rules for type_ in rule.quantiles_compared))

    def statuses(self, tally: Tally) -> NDArray[np.int8]:
        """Verdict codes by part (parts, J)."""
        return np.array([rule.status(tally) for rule in self.rules])

    def obstacles(self, tally: Tally) -> dict[Reason, Mask]:
        """Collect the obstacles of the parts."""
        obstacles: dict[Reason, Mask] = {}
        for rule in self.rules:
            for reason, holds in rule.obstacles(tally).items():
                obstacles[reason] = obstacles.get(reason, holds) | holds
        return obstacles

    def marks(self, tally: Tally) -> dict[Flag, Mask]:
        """Collect the flags of the parts."""
        flags: dict[Flag, Mask] = {}
        for rule in self.rules:
            for flag, holds in rule.marks(tally).items():
                flags[flag] = flags.get(flag, holds) | holds
        return flags

    def grades(self, tally: Tally) -> list[str | None]:
        """Letters of the first part that has them."""
        return next((rule.grades(tally) for rule in self.rules if rule.has_grades), super().grades(tally))

    def deciding_groups(self, tally: Tally) -> str:
        """Say which groups decided in the parts."""
        return "; ".join(filter(None, (rule.deciding_groups(tally) for rule in self.rules)))

    def details(self, tally: Tally) -> list[Detail]:
        """Figures of every part; on top, those of all parts together."""
        size = len(tally.n)
        parts = [
            list(zip(rule.details(tally), first_reasons(rule.obstacles(tally), size), strict=True))
            for rule in self.rules
        ]
        details = []
        for j in range(size):
            figures = [figures for figures, _reason in (part[j] for part in parts)]
            merged: Detail = {name: value for part in reversed(figures) for name, value in part.items()}
            details.append(merged | {"parts": tuple(part[j] for part in parts)})
        return details

    def basis(self, detail: Detail) -> str:
        """Print the basis of each part that could be judged."""
        parts = zip(self.rules, detail["parts"], strict=True)
        return "; ".join(str(reason) if reason else rule.basis(figures) for rule, (figures, reason) in parts)

    def describe(self, scale: Scale) -> str:
        """Say the rules in one sentence."""
        parts = [rule.describe(scale).rstrip(".") for rule in self.rules]
        return f"{self.name}: " + "; and: ".join(f"({i}) {part}" for i, part in enumerate(parts, 1)) + "."


@dataclass(frozen=True)
class AllOf(Combined):
    """Every part says the same."""

    key: ClassVar[str] = "all_of"
    name: ClassVar[str] = "All of several rules"

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Ask every part."""
        codes = self.statuses(tally)
        return (codes == Code.IN).all(0), (codes == Code.OUT).all(0)


@dataclass(frozen=True)
class AnyOf(Combined):
    """At least one part decides, and none decides the opposite."""

    key: ClassVar[str] = "any_of"
    name: ClassVar[str] = "Any of several rules"

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Ask for one part that no other contradicts."""
        codes = self.statuses(tally)
        some_in, some_out = (codes == Code.IN).any(0), (codes == Code.OUT).any(0)
        return some_in & ~some_out, some_out & ~some_in

    def obstacles(self, tally: Tally) -> dict[Reason, Mask]:
        """Let an obstacle count only where no part decides and some part has too few ratings."""
        codes = self.statuses(tally)
        to_in, to_out = self.sides(tally)
        open_ = ~(to_in | to_out) & (codes == Code.TOO_FEW).any(0)
        return {reason: holds & open_ for reason, holds in super().obstacles(tally).items()}
