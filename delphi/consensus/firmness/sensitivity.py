"""Would another definition have said the same? Verdicts under neighbouring definitions (METHOD 9.6).

The locked rule is marked and never replaced: the map shows how much rests on the choice.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts
from delphi.consensus.rules.base import Rule
from delphi.consensus.rules.grades import Gaps
from delphi.consensus.rules.groups import EachGroup
from delphi.consensus.rules.percent import GradedAgreement
from delphi.consensus.vocabulary import Denominator, Verdict
from delphi.statistics.base.exact import per_cent

THRESHOLDS = tuple(str(t) for t in range(60, 95, 5))
THRESHOLD_FIELDS = ("threshold", "include")
DENOMINATORS = (Denominator.RATED, Denominator.ANSWERED)
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
        return next(alternative for alternative in self.alternatives if alternative.locked)

    def near(self, within: int = NEAR) -> list[Alternative]:
        """Alternatives whose threshold is at most ``within`` percentage points from the locked one."""
        here = self.locked
        return [other for other in self.alternatives if _distance(other.threshold, here.threshold) <= within]

    def sensitive(self, within: int = NEAR) -> tuple[int, ...]:
        """Statements whose verdict changes under an alternative near the locked rule.

        Parameters
        ----------
        within
            Distance of thresholds, in percentage points, that counts as near.

        Returns
        -------
        tuple of int
            Positions of the statements in the round.
        """
        near = [alternative.verdicts for alternative in self.near(within)]
        return tuple(j for j, own in enumerate(self.locked.verdicts) if any(other[j] != own for other in near))


def _distance(a: str | None, b: str | None) -> Fraction:
    return Fraction(0) if a is None or b is None else abs(per_cent(a) - per_cent(b))


def threshold_map(
    counts: Counts,
    definition: Definition,
    thresholds: Sequence[str] = THRESHOLDS,
) -> ThresholdMap:
    """Judge a round under thresholds × strict or not × denominators × quantile types, as far as the rule has them.

    Parameters
    ----------
    counts
        The round: J statements × G groups × K options.
    definition
        The definition of the study; its rule is the locked one.
    thresholds
        Shares in per cent to try beside the locked one.

    Returns
    -------
    ThresholdMap
        An alternative for each combination, with J verdicts each.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> result = threshold_map(Counts.of([[0, 0, 1, 2, 2], [0, 0, 0, 0, 9]]), Definition.of(SCALES["agree5"]))
    >>> len(result.alternatives), result.locked.tally, result.sensitive()
    (28, {<Verdict.IN: 'in'>: 2}, (0,))
    """
    return ThresholdMap(tuple(_alternatives(counts, definition, thresholds)))


def _alternatives(counts: Counts, definition: Definition, thresholds: Sequence[str]) -> Iterator[Alternative]:
    rule = definition.rule
    own, hard = _threshold(rule), _strict(rule)
    for threshold in (None,) if own is None else _with(own, thresholds):
        for strict in (None,) if hard is None else (False, True):
            changed = _changed(rule, threshold, strict)
            for denominator in _with(definition.denominator, DENOMINATORS):
                for type_ in _types(rule, definition.quantile_type):
                    terms = replace(definition.terms, denominator=denominator, quantile_type=type_)
                    locked = changed == rule and terms == definition.terms
                    verdicts = changed.judge(counts, terms).verdict
                    yield Alternative(threshold, strict, denominator, type_, locked, verdicts)


def _threshold(rule: Rule) -> str | None:
    """Share that decides; of a rule asked of each group, that of the inner rule."""
    if isinstance(rule, EachGroup):
        return _threshold(rule.rule)
    if isinstance(rule, GradedAgreement):
        return rule.bands[-1]
    return next((getattr(rule, f.name) for f in fields(rule) if f.name in THRESHOLD_FIELDS), None)


def _strict(rule: Rule) -> bool | None:
    """Whether the share must be exceeded; of grades, whether it counts unrounded."""
    if isinstance(rule, EachGroup):
        return _strict(rule.rule)
    return rule.gaps == Gaps.STRICT if isinstance(rule, GradedAgreement) else getattr(rule, "strict", None)


def _changed(rule: Rule, threshold: str | None, strict: bool | None) -> Rule:  # noqa: FBT001 - a setting, or none
    if isinstance(rule, EachGroup):
        return replace(rule, rule=_changed(rule.rule, threshold, strict))
    if isinstance(rule, GradedAgreement):
        return _graded(rule, threshold or rule.bands[-1], Gaps.STRICT if strict else Gaps.HALF_UP)
    name = next((f.name for f in fields(rule) if f.name in THRESHOLD_FIELDS), None)
    settings: dict[str | None, Any] = {name: threshold, "strict" if strict is not None else None: strict}
    return replace(rule, **{key: value for key, value in settings.items() if key is not None})


def _graded(rule: GradedAgreement, lowest: str, gaps: str) -> GradedAgreement:
    """Move the lowest band; bands at or below it are no more."""
    bands = (*(band for band in rule.bands[:-1] if per_cent(band) > per_cent(lowest)), lowest)
    return replace(rule, bands=bands, letters=rule.letters[: len(bands) + 1], gaps=gaps)


def _with(own: str, others: Sequence[str]) -> list[str]:
    """Put the locked value among the others."""
    return list(others) if own in others else sorted({*others, own})


def _types(rule: Rule, own: int) -> tuple[int, ...]:
    """Quantile types that can matter; the locked one always."""
    compared = rule.quantiles_compared
    return tuple(dict.fromkeys((*compared, own))) if compared else (own,)
