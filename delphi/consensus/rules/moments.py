"""Rules on standard deviation and coefficient of variation (METHOD 4.3)."""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Any, ClassVar

import numpy as np

from delphi.consensus.counts import Integers
from delphi.consensus.rules.base import Detail, Rule, Tally
from delphi.consensus.rules.quartiles import check_direction, text, values_of
from delphi.consensus.rules.shares import Mask, number
from delphi.consensus.scale import Scale
from delphi.statistics.base.result import Reason
from delphi.statistics.one_statement.description import scaled_mean, squared_deviations


@dataclass(frozen=True)
class Moments(Rule):
    """Opinions lie close together; the mean says in which direction."""

    min_mean: str | None = None
    max_mean: str | None = None

    def __post_init__(self) -> None:
        check_direction(self.min_mean, self.max_mean, "mean")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the borders of the zones."""
        return {
            "min_mean": str(min(scale.high)) if scale.high else None,
            "max_mean": str(max(scale.low)) if scale.low else None,
        }

    def obstacles(self, tally: Tally) -> dict[Reason, Mask]:
        """Ask for two ratings."""
        return super().obstacles(tally) | {Reason.N_BELOW_2: tally.n < 2}

    def concordant(self, tally: Tally) -> Mask:
        """Say where opinions lie close together."""
        raise NotImplementedError

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Look at the mean where opinions lie close together."""
        close = self.concordant(tally)
        sums, n = scaled_mean(tally.f, values_of(tally.f, self.lo))
        return close & _beyond(sums, n, self.min_mean, 1), close & _beyond(sums, n, self.max_mean, -1)

    def details(self, tally: Tally) -> list[Detail]:
        """Mean and standard deviation of each statement, and whether opinions lie close together."""
        close, v = self.concordant(tally), values_of(tally.f, self.lo)
        rows = zip(tally.n.tolist(), scaled_mean(tally.f, v)[0], squared_deviations(tally.f, v), close, strict=True)
        return [
            {
                "n": n,
                "mean": Fraction(int(s), n) if n else None,
                "sd": sqrt(q / (n * (n - 1))) if n > 1 else None,
                "concordant": bool(c),
            }
            for n, s, q, c in rows
        ]

    def direction(self) -> str:
        """Say what the mean decides."""
        parts = [f"consensus in: the mean is at least {self.min_mean}"] if self.min_mean is not None else []
        parts += [f"consensus out: it is at most {self.max_mean}"] if self.max_mean is not None else []
        return "; ".join(parts) or "without a bound for the mean it decides neither for nor against a statement"


def _beyond(sums: Integers, n: Integers, bound: str | None, direction: int) -> Mask:
    """Say where a mean is at least (1) or at most (−1) a bound."""
    if bound is None:
        return np.zeros(len(n), dtype=np.bool_)
    b = Fraction(bound)
    return np.asarray(direction * (sums * b.denominator - b.numerator * n) >= 0, dtype=np.bool_)


@dataclass(frozen=True)
class SdRule(Moments):
    """Standard deviation below a bound."""

    key: ClassVar[str] = "sd_rule"
    name: ClassVar[str] = "Standard deviation with mean"

    max_sd: str = "1"

    def __post_init__(self) -> None:
        super().__post_init__()
        if number(self.max_sd, "max_sd") <= 0:
            raise ValueError("max_sd is above 0")

    def concordant(self, tally: Tally) -> Mask:
        """Compare n·Σ(v − mean)² with the bound squared, in integers."""
        bound = Fraction(self.max_sd) ** 2
        scaled = squared_deviations(tally.f, values_of(tally.f, self.lo)).astype(object)
        n = tally.n.astype(object)  # Python's integers: bounds with some decimals make large products
        return np.asarray(scaled * bound.denominator < bound.numerator * n * (n - 1), dtype=np.bool_)

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        del scale
        return f"Opinions agree if the standard deviation is below {self.max_sd}; {self.direction()}."

    def basis(self, detail: Detail) -> str:
        """Print deviation and mean."""
        sign = "<" if detail["concordant"] else "≥"
        return f"SD {text(Fraction(detail['sd']))} {sign} {self.max_sd}, mean {text(detail['mean'])}"


@dataclass(frozen=True)
class CvRule(Moments):
    """Coefficient of variation, in three classes; only where the scale has a true zero."""

    key: ClassVar[str] = "cv_rule"
    name: ClassVar[str] = "Coefficient of variation"

    max_cv: str = "0.5"
    weak: str = "0.8"
    has_true_zero: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < number(self.max_cv, "max_cv") <= number(self.weak, "weak"):
            raise ValueError("max_cv is above 0 and not above weak")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Ask the scale for a true zero."""
        return super().defaults(scale) | {"has_true_zero": scale.has_true_zero}

    def obstacles(self, tally: Tally) -> dict[Reason, Mask]:
        """Ask for a ratio scale and a mean that is not 0."""
        sums, _ = scaled_mean(tally.f, values_of(tally.f, self.lo))
        unfit = np.full(len(tally.n), not self.has_true_zero) | (sums == 0)
        return super().obstacles(tally) | {Reason.SCALE_NOT_RATIO: unfit}

    def _within(self, tally: Tally, bound: str, *, strict: bool) -> Mask:
        b, v = Fraction(bound), values_of(tally.f, self.lo)
        sums, n = (part.astype(object) for part in scaled_mean(tally.f, v))  # n³ is too large for 64 bits
        left = squared_deviations(tally.f, v).astype(object) * n * b.denominator**2
        right = b.numerator**2 * sums**2 * (n - 1)
        return np.asarray(left < right if strict else left <= right, dtype=np.bool_)

    def concordant(self, tally: Tally) -> Mask:
        """Compare the squared coefficient with its bound, in integers."""
        return self._within(tally, self.max_cv, strict=True)

    def details(self, tally: Tally) -> list[Detail]:
        """Add the class."""
        weak = self._within(tally, self.weak, strict=False)
        return [
            detail | {"level": "consensus" if detail["concordant"] else "weak" if weak[j] else "none"}
            for j, detail in enumerate(super().details(tally))
        ]

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        del scale
        return (
            f"Opinions agree if the coefficient of variation is below {self.max_cv}, weakly up to {self.weak}; "
            f"{self.direction()}."
        )

    def basis(self, detail: Detail) -> str:
        """Print coefficient and class."""
        return f"CV {text(Fraction(detail['sd']) / abs(detail['mean']))} ({detail['level']})"
