"""Rules around the median and the mode (METHOD 4.3)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from delphi.consensus.counts import Integers, total
from delphi.consensus.rules.base import Detail, Rule, Tally
from delphi.consensus.rules.percent import PercentAgreement, sign
from delphi.consensus.rules.quartiles import check_direction, medians, text, values_of
from delphi.consensus.rules.shares import Mask, at_least, columns, set_text, share
from delphi.consensus.scale import Scale
from delphi.statistics.base.exact import meets_threshold
from delphi.statistics.base.result import Flag


@dataclass(frozen=True)
class MedianPercent(PercentAgreement):
    """Percentage agreement together with a bound on the median."""

    key: ClassVar[str] = "median_percent"
    name: ClassVar[str] = "Percentage agreement with median"

    min_median: str = "4"
    max_median: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_direction(self.min_median, self.max_median, "median")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the borders of the zones."""
        borders = {"min_median": str(min(scale.high)), "max_median": str(max(scale.low)) if scale.low else None}
        return super().defaults(scale) | borders

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Ask both of the share and of the median."""
        to_in, to_out = super().sides(tally)
        middle = medians(tally.f, self.lo)
        low = middle.at_most(self.max_median) if self.max_median is not None else to_out & False
        return to_in & middle.at_least(self.min_median), to_out & low

    def details(self, tally: Tally) -> list[Detail]:
        """Add the median."""
        middle = medians(tally.f, self.lo)
        return [detail | {"median": middle.at(j)} for j, detail in enumerate(super().details(tally))]

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        out = "" if self.max_median is None else f", for out at most {self.max_median}"
        return f"{super().describe(scale).rstrip('.')}; besides, the median is for in at least {self.min_median}{out}."

    def basis(self, detail: Detail) -> str:
        """Print share and median."""
        return f"{super().basis(detail)}, median {text(detail['median'])}"


@dataclass(frozen=True)
class WithinKOfMedian(Rule):
    """Share of the ratings near the median; the zone of the median says in which direction."""

    key: ClassVar[str] = "within_k_of_median"
    name: ClassVar[str] = "Ratings near the median"

    k: int = 1
    threshold: str = "80"
    high: tuple[int, ...] = ()
    low: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        share(self.threshold)
        if self.k < 0:
            raise ValueError("k is negative")
        if set(self.high) & set(self.low):
            raise ValueError("the high zone and the low zone share an option")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the zones of the scale."""
        return {"high": scale.high, "low": scale.low}

    def near(self, f: Integers) -> Integers:
        """Count the ratings at most k from the median: at 4.5 and k = 1 only 4 and 5."""
        middle = medians(f, self.lo)
        distance = abs(values_of(f, self.lo) * middle.denominator - middle.numerators[:, None])
        return total(np.where(distance <= self.k * middle.denominator, f, 0))

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Look at the zone of the median where enough ratings lie near it."""
        close, middle = at_least(self.near(tally.f), tally.base, self.threshold), medians(tally.f, self.lo)
        to_in = middle.at_least(Fraction(min(self.high))) if self.high else close & False
        to_out = middle.at_most(Fraction(max(self.low))) if self.low else close & False
        return close & to_in, close & to_out

    def details(self, tally: Tally) -> list[Detail]:
        """Number of ratings near the median of each statement, and the median."""
        near, middle = self.near(tally.f), medians(tally.f, self.lo)
        return [{"n": int(n), "near": int(near[j]), "median": middle.at(j)} for j, n in enumerate(tally.base)]

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        del scale
        return (
            f"Opinions agree if at least {self.threshold} % of the ratings lie within {self.k} of the median; consensus "
            f"in: the median is in {set_text(self.high)}; consensus out: it is in {set_text(self.low) or 'no zone'}."
        )

    def basis(self, detail: Detail) -> str:
        """Print the share near the median."""
        met = bool(meets_threshold(detail["near"], detail["n"], self.threshold))
        middle = text(detail["median"])
        return f"{detail['near']}/{detail['n']} within {self.k} of {middle} {sign(met=met)} {self.threshold} %"


@dataclass(frozen=True)
class ModalCategoryRule(Rule):
    """All but a third of the panel choose the same option; its zone says in which direction."""

    key: ClassVar[str] = "modal_category_rule"
    name: ClassVar[str] = "Modal category"

    high: tuple[int, ...] = ()
    low: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if set(self.high) & set(self.low):
            raise ValueError("the high zone and the low zone share an option")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the zones of the scale."""
        return {"high": scale.high, "low": scale.low}

    @staticmethod
    def _several(tally: Tally) -> Mask:
        return np.asarray((tally.f == tally.f.max(-1, keepdims=True)).sum(-1) > 1, dtype=np.bool_)

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Look at the zone of the only mode that enough panelists chose."""
        top = np.asarray(tally.f.max(-1), dtype=np.int64)
        enough = (top >= tally.n - (tally.n - 2) // 3) & ~self._several(tally)
        zones = [columns(np.where(tally.f == top[:, None], 1, 0), zone, self.lo) > 0 for zone in (self.high, self.low)]
        return enough & zones[0], enough & zones[1]

    def marks(self, tally: Tally) -> dict[Flag, Mask]:
        """Flag several modes."""
        return {Flag.MULTIMODAL: self._several(tally)}

    def details(self, tally: Tally) -> list[Detail]:
        """Modes of each statement, their size, and the size needed."""
        v = values_of(tally.f, self.lo)
        return [
            {"n": n, "modes": tuple(v[f == f.max()].tolist()), "count": int(f.max()), "needed": n - (n - 2) // 3}
            for n, f in zip(tally.n.tolist(), tally.f, strict=True)
        ]

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        del scale
        return (
            "Opinions agree if at most a third of the panel (exactly ⌊(n − 2)/3⌋) chooses another option than the most "
            f"frequent one; consensus in: it is in {set_text(self.high)}; out: it is in {set_text(self.low) or 'no zone'}."
        )

    def basis(self, detail: Detail) -> str:
        """Print the size of the mode."""
        modes = " and ".join(map(str, detail["modes"]))
        met = "≥" if detail["count"] >= detail["needed"] else "<"
        return f"{detail['count']}/{detail['n']} chose {modes}, {met} {detail['needed']}"
