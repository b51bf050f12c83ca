"""Rules that ask each stakeholder group (METHOD 4.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.counts import Counts
from delphi.consensus.rules.base import CODES, Code, Detail, Rule, Tally
from delphi.consensus.rules.comet import Comet7015, Out50
from delphi.consensus.rules.percent import PercentAgreement
from delphi.consensus.rules.shares import Mask
from delphi.consensus.scale import Scale
from delphi.consensus.vocabulary import EVERYBODY
from delphi.statistics.base.result import Flag, Reason


class Require(StrEnum):
    """In which groups the rule must be met."""

    ALL = "all"
    ANY = "any"
    NAMED = "named"


VARIANTS = {"70_15_each": Comet7015, "out_50_each": Out50}


@dataclass(frozen=True)
class GroupRule(Rule):
    """A rule asked of each group; a group with too few ratings never counts as met."""

    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {"require": tuple(Require)}

    require: str = Require.ALL
    named: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.require not in list(Require):
            raise ValueError(f"require “{self.require}” is not one of {', '.join(Require)}")
        if (self.require == Require.NAMED) != bool(self.named):
            raise ValueError("named groups and require “named” belong together")

    def inner(self) -> Rule:
        """Return the rule asked of each group."""
        raise NotImplementedError

    @property
    def quantiles_compared(self) -> tuple[int, ...]:
        """Quantile types under which the verdict is tried."""
        return self.inner().quantiles_compared

    def required(self, groups: Sequence[str]) -> list[str]:
        """Name the groups asked; a population that is one group, or has none, is asked as a whole.

        People without a group are counted with all together and are not asked as a group.
        """
        if len(groups) == 1:
            return [*groups]
        return [*self.named] if self.require == Require.NAMED else [name for name in groups if name]

    def _parts(self, tally: Tally) -> dict[str, Tally]:
        groups = tally.counts.groups
        return {name: Tally(_group(tally.counts, name), tally.terms) for name in self.required(groups)}

    def statuses(self, tally: Tally) -> NDArray[np.int8]:
        """Verdict codes by group (G, J)."""
        return np.array([self.inner().status(part) for part in self._parts(tally).values()])

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Ask every group, or one group that no other contradicts."""
        codes = self.statuses(tally)
        to_in, to_out = codes == Code.IN, codes == Code.OUT
        if self.require == Require.ANY:
            return to_in.any(0) & ~to_out.any(0), to_out.any(0) & ~to_in.any(0)
        return to_in.all(0), to_out.all(0)

    def obstacles(self, tally: Tally) -> dict[Reason, Mask]:
        """Ask for enough ratings in every required group."""
        own = super().obstacles(tally)
        if self.require == Require.ANY or len(tally.counts.groups) == 1:
            return own
        sizes = np.array([part.n for part in self._parts(tally).values()])
        small = (sizes < tally.terms.minimum_n).any(0)
        return {
            Reason.NO_RATINGS: own[Reason.NO_RATINGS],
            Reason.EMPTY_GROUP: (sizes == 0).any(0),
            Reason.BELOW_MINIMUM_N: small | own[Reason.BELOW_MINIMUM_N],
        }

    def marks(self, tally: Tally) -> dict[Flag, Mask]:
        """Flag groups that contradict each other."""
        codes = self.statuses(tally)
        return {Flag.GROUPS_CONFLICT: (codes == Code.IN).any(0) & (codes == Code.OUT).any(0)}

    def details(self, tally: Tally) -> list[Detail]:
        """Figures of all together, with the verdict of each group and of all together."""
        codes, names = self.statuses(tally), list(self._parts(tally))
        pooled = Tally(tally.counts.pooled(), tally.terms)
        whole, figures = self.inner().status(pooled), self.inner().details(pooled)
        return [
            figures[j]
            | {
                "groups": {name: CODES[Code(codes[g, j])].value for g, name in enumerate(names)},
                "pooled": CODES[Code(whole[j])].value,
            }
            for j in range(len(whole))
        ]

    def basis(self, detail: Detail) -> str:
        """Print the verdict of each group."""
        groups = [f"{name}: {verdict}" for name, verdict in detail["groups"].items() if name not in ("", EVERYBODY)]
        return ", ".join([*groups, f"pooled: {detail['pooled']}"])

    def deciding_groups(self, tally: Tally) -> str:
        """Say which groups decided."""
        names = [name for name in self.required(tally.counts.groups) if name]
        return f"{self.require}: {', '.join(names)}" if names else self.require

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        who = {
            Require.ALL: "in each stakeholder group",
            Require.ANY: "in at least one stakeholder group, while no group has the opposite",
            Require.NAMED: f"in each of {', '.join(self.named)}",
        }[Require(self.require)]
        return f"Asked {who}: {self.inner().describe(scale)}"


def _group(counts: Counts, name: str) -> Counts:
    """One group alone; nobody where the study has no such group."""
    if name in counts.groups:
        return counts.only(name)
    first = counts.only(counts.groups[0])
    return Counts(0 * first.ratings, 0 * first.not_qualified, 0 * first.blank, 0 * first.invited, (name,))


FIVE_POINTS = PercentAgreement(agree_set=(4, 5))


@dataclass(frozen=True)
class EachGroup(GroupRule):
    """Any rule, asked of each group."""

    key: ClassVar[str] = "each_group"
    name: ClassVar[str] = "A rule in each group"

    rule: Rule = FIVE_POINTS

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Ask for percentage agreement."""
        return {"rule": PercentAgreement(**PercentAgreement.defaults(scale), lo=scale.lo)}

    def inner(self) -> Rule:
        """Return the rule asked of each group."""
        return self.rule


@dataclass(frozen=True)
class CometByGroup(GroupRule):
    """COMET 70/15, asked of each group."""

    key: ClassVar[str] = "comet_by_group"
    name: ClassVar[str] = "COMET 70/15 by group"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {"require": tuple(Require), "variant": tuple(VARIANTS)}

    variant: str = "70_15_each"
    include: str = "70"
    exclude: str = "15"
    high: tuple[int, ...] = (7, 8, 9)
    low: tuple[int, ...] = (1, 2, 3)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.variant not in VARIANTS:
            raise ValueError(f"variant “{self.variant}” is not one of {', '.join(VARIANTS)}")
        self.inner()

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the zones of the scale."""
        return Comet7015.defaults(scale)

    def inner(self) -> Rule:
        """Return the variant with these thresholds."""
        return VARIANTS[self.variant](self.include, self.exclude, self.high, self.low, lo=self.lo)
