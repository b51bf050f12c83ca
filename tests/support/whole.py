"""What the whole answers of tests/delphi/consensus/rules/whole_results.json are asked by."""

from functools import cache
from typing import Any

import numpy as np

from delphi.consensus.analysis import Analysis, Definition, Item, People, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.disagreement import rand_classic, rand_classic_cutoffs, rand_ipras
from delphi.consensus.disclosure.small_cells import (
    compatible_ratings,
    group_disclosure,
    possible_complement_sums,
    visible_groups,
)
from delphi.consensus.firmness.robustness import bootstrap_verdict, fragility, leave_one_out
from delphi.consensus.firmness.sensitivity import threshold_map
from delphi.consensus.proposal import proposal
from delphi.consensus.ratings_file import analysis_of, panels_of
from delphi.consensus.rules.base import Terms
from delphi.consensus.rules.parsing import read_set, rule_from
from delphi.consensus.rules.presets import PRESETS
from delphi.consensus.scale import Scale
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.stability import StabilityRule, moves_of
from delphi.consensus.stopping import RoundState, StoppingRule, dajani_class, stopping_advice
from delphi.consensus.table.rows import consensus_rows
from delphi.consensus.table.summary import figures, round_means
from delphi.consensus.vocabulary import Relation, Verdict
from delphi.sheets.ratings import read_ratings

__all__ = [
    "PRESETS",
    "SCALES",
    "Definition",
    "RoundState",
    "Scale",
    "StabilityRule",
    "StoppingRule",
    "Verdict",
    "analysis_of",
    "compatible_ratings",
    "dajani_class",
    "fragility",
    "group_disclosure",
    "leave_one_out",
    "moves_of",
    "possible_complement_sums",
    "proposal",
    "rand_classic",
    "rand_classic_cutoffs",
    "rand_ipras",
    "read_set",
    "round_means",
    "stopping_advice",
    "visible_groups",
]


@cache
def counts(options: int, groups: int = 2) -> Counts:
    """Fourteen statements: unanimous, split, uniform, one rating, none, and what chance gives."""
    rng = np.random.Generator(np.random.PCG64(7))
    low, high, none = np.eye(options, dtype=int)[0], np.eye(options, dtype=int)[-1], np.zeros(options, dtype=int)
    fixed = [
        9 * high,
        9 * low,
        5 * low + 5 * high,
        none + 2,
        high,
        none,
        3 * high + low,
        7 * high + 2 * low,
        15 * high + 5 * low,
    ]
    chance = [rng.multinomial(n, rng.dirichlet(np.ones(options) / 2)) for n in (5, 12, 30, 60, 100)]
    whole = np.array([*fixed, *chance])
    first = (whole + 1) // 2
    parts = [whole] if groups == 1 else [first, whole - first]
    nq = np.arange(len(whole))[:, None] % 3 + np.zeros((1, groups), dtype=int)
    names = ("",) if groups == 1 else ("clinicians", "patients")
    return Counts(np.stack(parts, axis=1), nq, nq + 1, np.full(groups, 120), names)


def scale_of(key: str) -> Scale:
    return SCALES[key] if key in SCALES else Scale.from_zones(-2, 2, (1, 2), (-2, -1))


def judged(key: str, scale: str, *, groups: int = 2, terms: dict[str, Any] | None = None, **more: str) -> Any:
    """A rule's sentence, its traits and its judgement."""
    known = scale_of(scale)
    rule = rule_from(key, more, known)
    found = rule.judge(counts(known.K, groups), Terms(**(terms or {})))
    return [
        rule.describe(known),
        rule.has_grades,
        rule.of_the_round,
        list(rule.quantiles_compared),
        rule.as_dict(),
        found,
    ]


def definition(scale: str, rule: str | None = None, settings: dict[str, str] | None = None, **more: Any) -> Definition:
    known = scale_of(scale)
    return Definition(known, rule_from(rule or known.rule, settings if rule else known.settings, known), **more)


def described(scale: str, **more: Any) -> Any:
    found = definition(scale, **more)
    return [found.id, found.describe(), found.as_dict()]


def rows(scale: str, *, by_group: bool = True, rule: str | None = None, **more: Any) -> Any:
    """Consensus rows of a second round with every relation to the first."""
    known = definition(scale, rule, {}, **more)
    whole, few = counts(known.scale.K), [0, 2, 4, 5, 7, 10, 12]
    data = Counts(whole.ratings[few], whole.not_qualified[few], whole.blank[few], whole.invited, whole.groups)
    relations = [*Relation] * 2
    items = [
        Item(
            f"S{j}",
            1 + j,
            "statement",
            j or None,
            "A" * j,
            f"Text {j}",
            relation,
            None if relation is Relation.NEW else 1,
        )
        for j, relation in zip(range(len(data.ratings)), relations, strict=False)
    ]
    moves = np.zeros((len(items), 2, known.scale.K, known.scale.K), dtype=np.int64)
    moves[:, 0, 0, -1], moves[:, 1, 1, 1], moves[1] = 2, 9, 0
    opposite = Counts(data.ratings[..., ::-1], data.blank, data.not_qualified, data.invited, data.groups)
    first = RoundData(1, tuple(items), opposite)
    round_ = RoundData(2, tuple(items), data, moves.sum(1), moves, previous=first, moved=People(9, 1, 2))
    alone = RoundData(3, tuple(items), data)
    found = consensus_rows(Analysis(known, (round_, alone)), by_group=by_group)
    return {name: [row[name] for row in found] for name in found[0]}


FILE = (
    "panelist,round,group,kind,section,statement,rating\n"
    "P1,1,a,statement,Care,S1,4\nP2,1,b,statement,Care,S1,3\nP3,1,b,statement,Care,S1,\nP4,1,b,statement,Care,S1,NQ\n"
    "P1,1,a,recommendation,,S2,1\nP2,1,b,recommendation,,S2,2\nP1,2,a,recommendation,,S2,2\nP2,2,b,recommendation,,S2,2\n"
    "P5,2,a,recommendation,,S2,NQ\nP2,3,b,statement,Care,S1,1\nP1,3,a,statement,Care,S1,4\nP1,3,a,statement,Other,S3,4\n"
)


def read() -> Any:
    """A file of three rounds: analysis and matrices."""
    known = Definition.of(SCALES["agree4_nq"])
    file = read_ratings(FILE.encode(), 1, 4)
    analysis, panels = analysis_of(file, known), panels_of(file, known)
    return [
        analysis.rounds,
        panels,
        [(p.analysed, p.values[:, 0].tolist().__repr__()) for p in panels],
        panels[0].only("b"),
    ]


def summary(scale: str, **more: Any) -> Any:
    found = figures(counts(scale_of(scale).K), definition(scale, **more))
    extra = [(row.n_shown, row.iqr, row.dissent_k, row.percent(row.combined_k)) for row in found]
    return [found, extra, round_means(found)]


def mapped(scale: str, rule: str | None = None, settings: dict[str, str] | None = None, **more: Any) -> Any:
    known = definition(scale, rule, settings, **more)
    found = threshold_map(counts(known.scale.K), known)
    return [
        found.sensitive(),
        found.sensitive(10),
        [[a.threshold, a.strict, a.denominator, a.quantile_type, a.locked, a.tally] for a in found.alternatives],
    ]


def firm(scale: str, rule: str | None = None, settings: dict[str, str] | None = None, **more: Any) -> Any:
    known = definition(scale, rule, settings, **more)
    parts = [counts(known.scale.K).statement(j) for j in (2, 3, 4, 5, 6, 7, 8, 10)]
    return [[bootstrap_verdict(c, known, 200), leave_one_out(c, known), fragility(c, known)] for c in parts]


def scales() -> Any:
    return [[s.as_dict(), s.bands, s.abbreviations, s.K, s.values] for s in SCALES.values()]


def given(lo: int, hi: int, agree: tuple[int, ...], disagree: tuple[int, ...] = ()) -> Any:
    return Scale.from_zones(lo, hi, agree, disagree).as_dict()
