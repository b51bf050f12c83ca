"""Intervals and group comparisons against published values, R, and brute force."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_cases import approx, claim, count

from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.change import individual_stability
from delphi.statistics.groups import association, comparison
from delphi.statistics.one_statement import intervals, median_intervals

small = st.lists(st.integers(0, 3), min_size=3, max_size=3)
samples = st.lists(st.integers(1, 4), min_size=1, max_size=5)


@claim("propci")
def test_intervals_of_a_share(case):
    for i, (k, n) in enumerate(zip(case["input"]["k"], case["input"]["n"], strict=True)):
        for name, function in (("wilson", intervals.wilson_interval), ("cp", intervals.clopper_pearson_interval)):
            if f"{name}_lo" in case["expected"]:
                found = function(k, n)
                expected = (case["expected"][f"{name}_lo"][i], case["expected"][f"{name}_hi"][i])
                assert (found.low, found.high) == approx(expected, case)


@claim("wilson", files="09")
def test_share_of_nobody(case):
    for function in (intervals.wilson_interval, intervals.clopper_pearson_interval):
        found = function(case["input"]["k"], case["input"]["n"])
        assert (found.low, found.reason) == (None, Reason.NO_RATINGS)


@claim("median_os_ci")
def test_order_statistic_interval(case):
    found = median_intervals.median_interval([1] * case["input"]["n"])
    expected = case["expected"]
    assert (found.lower_rank, found.upper_rank) == (expected["lower_rank"], expected["upper_rank"])
    assert found.coverage == approx(expected["coverage"], case)
    assert (found.reason is Reason.NO_INTERVAL) == (found.low is None)


@claim("exact_bootstrap_median")
def test_exact_bootstrap(case):
    found, expected = median_intervals.bootstrap_median(*count(case["input"]["ratings"])), case["expected"]
    assert list(found.support) == expected["support"]
    assert list(found.probability) == approx(expected["prob"], case)
    assert [found.low, found.high] == expected["pct_ci_type1"]


@claim("bootstrap_median", files="09")
def test_bootstrap_of_equal_ratings(case):
    found = median_intervals.bootstrap_median(*count(case["input"]))
    expected = case["expected"]
    assert (found.low, found.high, found.flags) == (expected["lo"], expected["hi"], (Flag.NO_VARIATION,))
    assert median_intervals.bootstrap_median([0, 0]).reason is Reason.NO_RATINGS


@given(samples)
def test_bootstrap_lists_all_resamples(x):
    found = median_intervals.bootstrap_median(*count(x))
    medians = [float(np.median(draw)) for draw in product(x, repeat=len(x))]
    assert list(found.support) == sorted(set(medians))
    assert list(found.probability) == pytest.approx([medians.count(v) / len(medians) for v in found.support])


@claim("mannwhitney")
def test_mann_whitney(case):
    found = comparison.mann_whitney(*comparison.tally(case["input"]["x"], case["input"]["y"]))
    named = {"U_x": found.u, "p_asym_cc": found.p_asymptotic, "p_exact": found.p}
    assert {name: named[name] for name in case["expected"]} == approx(case["expected"], case)


@given(samples, samples)
def test_mann_whitney_counts_all_draws(x, y):
    both = np.array(x + y)
    ranks = np.array([(both < v).sum() + ((both == v).sum() + 1) / 2 for v in both])
    centre = len(x) * (len(both) + 1) / 2
    observed = abs(ranks[: len(x)].sum() - centre)
    far = [abs(ranks[list(draw)].sum() - centre) >= observed - 1e-9 for draw in combinations(range(len(both)), len(x))]
    assert comparison.mann_whitney(*comparison.tally(x, y)).p == pytest.approx(np.mean(far))
    delta = np.mean([np.sign(a - b) for a in x for b in y])
    assert comparison.cliffs_delta(*comparison.tally(x, y)).value == pytest.approx(delta)


def test_group_comparisons_without_a_group():
    assert comparison.mann_whitney([0, 0], [1, 2]).reason is Reason.EMPTY_GROUP
    assert comparison.cliffs_delta([0, 0], [1, 2]).reason is Reason.EMPTY_GROUP
    assert comparison.mann_whitney([0, 3], [0, 2]).flags == (Flag.NO_VARIATION,)
    assert comparison.kruskal_wallis([[1, 2], [0, 0]]).reason is Reason.EMPTY_GROUP
    assert comparison.kruskal_wallis([[0, 0], [0, 0]]).reason is Reason.NO_RATINGS
    assert comparison.kruskal_wallis([[1, 2], [0, 0], [2, 1]]).dropped == (1,)


def test_large_groups_are_asymptotic_and_agree_with_the_exact_test():
    f = np.array([40, 80, 60, 30])
    assert comparison.mann_whitney(10 * f, 10 * f[::-1]).flags == (Flag.ASYMPTOTIC,)
    found = comparison.mann_whitney([10, 15, 9, 6], [6, 13, 12, 11])
    assert found.p == pytest.approx(found.p_asymptotic, abs=0.01)


@claim("kruskal")
def test_kruskal_wallis(case):
    found = comparison.kruskal_wallis(comparison.tally(*case["input"]["groups"]))
    named = {"H": found.h, "df": found.df, "p": found.p}
    assert {name: named[name] for name in case["expected"]} == approx(case["expected"], case)


@claim("kruskal", files="09")
def test_kruskal_of_equal_ratings(case):
    found = comparison.kruskal_wallis(comparison.tally(*case["input"]))
    assert (found.h, found.p, found.flags) == (0.0, 1.0, (Flag.NO_VARIATION,))


@claim("fisher")
def test_fisher(case):
    assert association.fisher_exact_rxc(case["input"]["table"]).p == approx(case["expected"]["p_two_sided"], case)


@given(st.lists(small, min_size=2, max_size=3))
def test_fisher_lists_every_table(t):
    t = np.array(t)
    rows, columns = (np.repeat(side.ravel(), t.ravel()) for side in np.indices(t.shape))
    found = association.fisher_exact_rxc(t).p
    if len(rows) > 7:
        assert 0 < found <= 1
        return
    if not len(rows):
        assert found is None
        return
    from itertools import permutations
    from math import factorial

    def weight(labels):
        table = np.zeros(t.shape, dtype=int)
        np.add.at(table, (rows, list(labels)), 1)
        return np.prod([1 / factorial(cell) for cell in table.ravel()])

    weights = [weight(labels) for labels in permutations(columns.tolist())]
    assert found == pytest.approx(np.mean([w <= weight(columns) * (1 + 1e-7) for w in weights]))


def test_large_tables_are_resampled():
    rng = np.random.default_rng(3)
    table = rng.integers(2, 9, size=(4, 7))
    found = association.fisher_exact_rxc(table, resamples=200)
    assert found.flags == (Flag.MONTE_CARLO,)
    assert 0 < found.p <= 1


def test_cramers_v():
    assert association.cramers_v([[3, 3], [3, 3]]).value == 0
    assert association.cramers_v([[3, 3], [0, 0]]).reason is Reason.NO_VARIATION
    assert association.cramers_v([[0, 0], [0, 0]]).reason is Reason.NO_RATINGS
    assert association.fisher_exact_rxc([[3, 3], [0, 0]]).flags == (Flag.NO_VARIATION,)
    assert individual_stability.chaffin_talley([[3, 3], [0, 0]]).reason is Reason.NO_VARIATION


@claim("padjust")
def test_adjusted_p(case):
    for method, expected in case["expected"].items():
        assert comparison.adjust_p(case["input"]["p"], method) == approx(expected, case)


def test_an_impossible_test_is_not_counted():
    assert comparison.adjust_p([0.02, None, 0.03], "bonferroni") == [0.04, None, 0.06]
    with pytest.raises(ValueError, match="unknown method"):
        comparison.adjust_p([0.1], "none")
