"""Rules on shares: percentage agreement, and grades of combined agreement (METHOD 4.3, 4.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from delphi.consensus.rules.base import Detail, Rule, Tally
from delphi.consensus.rules.grades import BANDS, LETTERS, Gaps, letters_of, reaches
from delphi.consensus.rules.shares import Mask, at_least, columns, share, worded_set
from delphi.consensus.scale import Scale
from delphi.statistics.base.exact import meets_threshold
from delphi.statistics.base.result import Flag


def check_sets(agree: tuple[int, ...], disagree: tuple[int, ...]) -> None:
    """Refuse an empty agreement set and options that count both ways."""
    if not agree:
        raise ValueError("the rule needs an agreement set")
    if set(agree) & set(disagree):
        raise ValueError("the agreement set and the disagreement set share an option")


@dataclass(frozen=True)
class PercentAgreement(Rule):
    """Share of the ratings in an agreement set."""

    key: ClassVar[str] = "percent_agreement"
    name: ClassVar[str] = "Percentage agreement"

    agree_set: tuple[int, ...] = ()
    threshold: str = "75"
    strict: bool = False
    disagree_set: tuple[int, ...] = ()
    disagree_threshold: str | None = None

    def __post_init__(self) -> None:
        check_sets(self.agree_set, self.disagree_set)
        share(self.threshold)
        share(self.low_threshold)

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the sets of the scale."""
        return {"agree_set": scale.combined, "disagree_set": scale.disagree}

    @property
    def low_threshold(self) -> str:
        """Threshold of the disagreement set."""
        return self.threshold if self.disagree_threshold is None else self.disagree_threshold

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        least = "more than" if self.strict else "at least"
        text = f"Consensus in: {least} {self.threshold} % of the ratings are {worded_set(scale, self.agree_set)}"
        if not self.disagree_set:
            return f"{text}; there is no consensus out."
        return f"{text}; consensus out: {least} {self.low_threshold} % are {worded_set(scale, self.disagree_set)}."

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Compare both sets with their thresholds."""
        k, d = (columns(tally.f, members, self.lo) for members in (self.agree_set, self.disagree_set))
        to_out = at_least(d, tally.base, self.low_threshold, strict=self.strict)
        return at_least(k, tally.base, self.threshold, strict=self.strict), to_out & bool(self.disagree_set)

    def details(self, tally: Tally) -> list[Detail]:
        """Count both sets."""
        k, d = (columns(tally.f, members, self.lo) for members in (self.agree_set, self.disagree_set))
        rows = zip(tally.base, k, d, strict=True)
        return [{"n": int(n), "agree": int(a), "disagree": int(b)} for n, a, b in rows]

    def basis(self, detail: Detail) -> str:
        """Print the share beside the threshold."""
        k, n = detail["agree"], detail["n"]
        out = bool(self.disagree_set) and meets_threshold(detail["disagree"], n, self.low_threshold, strict=self.strict)
        met = meets_threshold(k, n, self.threshold, strict=self.strict)
        if out and not met:
            return f"{detail['disagree']}/{n} {sign(strict=self.strict)} {self.low_threshold} %"
        return f"{k}/{n} {sign(met=bool(met), strict=self.strict)} {self.threshold} %"


def sign(*, met: bool = True, strict: bool = False) -> str:
    """Print the comparison that held."""
    return (">" if met else "≤") if strict else ("≥" if met else "<")


@dataclass(frozen=True)
class GradedAgreement(Rule):
    """Letters U, A, B, C for combined agreement."""

    key: ClassVar[str] = "graded_agreement"
    name: ClassVar[str] = "Graded agreement (U, A, B, C)"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {"gaps": tuple(Gaps)}

    agree_set: tuple[int, ...] = ()
    disagree_set: tuple[int, ...] = ()
    bands: tuple[str, ...] = BANDS
    letters: tuple[str, ...] = LETTERS
    gaps: str = Gaps.HALF_UP
    super_set: tuple[int, ...] = ()
    super_majority: str = "66.7"
    super_strict: bool = True

    def __post_init__(self) -> None:
        check_sets(self.agree_set, self.disagree_set)
        bounds = [share(band, what="band") for band in self.bands]
        if not bounds or bounds != sorted(bounds, reverse=True):
            raise ValueError("the bands of the grades stand from the highest to the lowest")
        if len(self.letters) != len(self.bands) + 1:
            raise ValueError("there is one letter for unanimity and one for each band")
        if self.gaps not in list(Gaps):
            raise ValueError(f"gaps “{self.gaps}” is neither half_up nor strict")
        share(self.super_majority, what="super-majority")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the sets of the scale; the super-majority is asked of the strongest option."""
        return {"agree_set": scale.combined, "disagree_set": scale.disagree, "super_set": scale.agree}

    @property
    def has_grades(self) -> bool:
        """Whether the rule has letters."""
        return True

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        unanimous, *letters = self.letters
        bands = ", ".join(f"{letter} from {band} %" for letter, band in zip(letters, self.bands, strict=True))
        how = "rounded half up to whole per cent" if self.gaps == Gaps.HALF_UP else "unrounded"
        return (
            f"Consensus in: combined agreement ({worded_set(scale, self.agree_set)}), {how}, reaches the lowest grade; "
            f"grades: {unanimous} without any dissent, {bands}; consensus out: disagreement reaches {self.bands[-1]} %."
        )

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Compare combined agreement and disagreement with the lowest band."""
        k, d = (columns(tally.f, members, self.lo) for members in (self.agree_set, self.disagree_set))
        lowest = self.bands[-1]
        return reaches(k, tally.base, lowest, self.gaps), reaches(d, tally.base, lowest, self.gaps)

    def grades(self, tally: Tally) -> list[str | None]:
        """Letter of each statement."""
        return self._letters(tally, self.gaps)

    def _letters(self, tally: Tally, gaps: str) -> list[str | None]:
        k, n = columns(tally.f, self.agree_set, self.lo), np.where(tally.n == 0, 0, tally.base)
        return letters_of(k, n, self.bands, gaps, self.letters)

    def marks(self, tally: Tally) -> dict[Flag, Mask]:
        """Flag letters that depend on how the gaps between the bands are closed."""
        modes = (self._letters(tally, gaps) for gaps in Gaps)
        return {Flag.ROUNDING_DEPENDENT: np.array([a != b for a, b in zip(*modes, strict=True)], dtype=np.bool_)}

    def details(self, tally: Tally) -> list[Detail]:
        """Count the sets, and ask the super-majority of the strongest option."""
        sets = (self.agree_set, self.disagree_set, self.super_set)
        rows = zip(tally.base.tolist(), *(columns(tally.f, s, self.lo).tolist() for s in sets), strict=True)
        return [self._detail(n, k, d, top) for n, k, d, top in rows]

    def _detail(self, n: int, k: int, d: int, top: int) -> Detail:
        above = meets_threshold(top, n, self.super_majority, strict=self.super_strict) if self.super_set else None
        return {"n": n, "agree": k, "disagree": d, "super": top, "super_majority": above}

    def basis(self, detail: Detail) -> str:
        """Print combined agreement beside the lowest band."""
        n, band = detail["n"], self.bands[-1]
        met, out = (self._reached(detail[k], n) for k in ("agree", "disagree"))
        k = detail["disagree"] if out and not met else detail["agree"]
        return f"{k}/{n} {sign(met=met or out)} {band} %"

    def _reached(self, k: int, n: int) -> bool:
        """Whether one share reaches the lowest band."""
        if self.gaps == Gaps.STRICT:
            return bool(meets_threshold(k, n, self.bands[-1]))
        return bool(meets_threshold((200 * k + n) // (2 * n), 100, self.bands[-1]))
