"""RAND/UCLA appropriateness as a consensus rule (METHOD 4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from delphi.consensus.disagreement import WORDS, CutoffVariant, median_zone, rand_classic, rand_ipras
from delphi.consensus.rules.base import HINGES, Detail, Rule, Tally
from delphi.consensus.rules.quartiles import medians, text
from delphi.consensus.rules.shares import Mask
from delphi.consensus.scale import Scale
from delphi.statistics.base.result import Flag, Reason

NINE = "RAND/UCLA rules are defined on the scale 1 to 9"
FIGURES = ("p30", "p70", "ipr", "iprcp", "ai", "ipras", "di")


class DisagreementMethod(StrEnum):
    """How disagreement is found: by the classic panel-size table, or by the IPRAS index."""

    CLASSIC = "classic"
    IPRAS = "ipras"


@dataclass(frozen=True)
class RandAppropriateness(Rule):
    """Zone of the median, unless the panel disagrees."""

    key: ClassVar[str] = "rand_appropriateness"
    name: ClassVar[str] = "RAND/UCLA appropriateness"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "disagreement": tuple(DisagreementMethod),
        "cutoffs": tuple(CutoffVariant),
    }

    disagreement: str = DisagreementMethod.CLASSIC
    cutoffs: str = CutoffVariant.TABLE
    allow_extrapolation: bool = False

    def __post_init__(self) -> None:
        if self.disagreement not in list(DisagreementMethod):
            raise ValueError(f"disagreement “{self.disagreement}” is neither classic nor ipras")
        if self.cutoffs not in list(CutoffVariant):
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
        return (2, 6, 7) if self.disagreement == DisagreementMethod.IPRAS else ()

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        del scale
        how = "by the panel-size table" if self.disagreement == DisagreementMethod.CLASSIC else "by the IPRAS index"
        return (
            "Consensus in (appropriate): the median is in 7–9; consensus out (inappropriate): it is in 1–3; in 4–6, or "
            f"where the panel disagrees ({how}), the statement is uncertain; half medians go to the higher option."
        )

    def _fits(self, tally: Tally) -> bool:
        return self.lo == 1 and tally.f.shape[-1] == 9

    def disagrees(self, tally: Tally) -> Mask:
        """Say where the panel disagrees."""
        if self.disagreement == DisagreementMethod.CLASSIC:
            return rand_classic(tally.f, self.cutoffs)[1]
        return rand_ipras(tally.f, self._type(tally)).disagreement

    @staticmethod
    def _type(tally: Tally) -> int:
        return 7 if tally.terms.quantile_type == HINGES else tally.terms.quantile_type

    def obstacles(self, tally: Tally) -> dict[Reason, Mask]:
        """Ask for the nine-point scale, and for a panel within the table."""
        small = (tally.n < 8) & (self.disagreement == DisagreementMethod.CLASSIC) & (not self.allow_extrapolation)
        unfit = np.full(len(tally.n), not self._fits(tally))
        return {Reason.SCALE_NOT_SUPPORTED: unfit} | super().obstacles(tally) | {Reason.BELOW_TABLE_RANGE: small}

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Look at the zone of the median where the panel does not disagree."""
        if not self._fits(tally):
            never = np.zeros(len(tally.n), dtype=np.bool_)
            return never, never
        agreed, zone = ~self.disagrees(tally), median_zone(tally.f)
        return agreed & (zone == 2), agreed & (zone == 0)

    def marks(self, tally: Tally) -> dict[Flag, Mask]:
        """Flag panels outside the table, and panels too small for percentiles to mean much."""
        if self.disagreement == DisagreementMethod.CLASSIC:
            return {Flag.EXTRAPOLATED: (tally.n < 8) | (tally.n > 16)}
        return {Flag.SMALL_N: tally.n <= 3}

    def details(self, tally: Tally) -> list[Detail]:
        """Every figure of both ways to find disagreement."""
        if not self._fits(tally):
            return super().details(tally)
        indices, middle, zone = rand_ipras(tally.f, self._type(tally)), medians(tally.f, 1), median_zone(tally.f)
        disagreed, words = self.disagrees(tally), self._classic_words(tally)
        empty: Detail = {"n": 0} | dict.fromkeys((*FIGURES, "median", "disagreement", "classic", "word"))
        return [
            {"n": int(n), "median": middle.at(j), "disagreement": bool(disagreed[j]), "classic": words[j]}
            | {"word": "uncertain" if disagreed[j] else WORDS[int(zone[j])]}
            | indices.figures(j)
            if n
            else dict(empty)
            for j, n in enumerate(tally.n)
        ]

    def _classic_words(self, tally: Tally) -> list[str]:
        agree, disagree = rand_classic(tally.f, self.cutoffs)
        words: list[str] = np.select([agree, disagree], ["agreement", "disagreement"], "indeterminate").tolist()
        return words

    def basis(self, detail: Detail) -> str:
        """Print median, and disagreement."""
        how = f"DI {text(detail['di'])}" if self.disagreement == DisagreementMethod.IPRAS else str(detail["classic"])
        return f"median {text(detail['median'])}, {how}: {detail['word']}"
