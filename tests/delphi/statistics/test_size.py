"""Every public measure of a million ratings: in bounded time, in its range, and what it is at a hundredth of the size."""

from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from inspect import isclass
from math import isfinite
from time import process_time

import numpy as np
import pytest

import delphi.statistics as measures
from delphi.statistics.base.bounds import RANGES

MILLION, SECONDS = 1_000_000, 20
VALUES = (1, 2, 3, 4, 5)
SHAPES = {"all in one": (0, 0, 0, 0, 20), "two halves": (10, 0, 0, 0, 10), "spread": (4, 4, 4, 4, 4)}
LATER = {"all in one": (0, 0, 0, 1, 19), "two halves": (8, 2, 0, 0, 10), "spread": (2, 4, 5, 4, 5)}


class Panel:
    """One shape of n ratings of five options, as counts, pairs, values and ballots."""

    def __init__(self, shape, n):
        self.n, times = n, n // 20
        self.f, self.g = (np.array(each[shape]) * times for each in (SHAPES, LATER))
        self.x, self.y = (np.repeat(VALUES, each) for each in (self.f, self.g))
        self.k = int(self.f[3:].sum())
        self.moves = measures.transition_table(self.x - 1, np.roll(self.y, times) - 1, 5)
        self.items = np.array([self.f, self.g, np.roll(self.f, 1)])
        self.matrix = np.stack([self.x, self.y, np.roll(self.y, 3 * times)], axis=1).astype(float)
        self.orders = [[1, 2, 3], [2, 1, None], [3, 3, 1]]
        self.weights = [self.k, n - self.k, n // 2]

    @property
    def pairwise(self):
        return measures.pairwise_matrix(self.orders, self.weights)


def ballots(name):
    return lambda p: getattr(measures, name)(p.orders, p.weights)


def counts(name, *more, **settings):
    return lambda p: getattr(measures, name)(p.f, *more, **settings)


def shares(name):
    return lambda p: getattr(measures, name)(p.k, p.n)


def items(name):
    return lambda p: getattr(measures, name)([(p.k, p.n), (p.n, p.n)])


def moves(name):
    return lambda p: getattr(measures, name)(p.moves)


def twice(name, *more, **settings):
    return lambda p: getattr(measures, name)(p.f, p.g, *more, **settings)


def rows(name, *more):
    return lambda p: getattr(measures, name)(p.items, *more)


def matrix(name, *more, **settings):
    return lambda p: getattr(measures, name)(p.matrix, *more, **settings)


def listed(name, *more, **settings):
    return lambda p: getattr(measures, name)(p.x.tolist(), *more, **settings)


CALLS = {
    **{name: counts(name) for name in ("category_shares", "mean", "modes", "quartiles", "scaled_mean", "sd")},
    **{name: counts(name) for name in ("ad_median", "bimodality_coefficient", "one_minus_relative_sd", "r_wg")},
    **{name: counts(name) for name in ("pairwise_agreement", "blair_lacy_l2", "consensus_cns", "iov", "leik_d")},
    **{name: counts(name) for name in ("agreement_a", "polarisation", "aiken_v", "grouped_median", "iqr", "median")},
    **{name: counts(name) for name in ("tukey_hinges", "median_interval", "bootstrap_median")},
    **{name: counts(name, Fraction(1, 3)) for name in ("quantile", "scaled_quantile")},
    "cv": counts("cv", VALUES, has_true_zero=True),
    "targeted_agreement": counts("targeted_agreement", 3),
    "two_camps": counts("two_camps", [0, 1], [3, 4]),
    **{name: shares(name) for name in ("i_cvi", "cvr", "cvr_significant", "modified_kappa", "chance_agreement")},
    **{name: shares(name) for name in ("wilson_interval", "clopper_pearson_interval", "mcnemar", "response_rate")},
    **{name: shares(name) for name in ("format_percent",)},
    "meets_threshold": lambda p: measures.meets_threshold(p.k, p.n, "66.7"),
    "cvr_critical": lambda p: measures.cvr_critical(p.n),
    "compatible_dissents": lambda p: measures.compatible_dissents(1, p.n, "98.0", 6)[:3],
    "quartile_signature": lambda p: measures.quartile_signature(p.n + 3),
    **{name: items(name) for name in ("s_cvi_ave", "s_cvi_ua", "cvi_lawshe", "mean_share")},
    "composition_adjusted_share": lambda p: measures.composition_adjusted_share([(p.k, p.n), (1, 2)], [p.n, p.n]),
    "group_informed_consensus": lambda p: measures.group_informed_consensus([(p.k, p.n), (p.n, p.n)]),
    **{name: moves(name) for name in ("ac2_transition", "bowker", "chaffin_talley", "exact_coefficient")},
    **{name: moves(name) for name in ("mean_absolute_change", "percent_changed", "rank_correlation", "stuart_maxwell")},
    **{name: moves(name) for name in ("sign_test_of_moves", "signed_rank_of_moves", "test_retest_icc")},
    **{name: moves(name) for name in ("weighted_kappa", "cramers_v", "fisher_exact_rxc")},
    "differences": lambda p: measures.differences(p.moves).sum(),
    "transition_table": lambda p: measures.transition_table(p.x - 1, p.y - 1, 5),
    "spearman": lambda p: measures.spearman(p.x, np.roll(p.y, p.n // 20)),
    **{name: lambda p, name=name: getattr(measures, name)(p.x - p.y) for name in ("sign_test", "signed_rank")},
    **{name: twice(name) for name in ("scheibe_change", "total_variation", "group_shift", "cliffs_delta")},
    "mann_whitney": twice("mann_whitney"),
    "cv_difference": twice("cv_difference", VALUES, has_true_zero=True),
    "kruskal_wallis": rows("kruskal_wallis"),
    "tally": lambda p: measures.tally(p.x, p.y),
    **{name: rows(name) for name in ("gwet_ac", "brennan_prediger", "fleiss_general", "fleiss_kappa")},
    **{name: rows(name) for name in ("krippendorff_alpha", "krippendorff_interval")},
    "conger_kappa": matrix("conger_kappa", VALUES),
    "complete_block": lambda p: measures.complete_block(p.matrix).matrix.shape,
    "counts_by_item": matrix("counts_by_item", VALUES),
    **{name: matrix(name) for name in ("cronbach_alpha", "icc", "kendall_w", "kendall_w_gaps")},
    "kendall_w_codes": lambda p: measures.kendall_w_codes(p.matrix.astype(np.int8) - np.int8(1), 5),
    "opinion_groups": lambda p: measures.opinion_groups(np.tile(p.matrix, (1, 3))).reason,
    "attrition_bias": lambda p: measures.attrition_bias(p.matrix, np.arange(len(p.matrix)) % 4 == 0, permutations=20),
    **{name: ballots(name) for name in ("mean_rank", "borda", "first_choices", "pairwise_matrix")},
    "condorcet_winner": lambda p: measures.condorcet_winner(p.pairwise),
    "kemeny": lambda p: measures.kemeny(p.pairwise).orders,
    "points": lambda p: measures.points([(x, 6 - x) for x in p.x.tolist()], 6),
    "best_worst_counts": lambda p: measures.best_worst_counts([("ab", "a", "b")] * p.k + [("ab", "b", "a")]),
    **{name: listed(name) for name in ("geometric_mean_of_medians", "mean_best", "median_best", "median_of_medians")},
    "numeric_summary": listed("numeric_summary", logarithmic=True),
    "quantile_of_values": listed("quantile_of_values", Fraction(1, 3)),
    **{
        name: lambda p, name=name: getattr(measures, name)(p.x, p.y, 0.3)
        for name in ("linear_pool", "quantile_average")
    },
    "cooke_calibration": lambda p: measures.cooke_calibration(p.f, [0.2] * 5),
    "cooke_information": lambda p: measures.cooke_information([0.5, 0.5], [[0.5, 0.5]] * p.n),
    "retention": lambda p: measures.retention(set(map(str, range(p.n))), set(map(str, range(p.k)))),
    "completion": lambda p: measures.completion([set(map(str, range(p.n))), set(map(str, range(p.k)))]),
}
WITHOUT_A_PANEL = {"adjust_p", "ballot_of", "cooke_weight", "intrinsic_background", "per_cent", "round_half_up"}
WITHOUT_A_PANEL |= {"valid_estimate"}
OF_SINGLE_ANSWERS = {"points", "best_worst_counts", "numeric_summary", "quantile_of_values", "retention", "completion"}
OF_SINGLE_ANSWERS |= {"linear_pool", "quantile_average", "cooke_information", "geometric_mean_of_medians", "mean_best"}
OF_SINGLE_ANSWERS |= {"kendall_w_gaps", "attrition_bias", "opinion_groups", "median_best", "median_of_medians"}
NOT_FREE_OF_SCALE = {
    "chance_agreement",
    "compatible_dissents",
    "complete_block",
    "modified_kappa",
    "quartile_signature",
}
NOT_FREE_OF_SCALE |= {"cronbach_alpha"}  # it grows with the panel
GROWS = {"h", "chi2", "f", "u", "statistic", "statistic_corrected", "w_plus", "w_minus", "net", "score", "lower_rank"}
GROWS |= {"n", "m", "k", "n_nonzero", "changed", "up", "down", "ratings", "count", "net", "upper_rank", "n_completers"}
NARROWS = {
    "p",
    "p_f",
    "p_holm",
    "p_exact",
    "p_corrected",
    "p_uncorrected",
    "p_asymptotic",
    "p_permutation",
    "se",
    "low",
}
NARROWS |= {"high", "icc2_low", "icc2_high", "cvr", "coverage", "support", "probability", "n_leavers"}
NARROWS |= {"icc1k", "icc2k", "icc3k"}


def test_every_public_measure_has_a_case_of_size():
    public = {name for name, value in vars(measures).items() if callable(value) and not isclass(value)}
    assert public == set(CALLS) | WITHOUT_A_PANEL


def figures(value, name="value"):
    """Numbers of a result, with the names of their fields."""
    if is_dataclass(value):
        for field in fields(value):
            yield from figures(getattr(value, field.name), field.name)
    elif isinstance(value, dict):
        for part in value.values():
            yield from figures(part, name)
    elif isinstance(value, np.ma.MaskedArray | np.ndarray | list | tuple):
        for part in value.tolist() if isinstance(value, np.ndarray) else value:
            yield from figures(part, name)
    elif isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        yield name, float(value)


@cache
def panel(shape, n):
    return Panel(shape, n)


CASES = [(shape, name) for shape in SHAPES for name in CALLS if shape == "two halves" or name not in OF_SINGLE_ANSWERS]


@pytest.mark.parametrize(("shape", "name"), CASES)
def test_a_million_ratings_give_what_ten_thousand_give(shape, name):
    large, small = panel(shape, MILLION), panel(shape, MILLION // 100)
    start = process_time()
    found = list(figures(CALLS[name](large)))
    assert process_time() - start < SECONDS
    for field, value in found:
        low, high = RANGES.get(field, (-np.inf, np.inf))
        assert isfinite(value)
        assert low <= value <= high
    if name not in NOT_FREE_OF_SCALE:
        other = list(figures(CALLS[name](small)))
        keep = [[pair for pair in each if pair[0] not in GROWS | NARROWS] for each in (found, other)]
        assert [field for field, _ in keep[0]] == [field for field, _ in keep[1]]
        for (field, value), (_, expected) in zip(*keep, strict=True):
            as_large = value == pytest.approx(expected, rel=2e-3, abs=2e-3)
            assert as_large or value == pytest.approx(100 * expected, rel=2e-3), field


@pytest.mark.parametrize("name", ["median_interval", "bootstrap_median", "cvr_critical"])
def test_intervals_of_any_panel_take_less_than_a_second(name):
    for n in (1_000, 1_001, 4_000, 10_000, MILLION, 10 * MILLION):  # whole numbers are used up to a thousand
        shape = np.array([n // 4, n // 4, n // 4, n - 3 * (n // 4)])
        start = process_time()
        getattr(measures, name)(n if name == "cvr_critical" else shape)
        assert process_time() - start < 1, n
