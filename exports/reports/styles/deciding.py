"""Which figures decide a verdict: every table that prints one prints them, on the right side of their bounds."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import singledispatch
from math import ceil
from typing import Any

from delphi.consensus.rules.base import Rule
from delphi.consensus.rules.centre import MedianPercent
from delphi.consensus.rules.combined import AllOf, AnyOf
from delphi.consensus.rules.comet import Comet7015, Out50
from delphi.consensus.rules.grades import Gaps
from delphi.consensus.rules.moments import SdRule
from delphi.consensus.rules.percent import GradedAgreement, PercentAgreement
from delphi.consensus.rules.rand_ucla import DisagreementMethod, RandAppropriateness
from delphi.consensus.rules.spread import IqrRule, QuartileDeviationRule
from delphi.consensus.scale import Scale, Values
from delphi.consensus.table.result_row import ResultRow
from delphi.statistics.base.exact import per_cent, round_half_up
from exports.tables.bounds import Bound
from exports.tables.table import Column

Figure = str | Values  # the name of a column, or the options of a share
Bounds = dict[Figure, tuple[Bound, ...]]


@singledispatch
def bounds_of(rule: Any) -> Bounds | None:
    """Figures on which a rule rests with their bounds; None where they are no figures of one row of a table."""
    del rule
    return None


def _join(*parts: tuple[Figure, str, Fraction | str | None]) -> Bounds:
    bounds: Bounds = {}
    for figure, side, value in parts:
        if figure and value is not None:
            bounds[figure] = (*bounds.get(figure, ()), Bound(side, Fraction(value)))
    return bounds


@bounds_of.register
def _percent(rule: PercentAgreement) -> Bounds:
    side = ">" if rule.strict else "≥"
    parts = ((rule.agree_set, rule.threshold), (rule.disagree_set, rule.low_threshold))
    return _join(*((figure, side, per_cent(value)) for figure, value in parts))


@bounds_of.register
def _median_percent(rule: MedianPercent) -> Bounds:
    return _percent(rule) | _join(("median", "≥", rule.min_median), ("median", "≤", rule.max_median))


@bounds_of.register
def _graded(rule: GradedAgreement) -> Bounds:
    bands = [per_cent(band) for band in rule.bands]
    steps = [ceil(band) - Fraction(1, 2) for band in bands] if rule.gaps == Gaps.HALF_UP else bands
    own = [(rule.agree_set, "≥", step) for step in (Fraction(100), *steps)]
    return _join(*own, (rule.disagree_set, "≥", steps[-1]))


@bounds_of.register
def _comet(rule: Comet7015) -> Bounds:
    include, exclude = per_cent(rule.include), per_cent(rule.exclude)
    return _join(*((zone, "≥", value) for zone in (rule.high, rule.low) for value in (include, exclude)))


@bounds_of.register
def _out_50(rule: Out50) -> Bounds:
    bounds = _comet(rule)
    return bounds | {rule.high: (*bounds[rule.high], Bound(">", Fraction(50)))}


@bounds_of.register
def _iqr(rule: IqrRule) -> Bounds:
    side = "<" if rule.strict else "≤"
    return _join(("iqr", side, rule.max_iqr), ("median", "≥", rule.min_median), ("median", "≤", rule.max_median))


@bounds_of.register
def _quartile_deviation(rule: QuartileDeviationRule) -> Bounds:
    widest = 2 * Fraction(rule.high)
    return _join(("iqr", "≤", widest), ("median", "≥", rule.min_median), ("median", "≤", rule.max_median))


@bounds_of.register
def _sd(rule: SdRule) -> Bounds:
    return _join(("sd", "<", rule.max_sd), ("mean", "≥", rule.min_mean), ("mean", "≤", rule.max_mean))


@bounds_of.register
def _rand(rule: RandAppropriateness) -> Bounds:
    zones = _join(("median", "≥", "6.5"), ("median", "≤", "3"))
    return zones | (_join(("di", ">", "1")) if rule.disagreement == DisagreementMethod.IPRAS else {})


@bounds_of.register(AllOf)
@bounds_of.register(AnyOf)
def _combined(rule: AllOf) -> Bounds | None:
    joined: Bounds = {}
    for part in rule.rules:
        bounds = bounds_of(part)
        if bounds is None:
            return None
        for figure, own in bounds.items():
            joined[figure] = (*joined.get(figure, ()), *own)
    return joined


def rule_of_a_group(rule: Rule) -> Rule:
    """Return the rule that is asked of each group, or the rule itself."""
    inner = getattr(rule, "inner", None)
    return inner() if inner else rule


def bounded(columns: Sequence[Column], bounds: Bounds, scale: Scale) -> list[Column]:
    """Tell the columns that print a deciding figure its bounds."""
    return [replace(column, bounds=bounds.get(figure_of(column.name, scale), ())) for column in columns]


def unprinted(columns: Iterable[Column], bounds: Bounds, scale: Scale) -> list[Figure]:
    """Deciding figures that no column prints."""
    printed = {figure_of(column.name, scale) for column in columns}
    return [figure for figure in bounds if figure not in printed]


def told(columns: Iterable[Column], rows: Iterable[ResultRow], figure: Figure, bounds: Bounds, scale: Scale) -> bool:
    """Whether printed shares of single options add up, in every row, on the right side of what decides."""
    printed = {figure_of(column.name, scale) for column in columns}
    if isinstance(figure, str) or not {(value,) for value in figure} <= printed:
        return False
    return all(added_up(row, figure, bounds[figure]) for row in rows if row.n_rated)


def added_up(row: ResultRow, options: Values, bounds: tuple[Bound, ...]) -> bool:
    """Whether the rounded shares of options add up on the side of every bound on which the exact share lies."""
    counts, n = row.counts(options), row.n_rated
    if counts is None or not n:
        return True
    shown = Fraction(sum(round_half_up(Fraction(100 * k, n)) for k in counts))
    return all(bound.met(shown) == bound.met(Fraction(100 * sum(counts), n)) for bound in bounds)


def figure_of(name: str, scale: Scale) -> Figure:
    """Name what a column prints, as bounds do; columns of a group end with its number."""
    sets = {"combined_pct": scale.combined, "disagree_pct": scale.disagree, "agree_pct": scale.agree}
    known: dict[str, Figure] = {
        **sets,
        **{f"share_{i}": option.values for i, option in enumerate(scale.printed_options, 1)},
    }
    kind, _, group = name.partition("_")
    if group.isdigit() and kind in ("high", "low"):
        return scale.combined if kind == "high" else scale.disagree
    return known.get(name, name)
