"""Rules by group, of the round, of panels, and made of rules: their edges."""

import numpy as np
import pytest

from delphi.consensus.counts import Counts
from delphi.consensus.disagreement import rand_classic_cutoffs
from delphi.consensus.rules.base import Terms
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.shipped_scales import SCALES
from delphi.statistics.base.result import Flag, Reason

FIVE, NINE, RAND = SCALES["agree5"], SCALES["grade9"], SCALES["rand9"]
HIGH, LOW, SPLIT, NOBODY = [0] * 6 + [8, 0, 0], [8] + [0] * 8, [4] + [0] * 7 + [4], [0] * 9


def groups(*tables):
    f = np.array([tables])
    zeros = np.zeros(f.shape[:2], dtype=np.int64)
    return Counts(f, zeros, zeros, zeros[0], tuple("abcd"[: len(tables)]))


def judge(counts, minimum_n=1, **settings):
    return rule_from("comet_by_group", settings, NINE).judge(counts, Terms(minimum_n=minimum_n))


@pytest.mark.parametrize(
    ("tables", "require", "verdict"),
    [
        ((HIGH, HIGH), "all", "in"),
        ((LOW, LOW), "all", "out"),
        ((HIGH, SPLIT), "all", "none"),
        ((HIGH, SPLIT), "any", "in"),
        ((LOW, SPLIT), "any", "out"),
        ((HIGH, NOBODY), "any", "in"),
        ((NOBODY, NOBODY), "any", "too_few"),
        ((HIGH, NOBODY), "all", "too_few"),
    ],
)
def test_who_must_agree(tables, require, verdict):
    assert judge(groups(*tables), require=require).verdict == (verdict,)


@pytest.mark.parametrize("require", ["all", "any"])
def test_groups_that_contradict_each_other(require):
    found = judge(groups(HIGH, LOW, HIGH), require=require)
    assert (found.verdict, found.flags) == (("none",), ((Flag.GROUPS_CONFLICT,),))
    assert found.basis == ("a: in, b: out, c: in, pooled: none",)


def test_a_named_group_decides():
    found = judge(groups(HIGH, LOW), require="named", named="a")
    assert (found.verdict, found.groups) == (("in",), ("named: a",))


def test_a_named_group_that_is_not_there_is_empty():
    found = judge(groups(HIGH, HIGH), require="named", named="a,z")
    assert (found.verdict, found.reason) == (("too_few",), (Reason.EMPTY_GROUP,))


def test_a_hidden_small_group_never_counts_as_met():
    small = [0] * 6 + [3, 0, 0]
    assert judge(groups(HIGH, small), minimum_n=5).reason == (Reason.BELOW_MINIMUM_N,)
    assert judge(groups(SPLIT, small), minimum_n=5, require="any").verdict == ("none",)


def test_a_row_of_one_group_is_judged_alone():
    assert judge(groups(HIGH, LOW).only("b"), require="named", named="a").verdict == ("out",)


def test_without_groups_the_panel_is_asked():
    found = judge(HIGH)
    assert (found.verdict, found.groups, found.basis) == (("in",), ("all",), ("pooled: in",))


def test_half_rating_high_is_out_in_the_50_variant():
    half, more = [4, 0, 0, 0, 0, 0, 4, 0, 0], [3, 0, 0, 0, 0, 0, 5, 0, 0]
    assert judge(groups(half, half), variant="out_50_each").verdict == ("out",)
    assert judge(groups(half, more), variant="out_50_each").verdict == ("none",)
    assert judge(groups(HIGH, HIGH), variant="out_50_each").verdict == ("in",)


@pytest.mark.parametrize("require", ["all", "any"])
def test_sentences_of_group_rules(require):
    rule = rule_from("comet_by_group", {"require": require, "variant": "out_50_each"}, NINE)
    assert rule.describe(NINE).startswith("Asked in ")
    assert "at most 50 % rate 7–9" in rule.describe(NINE)
    named = rule_from("comet_by_group", {"require": "named", "named": "patients, nurses"}, NINE)
    assert "in each of patients, nurses" in named.describe(NINE)


def test_any_rule_can_be_asked_of_each_group():
    settings = {"rule": "iqr_rule", "iqr_rule.max_iqr": "0.5"}
    rule = rule_from("each_group", settings, FIVE)
    counts = groups([0, 0, 0, 0, 4], [0, 0, 0, 2, 2])
    assert rule.judge(counts).verdict == ("none",)
    assert rule.quantiles_compared
    assert rule_from("each_group", {}, FIVE).judge(counts).verdict == ("in",)


def test_average_percent_of_majority_opinions_depends_on_the_round():
    rule = rule_from("apmo", {}, FIVE)
    table = [[0, 2, 0, 18, 0], [0, 6, 2, 12, 0], [0, 13, 2, 5, 0], [0, 8, 3, 9, 0]]
    assert rule.judge(table).verdict == ("in", "in", "out", "none")
    assert rule.judge(table[3:]).verdict == ("none",)
    assert rule.judge(table).basis[0] == "18/20 agree, 2/20 disagree; APMO 53.75 %"


def test_average_percent_of_majority_opinions_without_neutral_votes():
    rule = rule_from("apmo", {"denominator": "agree_disagree", "strict": "no"}, FIVE)
    found = rule.judge([[0, 0, 9, 1, 0], [0, 0, 9, 0, 0]])
    assert found.verdict == ("none", "none")
    assert "agree or disagree is at least" in rule.describe(FIVE)
    assert (found.detail[1]["votes"], found.flags[0]) == (0, (Flag.TIE,))


def rand(f, **settings):
    return rule_from("rand_appropriateness", settings, RAND).judge(f)


@pytest.mark.parametrize(
    ("f", "verdict", "word"),
    [
        ([0, 0, 0, 0, 0, 2, 4, 3, 0], "in", "appropriate"),
        ([3, 4, 2, 0, 0, 0, 0, 0, 0], "out", "inappropriate"),
        ([0, 0, 0, 4, 4, 1, 0, 0, 0], "none", "uncertain"),
        ([3, 0, 0, 0, 0, 0, 0, 0, 6], "none", "uncertain"),
        ([0, 0, 0, 0, 0, 5, 5, 0, 0], "in", "appropriate"),
        ([0, 0, 5, 5, 0, 0, 0, 0, 0], "none", "uncertain"),
    ],
)
def test_appropriateness(f, verdict, word):
    found = rand(f)
    assert (found.verdict, found.detail[0]["word"]) == ((verdict,), word)


def test_disagreement_by_index_and_by_table_can_differ():
    f = [0, 0, 3, 0, 0, 0, 6, 0, 0]
    assert rand(f).basis == ("median 7, disagreement: uncertain",)
    assert rand(f, disagreement="ipras").basis == ("median 7, DI 0.6761: appropriate",)
    assert (rand(f).verdict, rand(f, disagreement="ipras").verdict) == (("none",), ("in",))


def test_a_panel_below_the_table_needs_leave_to_extrapolate():
    f = [0, 0, 0, 0, 0, 0, 7, 0, 0]
    assert rand(f).reason == (Reason.BELOW_TABLE_RANGE,)
    found = rand(f, allow_extrapolation="yes")
    assert (found.verdict, found.flags) == (("in",), ((Flag.EXTRAPOLATED,),))
    assert rand([0, 0, 0, 0, 0, 0, 17, 0, 0]).flags == ((Flag.EXTRAPOLATED,),)


def test_three_ratings_are_a_small_panel():
    found = rand([0, 1, 0, 0, 1, 0, 0, 0, 1], disagreement="ipras")
    assert Flag.SMALL_N in found.flags[0]
    assert found.basis == ("median 5, DI 1.0566: uncertain",)


def test_other_scales_are_refused_even_as_counts():
    found = rand([0, 0, 1, 9, 0])
    assert (found.verdict, found.reason) == (("none",), (Reason.SCALE_NOT_SUPPORTED,))


def test_the_popular_third_differs_from_the_table():
    differ = [n for n in range(8, 17) if rand_classic_cutoffs(n) != rand_classic_cutoffs(n, "ceil")]
    assert differ == [10, 13, 16]
    f = [3, 0, 0, 0, 1, 0, 0, 0, 6]
    assert (rand(f).verdict, rand(f, cutoffs="ceil").verdict) == (("none",), ("in",))


def parts(key, f, **settings):
    return rule_from(key, {"rules": "percent_agreement,sd_rule"} | settings, FIVE).judge(f)


@pytest.mark.parametrize(
    ("f", "all_of", "any_of"),
    [
        ([0, 0, 0, 5, 5], "in", "in"),
        ([5, 5, 0, 0, 0], "out", "out"),
        ([1, 0, 0, 0, 4], "none", "in"),
        ([2, 2, 2, 2, 2], "none", "none"),
        ([0, 0, 0, 0, 1], "too_few", "in"),
        ([0, 0, 1, 0, 0], "too_few", "too_few"),
    ],
)
def test_all_and_any(f, all_of, any_of):
    assert (parts("all_of", f).verdict, parts("any_of", f).verdict) == ((all_of,), (any_of,))


def test_a_combined_rule_prints_each_part():
    assert parts("all_of", [0, 0, 0, 5, 5]).basis == ("10/10 ≥ 75 %; SD 0.527 < 1, mean 4.5",)
    assert parts("any_of", [0, 0, 0, 0, 1]).basis == ("1/1 ≥ 75 %; n_below_2",)


def test_settings_of_parts_have_the_name_of_the_part():
    found = parts("all_of", [1, 0, 0, 0, 9], **{"percent_agreement.threshold": "95", "sd_rule.max_sd": "3"})
    assert found.verdict == ("none",)


def test_grades_and_flags_come_through():
    rule = rule_from("all_of", {"rules": "percent_agreement,graded_agreement"}, SCALES["agree4_nq"])
    found = rule.judge([5, 0, 20, 23])
    assert rule.has_grades
    assert (found.grade, found.flags) == (("A",), ((Flag.ROUNDING_DEPENDENT,),))
