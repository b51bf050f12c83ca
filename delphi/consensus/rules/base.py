"""What all consensus rules share: terms of judging, the judgement, the order of checks (METHOD 4.2)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.consensus.counts import Counts, Integers, total
from delphi.consensus.scale import Scale
from delphi.consensus.vocabulary import Verdict
from delphi.statistics.exact import per_cent
from delphi.statistics.result import Flag, Reason

Mask = NDArray[np.bool_]
Detail = dict[str, Any]
HINGES = 0
DENOMINATORS = ("rated", "answered", "shown")
QUANTILES_COMPARED = (2, 6, 7, HINGES)
CODES = {1: Verdict.IN, -1: Verdict.OUT, 0: Verdict.NONE, 2: Verdict.TOO_FEW}
NOT_A_MATTER_OF_N = {Reason.SCALE_NOT_RATIO, Reason.SCALE_NOT_SUPPORTED}


@dataclass(frozen=True)
class Terms:
    """Settings of a definition that hold for any rule; quantile type 0 stands for Tukey's hinges."""

    quantile_type: int = 7
    denominator: str = "rated"
    minimum_n: int = 1

    def __post_init__(self) -> None:
        if self.quantile_type not in range(10):
            raise ValueError(f"quantile type {self.quantile_type} is not one of 1 to 9")
        if self.denominator not in DENOMINATORS:
            raise ValueError(f"denominator “{self.denominator}” is not one of {', '.join(DENOMINATORS)}")
        if self.minimum_n < 1:
            raise ValueError("the minimum number of ratings is 1 or more")


TERMS = Terms()


@dataclass(frozen=True)
class Ballot:
    """Counts as a rule sees them: pooled (J, K), by group (J, G, K), with the terms."""

    counts: Counts
    terms: Terms = TERMS

    @cached_property
    def f(self) -> Integers:
        """Ratings of all groups together (J, K)."""
        return total(self.counts.ratings, 1)

    @cached_property
    def n(self) -> Integers:
        """Ratings of each statement (J)."""
        return total(self.f)

    @cached_property
    def base(self) -> Integers:
        """Denominator of shares (J)."""
        sizes = {"rated": self.counts.n_rated, "answered": self.counts.n_answered, "shown": self.counts.n_shown}
        return total(sizes[self.terms.denominator], 1)

    def under(self, **changes: Any) -> "Ballot":
        """Return the same counts under other terms."""
        return Ballot(self.counts, replace(self.terms, **changes))


@dataclass(frozen=True)
class Judgement:
    """Outcome for each statement, in order."""

    verdict: tuple[Verdict, ...]
    grade: tuple[str | None, ...]
    reason: tuple[Reason | None, ...]
    flags: tuple[tuple[Flag, ...], ...]
    detail: tuple[Detail, ...]
    basis: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Rule(ABC):
    """A consensus rule: a pure function of counts and its own fields."""

    key: ClassVar[str]
    name: ClassVar[str]
    version: ClassVar[int] = 1
    uses_quantiles: ClassVar[bool] = False
    has_grades: ClassVar[bool] = False

    lo: int = field(default=1, kw_only=True)

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Fields that follow from the scale."""
        del scale
        return {}

    @abstractmethod
    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence, as a protocol prints it."""

    @abstractmethod
    def sides(self, ballot: Ballot) -> tuple[Mask, Mask]:
        """Which statements would be in, and which out; both at once is a tie."""

    @abstractmethod
    def basis(self, detail: Detail) -> str:
        """Figures the verdict rests on, such as “41/46 ≥ 75 %”."""

    def details(self, ballot: Ballot) -> list[Detail]:
        """Figures behind each verdict."""
        return [{"n": int(n)} for n in ballot.n]

    def grades(self, ballot: Ballot) -> list[str | None]:
        """Letter of each statement, where the rule has letters."""
        return [None] * len(ballot.n)

    def obstacles(self, ballot: Ballot) -> dict[Reason, Mask]:
        """Why a statement cannot be judged; the first reason that holds is given."""
        return {Reason.NO_RATINGS: ballot.n == 0, Reason.BELOW_MINIMUM_N: ballot.n < ballot.terms.minimum_n}

    def marks(self, ballot: Ballot) -> dict[Flag, Mask]:
        """Raise the flags of the rule itself; `judge` adds the common ones."""
        del ballot
        return {}

    def deciding_groups(self, ballot: Ballot) -> str:
        """Which groups decided, for rules by group."""
        del ballot
        return ""

    def status(self, ballot: Ballot) -> NDArray[np.int8]:
        """Verdict codes: 1 in, −1 out, 0 none, 2 too few."""
        to_in, to_out = self.sides(ballot)
        code = (to_in.astype(np.int8) - to_out.astype(np.int8)).astype(np.int8)
        for reason, holds in reversed(self.obstacles(ballot).items()):
            code[holds] = 0 if reason in NOT_A_MATTER_OF_N else 2
        return code

    def judge(self, counts: Counts | ArrayLike, terms: Terms = TERMS) -> Judgement:
        """Judge every statement of a round.

        Parameters
        ----------
        counts
            `Counts`, or ratings alone as (K), (J, K) or (J, G, K).
        """
        ballot = Ballot(counts if isinstance(counts, Counts) else Counts.of(counts), terms)
        code = self.status(ballot)
        details = self.details(ballot)
        reasons = first_reasons(self.obstacles(ballot), len(code))
        return Judgement(
            verdict=tuple(CODES[int(c)] for c in code),
            grade=tuple(self.grades(ballot)),
            reason=reasons,
            flags=self._flags(ballot, code),
            detail=tuple(details),
            basis=tuple("" if reason else self.basis(detail) for reason, detail in zip(reasons, details, strict=True)),
            groups=(self.deciding_groups(ballot),) * len(code),
        )

    def _flags(self, ballot: Ballot, code: NDArray[np.int8]) -> tuple[tuple[Flag, ...], ...]:
        to_in, to_out = self.sides(ballot)
        marks = {Flag.TIE: to_in & to_out, **self.marks(ballot)}
        judged = code != 2
        marks = {flag: holds & judged for flag, holds in marks.items()}
        marks[Flag.NQ_DEPENDENT] = self._differs(ballot, [{"denominator": d} for d in DENOMINATORS[:2]])
        if self.uses_quantiles:
            marks[Flag.QUANTILE_DEPENDENT] = self._differs(ballot, [{"quantile_type": t} for t in QUANTILES_COMPARED])
        return tuple(tuple(flag for flag, holds in marks.items() if holds[j]) for j in range(len(code)))

    def _differs(self, ballot: Ballot, changes: list[dict[str, Any]]) -> Mask:
        statuses = np.array([self.status(ballot.under(**change)) for change in changes])
        return np.asarray((statuses != statuses[0]).any(0))

    def as_dict(self) -> dict[str, Any]:
        """Key, version and parameters in plain lists, strings and integers."""
        return {"key": self.key, "version": self.version} | {f.name: plain(getattr(self, f.name)) for f in fields(self)}


def plain(value: Any) -> Any:
    """Turn a parameter into what JSON knows."""
    if isinstance(value, Rule):
        return value.as_dict()
    return [plain(part) for part in value] if isinstance(value, tuple) else value


def first_reasons(obstacles: Mapping[Reason, Mask], size: int) -> tuple[Reason | None, ...]:
    """Reason that comes first for each statement."""
    return tuple(next((reason for reason, holds in obstacles.items() if holds[j]), None) for j in range(size))


def at_least(k: Integers, n: Integers, threshold: str | Fraction, *, strict: bool = False) -> Mask:
    """Say for each k of n whether it reaches a threshold in per cent, in integers: 100·k·b ≥ a·n."""
    t = per_cent(threshold)
    left, right = 100 * wide(k, t) * t.denominator, t.numerator * wide(n, t)
    return np.asarray(left > right if strict else left >= right, dtype=np.bool_)


def wide(x: Integers, t: Fraction) -> NDArray[Any]:
    """Use Python's integers where a threshold is so fine that 64 bits could overflow."""
    return x.astype(object) if max(t.denominator, t.numerator) > 10**9 else x


def share(threshold: str, *, least: int = 50, what: str = "threshold") -> Fraction:
    """Check a threshold in per cent when a rule is made."""
    t = per_cent(threshold)
    if t < least:
        raise ValueError(
            f"a {what} of {threshold} % is below {least} %: a statement could be in and out at the same time",
        )
    return t


def number(text: str, what: str) -> Fraction:
    """Read a bound such as "1.5" exactly."""
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{what}: “{text}” is not a number such as 1.5") from None


def columns(ballot_f: Integers, members: tuple[int, ...], lo: int) -> Integers:
    """Sum the counts over a set of options (…)."""
    return total(ballot_f[..., [value - lo for value in members]])


def set_text(members: tuple[int, ...]) -> str:
    """Print a set of options: “7–9” or “1, 3”.

    Examples
    --------
    >>> set_text((7, 8, 9)), set_text((4,)), set_text((1, 3))
    ('7–9', '4', '1, 3')
    """
    if len(members) > 1 and members == tuple(range(members[0], members[-1] + 1)):
        return f"{members[0]}–{members[-1]}"
    return ", ".join(map(str, members))


def worded_set(scale: Scale, members: tuple[int, ...]) -> str:
    """Name a set of options by its labels where they are words and few, else by values."""
    labels = [scale.labels[i] for i in scale.index(members)]
    worded = len(labels) <= 3 and not any(label.isdigit() for label in labels)
    return " or ".join(f"“{label}”" for label in reversed(labels)) if worded else set_text(members)
