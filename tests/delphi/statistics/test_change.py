"""Change between two rounds against published values, R, and brute force."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_cases import approx, claim

from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.change import (
    distribution_change,
    individual_stability,
    paired,
    paired_agreement,
    paired_tests,
    square_tables,
)

changes = st.lists(st.integers(-4, 4), min_size=1, max_size=9)
squares = st.lists(st.lists(st.integers(0, 5), min_size=4, max_size=4), min_size=4, max_size=4).filter(
    lambda t: sum(map(sum, t)) >= 2
)


@claim("signed_rank")
def test_signed_rank(case):
    d, expected = case["input"]["d"], case["expected"]
    found = paired_tests.signed_rank(d)
    named = {
        "Wplus": found.w_plus,
        "Wminus": found.w_minus,
        "n_nonzero": found.n_nonzero,
        "p_exact_wilcoxon": found.p,
        "p_exact_pratt": paired_tests.signed_rank(d, zeros="pratt").p,
        "p_sign": paired_tests.sign_test(d).p,
        "p_asym_cc": found.p_corrected,
        "p_asym_nocc": found.p_uncorrected,
    }
    assert {name: named[name] for name in expected} == approx(expected, case)


@claim("signed_rank", files="09")
def test_nobody_changed(case):
    for found in (paired_tests.signed_rank(case["input"]), paired_tests.sign_test(case["input"])):
        assert (found.p, found.flags) == (1.0, (Flag.NO_CHANGES,))


@given(changes.filter(any))
def test_signed_rank_counts_all_sign_patterns(d):
    d = [value for value in d if value]
    found = paired_tests.signed_rank(d)
    ranks = [sum(abs(other) < abs(x) for other in d) + (sum(abs(other) == abs(x) for other in d) + 1) / 2 for x in d]
    sums = [sum(r for r, up in zip(ranks, signs, strict=True) if up) for signs in product((0, 1), repeat=len(d))]
    largest = max(found.w_plus, found.w_minus)
    assert found.p == pytest.approx(min(1, 2 * np.mean([w >= largest for w in sums])))


def test_few_changes_are_flagged_and_many_are_asymptotic():
    assert paired_tests.signed_rank([1, 1, 0]).flags == (Flag.SMALL_N,)
    assert paired_tests.signed_rank([1, -2] * 200).flags == (Flag.ASYMPTOTIC,)
    assert paired_tests.signed_rank([]).reason is paired_tests.sign_test([]).reason is Reason.NO_PAIRED_RATINGS


def test_exact_and_asymptotic_meet():
    found = paired_tests.signed_rank(np.random.default_rng(5).integers(-3, 4, 250))
    assert found.p == pytest.approx(found.p_corrected, abs=2e-3)


@claim("mcnemar")
def test_mcnemar(case):
    (_, b), (c, _) = case["input"]["table"]
    found = square_tables.mcnemar(b, c)
    expected = case["expected"]
    assert (found.statistic, found.p_asymptotic) == approx((expected["chi2"], expected["p"]), case)
    assert (found.statistic_corrected, found.p_corrected) == approx((expected["chi2_cc"], expected["p_cc"]), case)
    assert found.p_exact == approx(expected["p_exact"], case)
    assert found.p == (found.p_exact if b + c < 25 else found.p_asymptotic)


@claim("mcnemar", files="09")
def test_mcnemar_without_discordant_pairs(case):
    (_, b), (c, _) = case["input"]
    found = square_tables.mcnemar(b, c)
    assert (found.p, found.flags) == (1.0, (Flag.NO_DISCORDANT_PAIRS,))


@claim("square")
def test_square_tables(case):
    table, expected = case["input"]["table"], case["expected"]
    symmetry, margins = square_tables.bowker(table), square_tables.stuart_maxwell(table)
    assert symmetry.statistic == approx(expected["bowker"], case)
    assert (symmetry.df, margins.df) == (expected["bowker_df"], expected["sm_df"])
    assert symmetry.p == approx(expected["bowker_p"], case)
    assert margins.statistic == approx(expected["stuart_maxwell"], case)
    assert margins.p == approx(expected["sm_p"], case)


@claim("bowker", files="09")
def test_bowker_without_moves(case):
    found = square_tables.bowker(case["input"])
    assert (found.statistic, found.df, found.p) == (0.0, 0, 1.0)
    assert square_tables.stuart_maxwell(case["input"]).flags == (Flag.NO_CHANGES,)


def test_sparse_bowker_is_resampled_reproducibly():
    table = [[0, 3, 0], [0, 0, 2], [1, 0, 0]]
    found = square_tables.bowker(table)
    assert Flag.SPARSE_TABLE in found.flags
    assert found.p_exact == square_tables.bowker(table).p_exact
    assert square_tables.bowker([[9, 30], [10, 9]]).p_exact is None


def test_no_pairs():
    nobody = np.zeros((3, 3), dtype=int)
    measures = (
        paired_agreement.weighted_kappa,
        paired_agreement.ac2_transition,
        paired.rank_correlation,
        paired.mean_absolute_change,
    )
    tests = (
        square_tables.bowker,
        square_tables.stuart_maxwell,
        individual_stability.chaffin_talley,
        paired.percent_changed,
    )
    for function in (*measures, *tests):
        assert function(nobody).reason is Reason.NO_PAIRED_RATINGS


@claim("cohen_custom")
def test_kappa_with_own_weights(case):
    table = case["input"]["table"]
    found = paired_agreement.weighted_kappa(table, case["input"]["disagreement"]).value
    assert found == approx(case["expected"]["weighted"], case)
    assert paired_agreement.weighted_kappa(table, "unweighted").value == approx(case["expected"]["unweighted"], case)


@claim("cohen_w")
def test_weighted_kappa(case):
    found = {name: paired_agreement.weighted_kappa(case["input"]["table"], name).value for name in case["expected"]}
    assert found == approx(case["expected"], case)


@claim("cohen_kappa", files="09")
def test_kappa_of_equal_ratings(case):
    table = paired.transition_table(case["input"]["r1"], case["input"]["r2"], 5)
    assert paired_agreement.weighted_kappa(table).reason is Reason.NO_VARIATION


@claim("spearman")
def test_spearman(case):
    assert paired.spearman(case["input"]["x"], case["input"]["y"]).value == approx(case["expected"]["rho"], case)


@claim("spearman", files="09")
def test_spearman_of_a_constant(case):
    assert paired.spearman(case["input"]["x"], case["input"]["y"]).reason is Reason.CONSTANT_INPUT
    assert paired.spearman([1], [1]).reason is Reason.N_BELOW_2
    assert paired.spearman([], []).reason is Reason.NO_PAIRED_RATINGS


@claim("chisq_indep")
def test_chaffin_talley(case):
    found, expected = individual_stability.chaffin_talley(case["input"]["table"]), case["expected"]
    assert (found.statistic, found.df, found.p) == approx((expected["chi2"], expected["df"], expected["p"]), case)
    assert found.p_exact == approx(expected["p_fisher"], case)


@claim("scheibe_change", files="08")
def test_scheibe(case):
    found, expected = (
        distribution_change.scheibe_change(case["input"]["freq1"], case["input"]["freq2"]),
        case["expected"],
    )
    assert (found.net, found.percent) == approx((expected["net_changes"], expected["pct"]), case)
    assert found.stable is expected["stable_15"]


def test_scheibe_refuses_other_panelists():
    with pytest.raises(ValueError, match="same panelists"):
        distribution_change.scheibe_change([1, 2], [1, 1])
    assert distribution_change.scheibe_change([0, 0], [0, 0]).reason is Reason.NO_RATINGS
    assert distribution_change.group_shift([0, 0], [1, 0]).reason is Reason.NO_RATINGS


@given(squares)
def test_tables_give_what_pairs_give(t):
    t = np.array(t)
    i, j = (np.repeat(side.ravel(), t.ravel()) for side in np.indices(t.shape))
    assert paired.mean_absolute_change(t).value == pytest.approx(np.abs(i - j).mean())
    assert paired.percent_changed(t).value == pytest.approx(100 * (i != j).mean())
    assert sorted(paired.differences(t)) == sorted(j - i)
    chance = np.mean([(a - b) ** 2 for a in i for b in j])
    expected = pytest.approx(1 - ((i - j) ** 2).mean() / chance) if chance else None
    assert paired_agreement.weighted_kappa(t).value == expected
    assert paired.rank_correlation(t).value == paired.spearman(i, j).value


@given(squares)
def test_direction_of_time_changes_nothing_symmetric(t):
    back = np.array(t).T
    for measure in (paired_agreement.weighted_kappa, paired_agreement.ac2_transition, paired.rank_correlation):
        assert measure(t).value == pytest.approx(measure(back).value)
    assert square_tables.bowker(t).statistic == pytest.approx(square_tables.bowker(back).statistic)


@given(st.lists(squares, min_size=1, max_size=3))
def test_a_stack_of_tables_gives_what_each_gives(stack):
    for measure in (paired_agreement.weighted_kappa, paired_agreement.ac2_transition, paired.rank_correlation):
        assert measure.table(stack).tolist() == pytest.approx([measure(t).value for t in stack])


def test_changes_name_their_direction():
    t = [[1, 0, 2], [0, 3, 1], [0, 4, 5]]
    found = paired.percent_changed(t, zones=[0, 0, 1], shown_median=1)
    assert (found.changed, found.up, found.down, found.across_zones) == (7, 3, 4, 7)
    assert (found.towards, found.away) == (4, 1)


def test_total_variation_allows_other_panelists():
    assert distribution_change.total_variation([1, 1], [3, 1]).value == 0.25
    assert distribution_change.total_variation([1, 1], [0, 0]).reason is Reason.NO_RATINGS
    assert distribution_change.cv_difference([1, 1], [1, 2], [1, 2]).reason is Reason.SCALE_NOT_RATIO
