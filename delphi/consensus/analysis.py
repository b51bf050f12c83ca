"""What an analysis is made of: the definition, and the rounds in counts. Nobody's name, nobody's answer."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.counts import Counts
from delphi.consensus.rules.base import Judgement, Rule, Terms
from delphi.consensus.rules.parsing import rule_from, rule_from_dict
from delphi.consensus.scale import Scale
from delphi.consensus.vocabulary import EVERYBODY, AnalysisSet, Band, Denominator, Relation, Stability
from delphi.statistics.base.result import Reason

ANALYSIS_SETS: Mapping[str, str] = {
    AnalysisSet.SAVED: "panelists with at least one saved answer",
    AnalysisSet.COMPLETE: "panelists who submitted",
}
DENOMINATOR_TEXT: Mapping[str, str] = {
    Denominator.RATED: "those who rated",
    Denominator.ANSWERED: "those who rated or chose the opt-out",
    Denominator.SHOWN: "those to whom the statement was shown",
}


@dataclass(frozen=True)
class Definition:
    """How consensus is defined in a study, locked before the first round."""

    scale: Scale
    rule: Rule
    quantile_type: int = 7
    denominator: str = Denominator.RATED
    minimum_n: int = 1
    analysis_set: str = AnalysisSet.SAVED

    def __post_init__(self) -> None:
        if self.quantile_type not in range(1, 10):
            raise ValueError(f"quantile type {self.quantile_type} is not one of 1 to 9")
        if self.analysis_set not in ANALYSIS_SETS:
            raise ValueError(f"analysis set “{self.analysis_set}” is not one of {', '.join(ANALYSIS_SETS)}")
        if self.rule.lo != self.scale.lo:
            raise ValueError("the rule was made for another scale")
        Terms(self.quantile_type, self.denominator, self.minimum_n)

    @classmethod
    def of(cls, scale: Scale, **rest: Any) -> "Definition":
        """Definition with the rule the scale proposes."""
        return cls(scale, rule_from(scale.rule, scale.settings, scale), **rest)

    @cached_property
    def terms(self) -> Terms:
        """Terms under which the rule judges."""
        return Terms(self.quantile_type, self.denominator, self.minimum_n)

    def judge(self, counts: Counts) -> Judgement:
        """Judge every statement of a round."""
        return self.rule.judge(counts, self.terms)

    def as_dict(self) -> dict[str, Any]:
        """Plain lists, strings and integers, from which the definition can be made again."""
        return {
            "scale": self.scale.as_dict(),
            "rule": self.rule.as_dict(),
            "quantile_type": self.quantile_type,
            "denominator": str(self.denominator),
            "minimum_n": self.minimum_n,
            "analysis_set": str(self.analysis_set),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Definition":
        """Read what `as_dict` wrote, also after a round trip through JSON; an id beside it is ignored."""
        rest = {name: value for name, value in plain.items() if name not in ("scale", "rule", "id")}
        return cls(Scale.from_dict(plain["scale"]), rule_from_dict(plain["rule"]), **rest)

    @cached_property
    def id(self) -> str:
        """SHA-256 of the canonical JSON."""
        text = json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def describe(self) -> str:
        """One sentence that says the definition, as a protocol prints it."""
        fewest = f"; fewer than {self.minimum_n} ratings give no verdict" if self.minimum_n > 1 else ""
        return (
            f"{self.rule.describe(self.scale).rstrip('.')}; shares are of {DENOMINATOR_TEXT[self.denominator]}; "
            f"analysed are {ANALYSIS_SETS[self.analysis_set]}; quantiles of type {self.quantile_type}{fewest}."
        )


@dataclass(frozen=True)
class Item:
    """A statement version as shown in a round, and what became of it after the round."""

    statement: str
    version: int
    kind: str
    section_no: int | None
    section: str
    text: str
    relation: Relation
    previous_round: int | None
    decision: str = ""
    decision_reason: str = ""


class People(NamedTuple):
    """How many of the panel took part in the round before and in this one, left in between, and joined."""

    stayed: int
    left: int
    joined: int


class ChangeShown(NamedTuple):
    """What a seal tells of how much a statement moved, or why it does not."""

    band: Band | None
    stable: Stability | None
    reason: Reason | None = None


class Population(NamedTuple):
    """Everyone, or one stakeholder group, in a round: counts, and moves since the round before (J, K, K)."""

    name: str
    counts: Counts
    paired: NDArray[np.int64] | None


@dataclass(frozen=True, eq=False)
class RoundData:
    """One round: its items, their counts, and the moves since the previous round.

    Attributes
    ----------
    paired : (J, K, K) or None
        Panelists by rating before (rows) and now (columns); zeros where the relation is not `same` or
        `reworded_same_meaning`; None if nobody can be followed.
    paired_by_group : (J, G, K, K) or None
        The same by group, in the order of ``counts.groups``.
    previous
        The round before with its counts; an analysis of several rounds joins them itself (`Analysis.chained`).
    bands : (J) or None
        What a seal tells of change, of the whole panel; None where nothing is sealed.
    moved
        Numbers of people who stayed, left and joined since the round before; None if unknown.
    """

    number: int
    items: tuple[Item, ...]
    counts: Counts
    paired: NDArray[np.int64] | None = None
    paired_by_group: NDArray[np.int64] | None = None
    previous: "RoundData | None" = None
    bands: tuple[ChangeShown | None, ...] | None = None
    moved: People | None = None

    def __post_init__(self) -> None:
        items, groups, options = self.counts.ratings.shape
        if len(self.items) != items:
            raise ValueError(f"round {self.number} has {len(self.items)} items and counts of {items}")
        if self.paired is not None and self.paired.shape != (items, options, options):
            raise ValueError(f"the moves of round {self.number} do not fit its counts")
        if self.paired_by_group is not None and self.paired_by_group.shape != (items, groups, options, options):
            raise ValueError(f"the moves by group of round {self.number} do not fit its counts")
        if self.bands is not None and len(self.bands) != items:
            raise ValueError(f"the bands of round {self.number} do not fit its counts")

    def populations(self, *, by_group: bool = False) -> Iterator["Population"]:
        """Everyone first, under the name `EVERYBODY`, then the groups if asked; people without a group are in none."""
        yield Population(EVERYBODY, self.counts, self.paired)
        if by_group:
            for g, name in enumerate(self.counts.groups):
                if not name:
                    continue
                paired = None if self.paired_by_group is None else self.paired_by_group[:, g]
                yield Population(name, self.counts.only(name), paired)

    def earlier(self) -> dict[int, "RoundData"]:
        """Rounds before this one by number, as far as they are known."""
        known, at = {}, self.previous
        while at is not None:
            known[at.number], at = at, at.previous
        return known

    def comparable(self, j: int) -> bool:
        """Whether item j has the wording, or the meaning, under which it was rated before."""
        return self.items[j].relation.same_meaning


@dataclass(frozen=True)
class Analysis:
    """All closed rounds under one definition."""

    definition: Definition
    rounds: tuple[RoundData, ...]

    def chained(self) -> Iterator[RoundData]:
        """The rounds, each with the one before it: the last of the analysis, unless it brings a later one."""
        before: RoundData | None = None
        for round_ in self.rounds:
            own = round_.previous.number if round_.previous else 0
            before = replace(round_, previous=before) if before is not None and before.number > own else round_
            yield before
