"""Rules on range, deviation, median and mode: their edges."""

from fractions import Fraction

import pytest

from delphi.consensus.counts import Counts
from delphi.consensus.rules.base import HINGES, Terms
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.rules.quartiles import quartiles
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Verdict
from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.one_statement.quantiles import tukey_hinges

FIVE, SIX, NINE = SCALES["agree5"], SCALES["agree6_nq"], SCALES["grade9"]


def judge(key, scale, f, settings=(), **terms):
    return rule_from(key, dict(settings), scale).judge(f, Terms(**terms))


@pytest.mark.parametrize(
    ("f", "verdict", "basis"),
    [
        ([0, 0, 0, 2, 4, 3], "in", "IQR 1 ≤ 1, median 5"),
        ([4, 4, 1, 0, 0, 0], "out", "IQR 1 ≤ 1, median 2"),
        ([0, 0, 4, 4, 0, 0], "none", "IQR 1 ≤ 1, median 3.5"),
        ([2, 2, 2, 2, 2, 2], "none", "IQR 3 > 1, median 3.5"),
    ],
)
def test_range_and_median(f, verdict, basis):
    found = judge("iqr_rule", SIX, f)
    assert (found.verdict, found.basis) == ((verdict,), (basis,))


def test_a_range_of_0_is_possible_with_24_per_cent_dissent():
    assert judge("iqr_rule", FIVE, [24, 0, 0, 0, 76]).verdict == ("in",)


def test_without_a_median_bound_opinions_can_agree_but_nothing_is_decided():
    found = judge("iqr_rule", FIVE, [0, 0, 0, 0, 9], {"min_median": "", "max_median": ""})
    assert (found.verdict, found.detail[0]["concordant"]) == (("none",), True)
    assert "decides neither" in rule_from("iqr_rule", {"min_median": "", "max_median": ""}, FIVE).describe(FIVE)


def test_near_is_above_the_bound():
    found = judge(
        "iqr_rule", FIVE, [[0, 1, 0, 3, 2], [0, 2, 0, 0, 2], [0, 0, 0, 4, 0]], {"max_iqr": "0.5", "near": "1"}
    )
    assert [detail["near"] for detail in found.detail] == [True, False, False]


def test_a_strict_range():
    assert judge("iqr_rule", SIX, [0, 0, 0, 2, 4, 3], {"strict": "yes"}).basis == ("IQR 1 ≥ 1, median 5",)


def test_the_type_of_quantile_can_decide():
    found = judge("iqr_rule", FIVE, [0, 1, 0, 3, 0], {"max_iqr": "1"})
    assert (found.verdict, found.flags) == (("in",), ((Flag.QUANTILE_DEPENDENT,),))
    assert judge("iqr_rule", FIVE, [0, 1, 0, 3, 0], {"max_iqr": "1"}, quantile_type=6).verdict == ("none",)


@pytest.mark.parametrize("f", [[1, 0, 2, 0, 1], [1, 1, 1, 1, 1], [0, 1, 0, 0, 0], [3, 1, 0, 2, 5]])
def test_hinges_of_a_table_equal_those_of_one_statement(f):
    low, high = quartiles(Counts.of([f, f]).ratings[:, 0], 1, HINGES)
    assert (low.at(1), high.at(1)) == tukey_hinges(f, values=[1, 2, 3, 4, 5])


def test_quartile_deviation_has_three_classes():
    table = [[0, 0, 0, 4, 4], [0, 2, 0, 2, 0], [2, 0, 0, 0, 2], [0, 0, 0, 0, 0]]
    found = judge("quartile_deviation_rule", FIVE, table)
    assert [detail.get("level") for detail in found.detail] == ["high", "moderate", "none", None]
    assert found.verdict == ("in", "none", "none", "too_few")
    assert found.basis[0] == "QD 0.5 (high), median 4.5"


def test_standard_deviation_needs_two_ratings():
    found = judge("sd_rule", FIVE, [[0, 0, 0, 0, 1], [0, 0, 0, 2, 2], [2, 0, 0, 0, 2], [2, 2, 0, 0, 0]])
    assert found.verdict == ("too_few", "in", "none", "out")
    assert found.reason[0] is Reason.N_BELOW_2
    assert found.basis[1] == "SD 0.5774 < 1, mean 4.5"


def test_a_standard_deviation_of_exactly_the_bound_is_not_below_it():
    assert judge("sd_rule", FIVE, [0, 0, 0, 1, 0], {"max_sd": "1"}).verdict == ("too_few",)
    assert judge("sd_rule", FIVE, [0, 0, 1, 1, 1], {"max_sd": "1", "min_mean": "4"}).verdict == ("none",)
    assert judge("sd_rule", FIVE, [0, 0, 1, 1, 1], {"max_sd": "1.01", "min_mean": "4"}).verdict == ("in",)


def test_deviation_without_a_mean_bound_decides_nothing():
    rule = rule_from("sd_rule", {"min_mean": "", "max_mean": ""}, FIVE)
    assert rule.judge([0, 0, 0, 0, 9]).verdict == ("none",)
    assert "decides neither" in rule.describe(FIVE)


def test_variation_is_refused_on_rating_scales():
    found = judge("cv_rule", FIVE, [0, 0, 0, 2, 2])
    assert (found.verdict, found.reason) == (("none",), (Reason.SCALE_NOT_RATIO,))


def test_variation_in_three_classes_where_the_scale_has_a_zero():
    table = [[0, 0, 0, 2, 2], [2, 0, 0, 0, 2], [5, 0, 0, 0, 1]]
    found = judge("cv_rule", FIVE, table, {"has_true_zero": "yes"})
    assert found.verdict == ("in", "none", "none")
    assert [detail["level"] for detail in found.detail] == ["consensus", "weak", "none"]
    assert found.basis[0] == "CV 0.1283 (consensus)"


def test_a_mean_of_0_has_no_variation():
    found = judge("cv_rule", SCALES["yesno"], [4, 0], {"has_true_zero": "yes"})
    assert found.reason == (Reason.SCALE_NOT_RATIO,)


def test_median_and_percentage_must_both_hold():
    table = [[0, 0, 0, 0, 9], [3, 0, 0, 0, 9], [0, 0, 0, 3, 9], [9, 0, 0, 0, 0]]
    found = judge("median_percent", FIVE, table, {"min_median": "5"})
    assert found.verdict == ("in", "in", "in", "out")
    assert found.basis[1] == "9/12 ≥ 75 %, median 5"
    one_sided = rule_from("median_percent", {"max_median": "", "min_median": "4.5"}, FIVE)
    assert one_sided.judge([[9, 0, 0, 0, 0], [0, 0, 0, 9, 0]]).verdict == ("none", "none")
    assert one_sided.describe(FIVE).endswith("the median is for in at least 4.5.")


@pytest.mark.parametrize(
    ("f", "verdict"),
    [
        ([0, 0, 0, 0, 0, 0, 2, 8, 0], "in"),
        ([8, 2, 0, 0, 0, 0, 0, 0, 0], "out"),
        ([0, 0, 0, 1, 8, 1, 0, 0, 0], "none"),
        ([0, 0, 0, 3, 0, 0, 0, 7, 0], "none"),
        ([0, 0, 0, 0, 0, 5, 5, 0, 0], "none"),
    ],
)
def test_near_the_median(f, verdict):
    assert judge("within_k_of_median", NINE, f).verdict == (verdict,)


def test_near_a_half_median_only_its_neighbours_count():
    found = judge("within_k_of_median", NINE, [0, 0, 1, 2, 2, 1, 0, 0, 0])
    assert found.basis == ("4/6 within 1 of 4.5 < 80 %",)


def test_near_the_median_without_zones():
    found = judge("within_k_of_median", NINE, [0, 0, 0, 0, 0, 0, 2, 8, 0], {"high": "", "low": ""})
    assert found.verdict == ("none",)


@pytest.mark.parametrize(
    ("f", "verdict", "flags"),
    [
        ([0, 0, 0, 0, 0, 2, 0, 6, 0], "in", ()),
        ([0, 0, 0, 0, 0, 3, 0, 5, 0], "none", ()),
        ([6, 0, 0, 0, 0, 0, 0, 2, 0], "out", ()),
        ([0, 0, 0, 0, 8, 0, 0, 0, 0], "none", ()),
        ([0, 0, 0, 0, 0, 0, 4, 4, 0], "none", (Flag.MULTIMODAL,)),
    ],
)
def test_modal_category(f, verdict, flags):
    found = judge("modal_category_rule", NINE, f)
    assert (found.verdict, found.flags) == ((verdict,), (flags,))


def test_a_tie_of_modes_is_printed_whole():
    assert judge("modal_category_rule", NINE, [0, 0, 0, 0, 0, 0, 4, 4, 0]).basis == ("4/8 chose 7 and 8, < 6",)


@pytest.mark.parametrize(
    ("key", "settings", "message"),
    [
        ("iqr_rule", {"min_median": "3", "max_median": "3"}, "must be above"),
        ("iqr_rule", {"max_iqr": "one"}, "not a number"),
        ("iqr_rule", {"max_iqr": "-1"}, "negative"),
        ("iqr_rule", {"near": "0.5"}, "near is below"),
        ("quartile_deviation_rule", {"high": "2"}, "not above moderate"),
        ("sd_rule", {"max_sd": "0"}, "above 0"),
        ("sd_rule", {"min_mean": "1", "max_mean": "3"}, "must be above"),
        ("cv_rule", {"max_cv": "0.9"}, "not above weak"),
        ("within_k_of_median", {"k": "-1"}, "k is negative"),
        ("within_k_of_median", {"k": "one"}, "not a whole number"),
        ("within_k_of_median", {"threshold": "40"}, "below 50"),
        ("within_k_of_median", {"high": "4,5", "low": "1..4"}, "share an option"),
        ("modal_category_rule", {"high": "4,5", "low": "1..4"}, "share an option"),
        ("comet_70_15", {"include": "40"}, "below 50"),
        ("comet_70_15", {"low": ""}, "needs a high zone and a low zone"),
        ("comet_by_group", {"variant": "60"}, "is not one of"),
        ("comet_by_group", {"require": "most"}, "is not one of"),
        ("comet_by_group", {"require": "named"}, "belong together"),
        ("apmo", {"denominator": "some"}, "is not one of"),
        ("apmo", {"disagree_set": ""}, "needs a disagreement set"),
        ("rand_appropriateness", {}, "scale 1 to 9"),
        ("cvr_rule", {"alpha": "1"}, "between 0 and 1"),
        ("all_of", {"rules": "iqr_rule"}, "at least two"),
        ("all_of", {"rules": "iqr_rule,no_rule"}, "there is no rule"),
        ("all_of", {"rules": "iqr_rule,sd_rule", "cv_rule.weak": "1"}, "no part “cv_rule”"),
    ],
)
def test_definitions_that_cannot_hold_are_refused(key, settings, message):
    with pytest.raises(ValueError, match=message):
        rule_from(key, settings, FIVE)


@pytest.mark.parametrize("settings", [{"disagreement": "none"}, {"cutoffs": "none"}])
def test_rand_knows_its_variants(settings):
    with pytest.raises(ValueError, match="is neither"):
        rule_from("rand_appropriateness", settings, SCALES["rand9"])


def test_exact_bounds():
    assert Verdict("in") is Verdict.IN
    assert judge("iqr_rule", FIVE, [0, 0, 0, 0, 1]).detail[0]["iqr"] == Fraction(0)
