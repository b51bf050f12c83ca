"""The rule of core outcome sets: many high, few low (METHOD 4.3)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from delphi.consensus.rules.base import Detail, Rule, Tally
from delphi.consensus.rules.shares import Mask, at_least, columns, set_text, share
from delphi.consensus.scale import Scale


@dataclass(frozen=True)
class Comet7015(Rule):
    """70 % high and fewer than 15 % low, or the mirror image."""

    key: ClassVar[str] = "comet_70_15"
    name: ClassVar[str] = "COMET 70/15"

    include: str = "70"
    exclude: str = "15"
    high: tuple[int, ...] = (7, 8, 9)
    low: tuple[int, ...] = (1, 2, 3)

    def __post_init__(self) -> None:
        share(self.include, what="share for “in”")
        share(self.exclude, least=0)
        if not self.high or not self.low or set(self.high) & set(self.low):
            raise ValueError("the rule needs a high zone and a low zone without a common option")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the zones of the scale."""
        return {"high": scale.high, "low": scale.low}

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        del scale
        return (
            f"Consensus in: at least {self.include} % rate {set_text(self.high)} and fewer than {self.exclude} % rate "
            f"{set_text(self.low)}; consensus out: at least {self.include} % rate {set_text(self.low)} and fewer than "
            f"{self.exclude} % rate {set_text(self.high)}."
        )

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Compare both zones with both thresholds."""
        h, m = (columns(tally.f, zone, self.lo) for zone in (self.high, self.low))
        many = [at_least(k, tally.base, self.include) for k in (h, m)]
        some = [at_least(k, tally.base, self.exclude) for k in (h, m)]
        return many[0] & ~some[1], many[1] & ~some[0]

    def details(self, tally: Tally) -> list[Detail]:
        """Count both zones."""
        h, m = (columns(tally.f, zone, self.lo) for zone in (self.high, self.low))
        return [{"n": int(n), "high": int(h[j]), "low": int(m[j])} for j, n in enumerate(tally.base)]

    def basis(self, detail: Detail) -> str:
        """Print both shares."""
        n = detail["n"]
        return f"{detail['high']}/{n} high, {detail['low']}/{n} low; {self.include} % and {self.exclude} %"


@dataclass(frozen=True)
class Out50(Comet7015):
    """The variant that drops what at most half of the panel rates high."""

    key: ClassVar[str] = "comet_out_50"
    name: ClassVar[str] = "COMET 70 in, 50 out"

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Put out where at most 50 % rate high."""
        to_in, _ = super().sides(tally)
        return to_in, ~at_least(columns(tally.f, self.high, self.lo), tally.base, "50", strict=True)

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        whole = super().describe(scale).split("; consensus out")[0]
        return f"{whole}; consensus out: at most 50 % rate {set_text(self.high)}."
