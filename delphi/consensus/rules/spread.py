"""Rules on the interquartile range (METHOD 4.3)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from delphi.consensus.rules.base import QUANTILES_COMPARED, Detail, Rule, Tally
from delphi.consensus.rules.quartiles import check_direction, interquartile, medians, text
from delphi.consensus.rules.shares import Mask, number
from delphi.consensus.scale import Scale


@dataclass(frozen=True)
class Spread(Rule):
    """Opinions lie close together; the median says in which direction."""

    min_median: str | None = None
    max_median: str | None = None

    @property
    def quantiles_compared(self) -> tuple[int, ...]:
        """Quantile types under which the verdict is tried."""
        return QUANTILES_COMPARED

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the borders of the zones."""
        return {
            "min_median": str(min(scale.high)) if scale.high else None,
            "max_median": str(max(scale.low)) if scale.low else None,
        }

    def concordant(self, tally: Tally) -> Mask:
        """Say where opinions lie close together."""
        raise NotImplementedError

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Look at the median where opinions lie close together."""
        close, middle = self.concordant(tally), medians(tally.f, self.lo)
        to_in = middle.at_least(self.min_median) if self.min_median is not None else close & False
        to_out = middle.at_most(self.max_median) if self.max_median is not None else close & False
        return close & to_in, close & to_out

    def details(self, tally: Tally) -> list[Detail]:
        """Interquartile range and median of each statement, and whether opinions lie close together."""
        spread = interquartile(tally.f, self.lo, tally.terms.quantile_type)
        middle, close = medians(tally.f, self.lo), self.concordant(tally)
        return [
            {"n": int(n), "iqr": spread.at(j), "median": middle.at(j), "concordant": bool(close[j])} if n else {"n": 0}
            for j, n in enumerate(tally.n)
        ]

    def direction(self) -> str:
        """Say what the median decides."""
        if self.min_median is None and self.max_median is None:
            return "without a bound for the median it decides neither for nor against a statement"
        parts = [f"consensus in: the median is at least {self.min_median}"] if self.min_median is not None else []
        parts += [f"consensus out: it is at most {self.max_median}"] if self.max_median is not None else []
        return "; ".join(parts)


@dataclass(frozen=True)
class IqrRule(Spread):
    """Interquartile range within a bound."""

    key: ClassVar[str] = "iqr_rule"
    name: ClassVar[str] = "Interquartile range with median"

    max_iqr: str = "1"
    strict: bool = False
    near: str | None = None

    def __post_init__(self) -> None:
        check_direction(self.min_median, self.max_median, "median")
        if number(self.max_iqr, "max_iqr") < 0:
            raise ValueError("max_iqr is negative")
        if self.near is not None and number(self.near, "near") < Fraction(self.max_iqr):
            raise ValueError("near is below max_iqr")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the borders of the zones and the usual bound."""
        return super().defaults(scale) | {"max_iqr": scale.max_iqr or "1"}

    def concordant(self, tally: Tally) -> Mask:
        """Compare the range with its bound."""
        return interquartile(tally.f, self.lo, tally.terms.quantile_type).at_most(self.max_iqr, strict=self.strict)

    def details(self, tally: Tally) -> list[Detail]:
        """Add whether the range is nearly within its bound."""
        return [detail | {"near": self._near(detail)} for detail in super().details(tally)]

    def _near(self, detail: Detail) -> bool:
        return bool(self.near and detail["n"] and not detail["concordant"] and detail["iqr"] <= Fraction(self.near))

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        del scale
        below = "below" if self.strict else "at most"
        near = f" (up to {self.near} counts as near)" if self.near else ""
        return f"Opinions agree if the interquartile range is {below} {self.max_iqr}{near}; {self.direction()}."

    def basis(self, detail: Detail) -> str:
        """Print range and median."""
        met = ("<" if self.strict else "≤") if detail["concordant"] else ("≥" if self.strict else ">")
        return f"IQR {text(detail['iqr'])} {met} {self.max_iqr}, median {text(detail['median'])}"


@dataclass(frozen=True)
class QuartileDeviationRule(Spread):
    """Half the interquartile range, in three classes."""

    key: ClassVar[str] = "quartile_deviation_rule"
    name: ClassVar[str] = "Quartile deviation with median"

    high: str = "0.5"
    moderate: str = "1"

    def __post_init__(self) -> None:
        check_direction(self.min_median, self.max_median, "median")
        if not 0 <= number(self.high, "high") <= number(self.moderate, "moderate"):
            raise ValueError("high is not above moderate, and neither is negative")

    def concordant(self, tally: Tally) -> Mask:
        """Say where consensus is high."""
        return interquartile(tally.f, self.lo, tally.terms.quantile_type).at_most(2 * Fraction(self.high))

    def details(self, tally: Tally) -> list[Detail]:
        """Add the class."""
        return [
            detail | ({"level": self._level(detail["iqr"])} if detail["n"] else {}) for detail in super().details(tally)
        ]

    def _level(self, spread: Fraction) -> str:
        if spread <= 2 * Fraction(self.high):
            return "high"
        return "moderate" if spread <= 2 * Fraction(self.moderate) else "none"

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        del scale
        return (
            f"Consensus is high if half the interquartile range is at most {self.high} and moderate up to "
            f"{self.moderate}; where it is high, {self.direction()}."
        )

    def basis(self, detail: Detail) -> str:
        """Print quartile deviation, class and median."""
        return f"QD {text(detail['iqr'] / 2)} ({detail['level']}), median {text(detail['median'])}"
