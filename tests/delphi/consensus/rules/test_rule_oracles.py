"""Every oracle case that needs a rule."""

from fractions import Fraction

import numpy as np
import pytest
from oracle import WORDS, cases, nine

from delphi.consensus.counts import Counts
from delphi.consensus.disagreement import rand_classic, rand_classic_cutoffs
from delphi.consensus.rules.apmo import apmo
from delphi.consensus.rules.base import Terms
from delphi.consensus.rules.grades import lazarus_grade
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.rules.quartiles import Scaled
from delphi.consensus.shipped_scales import SCALES
from delphi.statistics.base.exact import meets_threshold
from delphi.statistics.base.result import Reason
from delphi.statistics.one_statement.quantiles import quantile

GRADE9, RAND9 = SCALES["grade9"], SCALES["rand9"]


@cases("rand_ipr")
def test_disagreement_index(case):
    rule = rule_from("rand_appropriateness", {"disagreement": "ipras"}, RAND9)
    [found] = rule.judge(nine(case["input"]["x"]), Terms(quantile_type=case["input"]["type"])).detail
    for name, expected in case["expected"].items():
        assert found[name] == pytest.approx(expected, abs=case["tolerance"]), name


@cases("rand_classic_cutoffs")
def test_panel_size_table(case):
    found = [rand_classic_cutoffs(n) for n in case["input"]["n"]]
    assert [row.agreement_max_outside for row in found] == case["expected"]["agreement_max_outside_median_zone"]
    each = case["expected"]["disagreement_min_in_each_extreme_n8_16"]
    assert [row.disagreement_min_each for row in found][: len(each)] == each


@cases("rand_table")
def test_below_the_panel_size_table(case):
    found = rand_classic_cutoffs(case["input"]["n"])
    assert (found.agreement_max_outside, found.disagreement_min_each) == (None, None)
    assert found.extrapolated == tuple(case["expected"]["formula_extension"].values())
    assert found.reason is Reason.BELOW_TABLE_RANGE


def test_the_published_panel_of_15_agrees_by_the_classic_rule():
    # BMJ Open 2012;2:e001431, table 1: three of 15 rate outside 7 to 9, four may
    agree, disagree = rand_classic(np.array([nine([4, 5, 6] + [7] * 5 + [8] * 5 + [9] * 2)]))
    assert (agree.item(), disagree.item()) == (True, False)


@cases("comet_70_15")
def test_comet(case):
    settings = {"include": str(case["input"]["include_pct"]), "exclude": str(case["input"]["exclude_pct"])}
    found = rule_from("comet_70_15", settings, GRADE9).judge(nine(case["input"]["ratings"]))
    assert found.verdict == (WORDS[case["expected"]["decision"]],)
    assert found.detail[0] == {name: case["expected"][name] for name in ("n", "high", "low")}


@cases("comet_70_15_groups")
def test_comet_by_group(case):
    groups = {name: nine(ratings) for name, ratings in case["input"]["groups"].items()}
    zeros = np.zeros((1, len(groups)), dtype=np.int64)
    counts = Counts(np.array([list(groups.values())]), zeros, zeros, zeros[0], tuple(groups))
    found = rule_from("comet_by_group", {}, GRADE9).judge(counts)
    assert found.verdict == (WORDS[case["expected"]["require_all"]],)
    assert found.detail[0]["groups"] == {name: WORDS[text] for name, text in case["expected"]["per_group"].items()}
    assert found.detail[0]["pooled"] == WORDS[case["expected"]["pooled"]]
    assert found.groups == (f"all: {', '.join(groups)}",)


@cases("percent_threshold")
def test_percent_threshold(case):
    trials = case["input"]["cases"]
    met = [meets_threshold(trial["k"], trial["n"], str(trial["threshold"])) for trial in trials]
    assert met == case["expected"]["meets_ge"]


@cases("interpercentile_range")
def test_interpercentile_range(case):
    f, (low, high) = nine(case["input"]["ratings"]), map(Fraction, case["input"]["p"])
    spread = quantile(f, high) - quantile(f, low)
    assert spread == case["expected"]["ipr"]
    exact = Scaled(np.array([spread.numerator]), spread.denominator)
    assert exact.at_most(str(case["input"]["threshold"])).tolist() == [case["expected"]["meets_le"]]


@cases("within_k_of_median")
def test_within_k_of_the_median(case):
    for k in (1, 2):
        rule = rule_from("within_k_of_median", {"k": str(k)}, GRADE9)
        [found] = rule.judge(nine(case["input"]["ratings"])).detail
        expected = case["expected"]
        assert found == {"n": expected["n"], "near": expected[f"within{k}"], "median": expected["median"]}


@cases("lazarus_grade")
def test_grades(case):
    pairs = list(zip(case["input"]["agree"], case["input"]["n"], strict=True))
    assert [lazarus_grade(k, n) for k, n in pairs] == case["expected"]["rounded_half_up"]
    assert [lazarus_grade(k, n, gaps="strict") for k, n in pairs] == case["expected"]["strict_lower_bound"]


@cases("apmo")
def test_average_percent_of_majority_opinions(case):
    items = [[row[vote] for vote in ("agree", "disagree", "neutral")] for row in case["input"]["statements"]]
    found, without_neutral = apmo(items), apmo(items, "agree_disagree")
    expected = case["expected"]
    assert found.majority_agreements == expected["majority_agreements"]
    assert found.majority_disagreements == expected["majority_disagreements"]
    assert (found.base, found.cutoff) == (expected["total_opinions"], Fraction(str(expected["apmo_pct_all"])))
    assert float(without_neutral.cutoff) == pytest.approx(expected["apmo_pct_excl_neutral"], abs=case["tolerance"])
    assert (found.agree | found.disagree).tolist() == expected["consensus_all"]


@cases("cvr_table")
def test_content_validity_by_the_exact_critical_value(case):
    rule = rule_from("cvr_rule", {}, SCALES["yesno"])
    for n, critical in zip(case["input"]["n"], case["expected"]["ncrit"], strict=True):
        if critical is None:
            found = rule.judge([0, n])
            assert (found.verdict, found.reason) == (("too_few",), (Reason.NO_ATTAINABLE_CRITICAL_VALUE,))
        else:
            found = rule.judge([[n - critical, critical], [n - critical + 1, critical - 1]])
            assert found.verdict == ("in", "none")
