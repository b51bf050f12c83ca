"""What all consensus rules share: terms of judging, the judgement, the order of checks (METHOD 4.2)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.consensus.counts import Counts, Integers, total
from delphi.consensus.rules.shares import Mask
from delphi.consensus.scale import Scale
from delphi.consensus.vocabulary import Denominator, Verdict
from delphi.statistics.base.result import Flag, Reason

Detail = dict[str, Any]
HINGES = 0
QUANTILES_COMPARED = (2, 6, 7, HINGES)
NOT_A_MATTER_OF_N = {Reason.SCALE_NOT_RATIO, Reason.SCALE_NOT_SUPPORTED}


class Code(IntEnum):
    """Verdict of a statement as a number, so that many fit into one array."""

    IN = 1
    OUT = -1
    NONE = 0
    TOO_FEW = 2


CODES = {Code.IN: Verdict.IN, Code.OUT: Verdict.OUT, Code.NONE: Verdict.NONE, Code.TOO_FEW: Verdict.TOO_FEW}


@dataclass(frozen=True)
class Terms:
    """Settings of a definition that hold for any rule; quantile type 0 stands for Tukey's hinges."""

    quantile_type: int = 7
    denominator: str = Denominator.RATED
    minimum_n: int = 1

    def __post_init__(self) -> None:
        if self.quantile_type not in range(10):
            raise ValueError(f"quantile type {self.quantile_type} is not one of 1 to 9")
        if self.denominator not in list(Denominator):
            raise ValueError(f"denominator “{self.denominator}” is not one of {', '.join(Denominator)}")
        if self.minimum_n < 1:
            raise ValueError("the minimum number of ratings is 1 or more")


TERMS = Terms()


@dataclass(frozen=True)
class Tally:
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
        match self.terms.denominator:
            case Denominator.RATED:
                return self.n
            case Denominator.ANSWERED:
                return total(self.counts.n_answered, 1)
        return total(self.counts.n_shown, 1)

    def under(self, **changes: Any) -> "Tally":
        """The same counts under other terms, such as another quantile type."""
        return Tally(self.counts, replace(self.terms, **changes))


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
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # parameters that take one of a few words

    lo: int = field(default=1, kw_only=True)

    @property
    def has_grades(self) -> bool:
        """Whether the rule has letters."""
        return False

    @property
    def quantiles_compared(self) -> tuple[int, ...]:
        """Quantile types under which the verdict is tried; empty where quantiles do not matter."""
        return ()

    @property
    def of_the_round(self) -> bool:
        """Whether the verdict on a statement depends on the other statements of the round."""
        return False

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Fields that follow from the scale."""
        del scale
        return {}

    @abstractmethod
    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence, as a protocol prints it."""

    @abstractmethod
    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Which statements would be in, and which out; both at once is a tie."""

    @abstractmethod
    def basis(self, detail: Detail) -> str:
        """Figures the verdict rests on, such as “41/46 ≥ 75 %”."""

    def details(self, tally: Tally) -> list[Detail]:
        """Figures behind each verdict."""
        return [{"n": int(n)} for n in tally.n]

    def grades(self, tally: Tally) -> list[str | None]:
        """Letter of each statement, where the rule has letters."""
        return [None] * len(tally.n)

    def obstacles(self, tally: Tally) -> dict[Reason, Mask]:
        """Why a statement cannot be judged; the first reason that holds is given."""
        return {Reason.NO_RATINGS: tally.n == 0, Reason.BELOW_MINIMUM_N: tally.n < tally.terms.minimum_n}

    def marks(self, tally: Tally) -> dict[Flag, Mask]:
        """Raise the flags of the rule itself; `judge` adds the common ones."""
        del tally
        return {}

    def deciding_groups(self, tally: Tally) -> str:
        """Which groups decided, for rules by group."""
        del tally
        return ""

    def status(self, tally: Tally) -> NDArray[np.int8]:
        """Verdict of each statement as a `Code` (J)."""
        to_in, to_out = self.sides(tally)
        code = (to_in.astype(np.int8) - to_out.astype(np.int8)).astype(np.int8)
        for reason, holds in reversed(self.obstacles(tally).items()):
            code[holds] = Code.NONE if reason in NOT_A_MATTER_OF_N else Code.TOO_FEW
        return code

    def judge(self, counts: Counts | ArrayLike, terms: Terms = TERMS) -> Judgement:
        """Judge every statement of a round.

        Parameters
        ----------
        counts
            `Counts`, or ratings alone as (K), (J, K) or (J, G, K).
        """
        tally = Tally(counts if isinstance(counts, Counts) else Counts.of(counts), terms)
        code = self.status(tally)
        details = self.details(tally)
        reasons = first_reasons(self.obstacles(tally), len(code))
        return Judgement(
            verdict=tuple(CODES[Code(c)] for c in code.tolist()),
            grade=tuple(self.grades(tally)),
            reason=reasons,
            flags=self._flags(tally, code),
            detail=tuple(details),
            basis=tuple("" if reason else self.basis(detail) for reason, detail in zip(reasons, details, strict=True)),
            groups=(self.deciding_groups(tally),) * len(code),
        )

    def _flags(self, tally: Tally, code: NDArray[np.int8]) -> tuple[tuple[Flag, ...], ...]:
        to_in, to_out = self.sides(tally)
        marks = {Flag.TIE: to_in & to_out, **self.marks(tally)}
        judged = code != Code.TOO_FEW
        marks = {flag: holds & judged for flag, holds in marks.items()}
        marks[Flag.NQ_DEPENDENT] = self._differs(
            tally, [{"denominator": d} for d in (Denominator.RATED, Denominator.ANSWERED)]
        )
        if types := self.quantiles_compared:
            marks[Flag.QUANTILE_DEPENDENT] = self._differs(tally, [{"quantile_type": t} for t in types])
        rows = zip(*(holds.tolist() for holds in marks.values()), strict=True)
        return tuple(tuple(flag for flag, holds in zip(marks, row, strict=True) if holds) for row in rows)

    def _differs(self, tally: Tally, changes: list[dict[str, Any]]) -> Mask:
        statuses = np.array([self.status(tally.under(**change)) for change in changes])
        return np.asarray((statuses != statuses[0]).any(0))

    def as_dict(self) -> dict[str, Any]:
        """Key, version and parameters in plain lists, strings and integers."""
        return {"key": self.key, "version": self.version} | {f.name: plain(getattr(self, f.name)) for f in fields(self)}


def plain(value: Any) -> Any:
    """Turn a parameter into what JSON knows."""
    if isinstance(value, Rule):
        return value.as_dict()
    if isinstance(value, StrEnum):
        return value.value
    return [plain(part) for part in value] if isinstance(value, tuple) else value


def first_reasons(obstacles: Mapping[Reason, Mask], size: int) -> tuple[Reason | None, ...]:
    """Reason that comes first for each statement."""
    return tuple(next((reason for reason, holds in obstacles.items() if holds[j]), None) for j in range(size))
