"""Would another definition have said the same? Verdicts under neighbouring definitions (METHOD 9.6).

The locked rule is marked and never replaced: the map shows how much rests on the choice.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts
from delphi.consensus.rule import Rule, Verdict
from delphi.statistics.exact import per_cent

THRESHOLDS = tuple(str(t) for t in range(60, 95, 5))
THRESHOLD_FIELDS = ("threshold", "include")
DENOMINATORS = ("rated", "answered")
NEAR = 5


@dataclass(frozen=True)
class Alternative:
    """One definition of the map, with the verdict of every statement under it.

    Attributes
    ----------
    threshold, strict
        None where the rule has no such setting.
    quantile_type
        0 stands for Tukey's hinges.
    locked
        Whether this is the definition of the study.
    """

    threshold: str | None
    strict: bool | None
    denominator: str
    quantile_type: int
    locked: bool
    verdicts: tuple[Verdict, ...]

    @property
    def tally(self) -> dict[Verdict, int]:
        """Number of statements by verdict."""
        return dict(Counter(self.verdicts))


@dataclass(frozen=True)
class ThresholdMap:
    """All alternatives, the locked one among them."""

    alternatives: tuple[Alternative, ...]

    @property
    def locked(self) -> Alternative:
        """The definition of the study."""
        return next(one for one in self.alternatives if one.locked)

    def sensitive(self, within: int = NEAR) -> tuple[int, ...]:
        """Statements whose verdict changes under an alternative near the locked rule.

        Parameters
        ----------
        within
            Distance of thresholds, in percentage points, that counts as near.
        """
        here = self.locked
        near = [one.verdicts for one in self.alternatives if _distance(one.threshold, here.threshold) <= within]
        return tuple(j for j, verdict in enumerate(here.verdicts) if any(other[j] != verdict for other in near))


def _distance(one: str | None, other: str | None) -> Any:
    return 0 if one is None or other is None else abs(per_cent(one) - per_cent(other))


def threshold_map(
    counts: Counts,
    definition: Definition,
    thresholds: Sequence[str] = THRESHOLDS,
) -> ThresholdMap:
    """Judge a round under thresholds × strict or not × denominators × quantile types, as far as the rule has them.

    Examples
    --------
    >>> from delphi.consensus.scale import SCALES
    >>> found = threshold_map(Counts.of([[0, 0, 1, 2, 2], [0, 0, 0, 0, 9]]), Definition.of(SCALES["agree5"]))
    >>> len(found.alternatives), found.locked.tally, found.sensitive()
    (28, {<Verdict.IN: 'in'>: 2}, (0,))
    """
    return ThresholdMap(tuple(_alternatives(counts, definition, thresholds)))


def _alternatives(counts: Counts, definition: Definition, thresholds: Sequence[str]) -> Iterator[Alternative]:
    rule = definition.rule
    name = next((f.name for f in fields(rule) if f.name in THRESHOLD_FIELDS), None)
    strict = "strict" if any(f.name == "strict" for f in fields(rule)) else None
    own: str = getattr(rule, name) if name else ""
    for threshold in _with(own, thresholds) if name else (None,):
        for hard in (False, True) if strict else (None,):
            changed = _changed(rule, {name: threshold, strict: hard})
            for denominator in _with(definition.denominator, DENOMINATORS):
                for type_ in _types(rule, definition.quantile_type):
                    terms = replace(definition.terms, denominator=denominator, quantile_type=type_)
                    locked = changed == rule and terms == definition.terms
                    verdicts = changed.judge(counts, terms).verdict
                    yield Alternative(threshold, hard, denominator, type_, locked, verdicts)


def _changed(rule: Rule, settings: dict[str | None, Any]) -> Rule:
    return replace(rule, **{name: value for name, value in settings.items() if name is not None})


def _with(own: str, others: Sequence[str]) -> list[str]:
    """Put the locked value among the others."""
    return list(others) if own in others else sorted({*others, own})


def _types(rule: Rule, own: int) -> tuple[int, ...]:
    """Quantile types that can matter; the locked one always."""
    compared = rule.quantiles_compared
    return tuple(dict.fromkeys((*compared, own))) if compared else (own,)
