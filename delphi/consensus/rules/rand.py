"""RAND/UCLA appropriateness as a consensus rule (METHOD 4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from delphi.consensus.rand import WORDS, median_zone, rand_classic, rand_ipras
from delphi.consensus.rules.base import HINGES, Ballot, Detail, Rule
from delphi.consensus.rules.quartiles import medians, text
from delphi.consensus.rules.shares import Mask
from delphi.consensus.scale import Scale
from delphi.statistics.base.result import Flag, Reason

NINE = "RAND/UCLA rules are defined on the scale 1 to 9"
FIGURES = ("p30", "p70", "ipr", "iprcp", "ai", "ipras", "di")


@dataclass(frozen=True)
class RandAppropriateness(Rule):
    """Zone of the median, unless the panel disagrees."""

    key: ClassVar[str] = "rand_appropriateness"
    name: ClassVar[str] = "RAND/UCLA appropriateness"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "disagreement": ("classic", "ipras"),
        "cutoffs": ("table", "ceil"),
    }

    disagreement: str = "classic"
    cutoffs: str = "table"
    allow_extrapolation: bool = False

    def __post_init__(self) -> None:
        if self.disagreement not in ("classic", "ipras"):
            raise ValueError(f"disagreement “{self.disagreement}” is neither classic nor ipras")
        if self.cutoffs not in ("table", "ceil"):
            raise ValueError(f"cutoffs “{self.cutoffs}” is neither table nor ceil")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Refuse other scales."""
        if (scale.lo, scale.hi) != (1, 9):
            raise ValueError(NINE)
        return {}

    @property
    def quantiles_compared(self) -> tuple[int, ...]:
        """Quantile types under which the verdict is tried; hinges are no percentiles."""
        return (2, 6, 7) if self.disagreement == "ipras" else ()

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        del scale
        how = "by the panel-size table" if self.disagreement == "classic" else "by the IPRAS index"
        return (
            "Consensus in (appropriate): the median is in 7–9; consensus out (inappropriate): it is in 1–3; in 4–6, or "
            f"where the panel disagrees ({how}), the statement is uncertain; half medians go to the higher option."
        )

    def _fits(self, ballot: Ballot) -> bool:
        return self.lo == 1 and ballot.f.shape[-1] == 9

    def disagrees(self, ballot: Ballot) -> Mask:
        """Say where the panel disagrees."""
        if self.disagreement == "classic":
            return rand_classic(ballot.f, self.cutoffs)[1]
        return rand_ipras(ballot.f, self._type(ballot)).disagreement

    @staticmethod
    def _type(ballot: Ballot) -> int:
        return 7 if ballot.terms.quantile_type == HINGES else ballot.terms.quantile_type

    def obstacles(self, ballot: Ballot) -> dict[Reason, Mask]:
        """Ask for the nine-point scale, and for a panel within the table."""
        small = (ballot.n < 8) & (self.disagreement == "classic") & (not self.allow_extrapolation)
        unfit = np.full(len(ballot.n), not self._fits(ballot))
        return {Reason.SCALE_NOT_SUPPORTED: unfit} | super().obstacles(ballot) | {Reason.BELOW_TABLE_RANGE: small}

    def sides(self, ballot: Ballot) -> tuple[Mask, Mask]:
        """Look at the zone of the median where the panel does not disagree."""
        if not self._fits(ballot):
            never = np.zeros(len(ballot.n), dtype=np.bool_)
            return never, never
        agreed, zone = ~self.disagrees(ballot), median_zone(ballot.f)
        return agreed & (zone == 2), agreed & (zone == 0)

    def marks(self, ballot: Ballot) -> dict[Flag, Mask]:
        """Flag panels outside the table, and panels too small for percentiles to mean much."""
        if self.disagreement == "classic":
            return {Flag.EXTRAPOLATED: (ballot.n < 8) | (ballot.n > 16)}
        return {Flag.SMALL_N: ballot.n <= 3}

    def details(self, ballot: Ballot) -> list[Detail]:
        """Give every figure of both ways to find disagreement."""
        if not self._fits(ballot):
            return super().details(ballot)
        indices, middle, zone = rand_ipras(ballot.f, self._type(ballot)), medians(ballot.f, 1), median_zone(ballot.f)
        agree, disagree = rand_classic(ballot.f, self.cutoffs)
        found = self.disagrees(ballot)
        empty: Detail = dict.fromkeys((*FIGURES, "median", "disagreement", "classic", "word"))
        return [
            {"n": int(n), "median": middle.at(j), "disagreement": bool(found[j])}
            | {"classic": "agreement" if agree[j] else "disagreement" if disagree[j] else "indeterminate"}
            | {"word": "uncertain" if found[j] else WORDS[int(zone[j])]}
            | indices.figures(j)
            if n
            else {"n": 0} | empty
            for j, n in enumerate(ballot.n)
        ]

    def basis(self, detail: Detail) -> str:
        """Print median, and disagreement."""
        how = f"DI {text(detail['di'])}" if self.disagreement == "ipras" else str(detail["classic"])
        return f"median {text(detail['median'])}, {how}: {detail['word']}"
