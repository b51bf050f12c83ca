import json
from pathlib import Path

import pytest

from delphi.consensus.counts import Counts
from delphi.consensus.proposal import proposal
from delphi.consensus.rules.base import Terms
from delphi.consensus.rules.grades import lazarus_grade
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.rules.shares import at_least
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Verdict
from delphi.statistics.base.result import Flag, Reason

ORACLES = Path(__file__).parents[3] / "whole" / "oracles"
RULES_08 = {case["id"]: case for case in json.loads((ORACLES / "08_rules.json").read_text())}
FIVE, FOUR = SCALES["agree5"], SCALES["agree4_nq"]


def test_thresholds_compare_integers():
    case = RULES_08["percent-threshold-float-trap"]
    for trial, expected in zip(case["input"]["cases"], case["expected"]["meets_ge"], strict=True):
        k, n = Counts.of([trial["k"], trial["n"] - trial["k"]]).ratings[0, 0, :1], trial["n"]
        assert at_least(k, k * 0 + n, str(trial["threshold"])).tolist() == [expected]


def test_very_fine_thresholds_do_not_overflow():
    k = Counts.of([10**6, 0]).ratings[0, 0, :1]
    assert at_least(k, k, "99.99999999999999999").all()


def test_grades_of_the_oracle():
    case = RULES_08["lazarus-grades"]
    pairs = list(zip(case["input"]["agree"], case["input"]["n"], strict=True))
    assert [lazarus_grade(k, n) for k, n in pairs] == case["expected"]["rounded_half_up"]
    assert [lazarus_grade(k, n, gaps="strict") for k, n in pairs] == case["expected"]["strict_lower_bound"]


def test_a_grade_from_two_thirds():
    assert lazarus_grade(2, 3, ("90", "78", "2/3"), "strict") == "C"


def judge(rule, scale, f, settings=(), **terms):
    return rule_from(rule, dict(settings), scale).judge(f, Terms(**terms))


@pytest.mark.parametrize(
    ("f", "verdict", "basis"),
    [
        ([1, 0, 4, 10, 5], Verdict.IN, "15/20 ≥ 75 %"),
        ([1, 0, 5, 9, 5], Verdict.NONE, "14/20 < 75 %"),
        ([9, 6, 3, 1, 1], Verdict.OUT, "15/20 ≥ 75 %"),
        ([0, 0, 0, 1, 0], Verdict.IN, "1/1 ≥ 75 %"),
    ],
)
def test_percent_agreement_with_its_basis(f, verdict, basis):
    found = judge("percent_agreement", FIVE, f)
    assert (found.verdict, found.basis) == ((verdict,), (basis,))


def test_a_strict_threshold_must_be_passed():
    found = judge("percent_agreement", FIVE, [0, 0, 1, 2, 1], [("strict", "yes")])
    assert (found.verdict, found.basis) == ((Verdict.NONE,), ("3/4 ≤ 75 %",))


def test_half_and_half_is_a_tie():
    found = judge("percent_agreement", FOUR, [3, 2, 2, 3], [("threshold", "50")])
    assert (found.verdict, found.flags) == ((Verdict.NONE,), ((Flag.TIE,),))


def test_nobody_rated_is_too_few_and_no_tie():
    found = judge("percent_agreement", FOUR, [0, 0, 0, 0])
    assert (found.verdict, found.reason, found.flags, found.basis) == (
        (Verdict.TOO_FEW,),
        (Reason.NO_RATINGS,),
        ((),),
        ("",),
    )


def test_below_the_minimum_the_figures_stay():
    found = judge("percent_agreement", FOUR, [0, 0, 0, 4], minimum_n=5)
    assert (found.verdict, found.reason, found.detail[0]["agree"]) == (
        (Verdict.TOO_FEW,),
        (Reason.BELOW_MINIMUM_N,),
        4,
    )


def with_opt_outs(f, nq):
    counts = Counts.of(f)
    return Counts(counts.ratings, counts.not_qualified + nq, counts.blank + 1, counts.invited, counts.groups)


@pytest.mark.parametrize(
    ("denominator", "verdict", "base"),
    [("rated", Verdict.IN, 20), ("answered", Verdict.NONE, 22), ("shown", Verdict.NONE, 23)],
)
def test_opt_outs_can_turn_a_verdict_over(denominator, verdict, base):
    found = judge("percent_agreement", FOUR, with_opt_outs([2, 3, 5, 10], 2), denominator=denominator)
    assert (found.verdict, found.detail[0]["n"]) == ((verdict,), base)
    assert found.flags == ((Flag.NQ_DEPENDENT,),)


def test_only_opt_outs_give_no_grade():
    found = judge("graded_agreement", FOUR, with_opt_outs([0, 0, 0, 0], 3), denominator="answered")
    assert (found.verdict, found.grade) == ((Verdict.TOO_FEW,), (None,))


@pytest.mark.parametrize(
    ("f", "verdict", "grade", "flags"),
    [
        ([0, 0, 0, 57], Verdict.IN, "U", ()),
        ([1, 0, 99, 100], Verdict.IN, "A", ()),
        ([5, 0, 20, 23], Verdict.IN, "A", (Flag.ROUNDING_DEPENDENT,)),
        ([1, 0, 1, 1], Verdict.IN, "C", (Flag.ROUNDING_DEPENDENT,)),
        ([17, 17, 33, 33], Verdict.NONE, None, ()),
        ([33, 34, 33, 0], Verdict.OUT, None, ()),
    ],
)
def test_graded_agreement(f, verdict, grade, flags):
    found = judge("graded_agreement", FOUR, f)
    assert (found.verdict, found.grade, found.flags) == ((verdict,), (grade,), (flags,))


def test_strict_gaps_compare_the_exact_share():
    found = judge("graded_agreement", FOUR, [1, 0, 1, 1], [("gaps", "strict")])
    assert (found.verdict, found.grade, found.basis) == ((Verdict.NONE,), (None,), ("2/3 < 67 %",))


def test_the_super_majority_is_printed_beside():
    found = judge("graded_agreement", FOUR, [[0, 19, 0, 38], [0, 18, 0, 39]])
    assert [detail["super_majority"] for detail in found.detail] == [False, True]


@pytest.mark.parametrize(
    ("key", "settings", "message"),
    [
        ("percent_agreement", {"threshold": "45"}, "below 50 %"),
        ("percent_agreement", {"threshold": "120"}, "not between 0 and 100"),
        ("percent_agreement", {"disagree_threshold": "10"}, "below 50 %"),
        ("percent_agreement", {"agree_set": "2..5"}, "share an option"),
        ("percent_agreement", {"agree_set": ""}, "needs an agreement set"),
        ("percent_agreement", {"agree_set": "4..9"}, "not within the scale"),
        ("percent_agreement", {"agree_set": "most"}, "not a set of options"),
        ("percent_agreement", {"strict": "perhaps"}, "neither yes nor no"),
        ("percent_agreement", {"treshold": "70"}, "no setting “treshold”"),
        ("percent_agreement", {"part.threshold": "70"}, "no part “part”"),
        ("majority", {}, "there is no rule “majority”"),
        ("graded_agreement", {"bands": "67,78,90"}, "from the highest"),
        ("graded_agreement", {"bands": "90,78"}, "one letter"),
        ("graded_agreement", {"gaps": "up"}, "neither half_up nor strict"),
    ],
)
def test_definitions_that_cannot_hold_are_refused(key, settings, message):
    with pytest.raises(ValueError, match=message):
        rule_from(key, settings, FIVE)


def test_a_rule_of_another_version_is_refused():
    from delphi.consensus.rules.parsing import rule_from_dict

    plain = rule_from("percent_agreement", {}, FIVE).as_dict() | {"version": 0}
    with pytest.raises(ValueError, match="version 1, not 0"):
        rule_from_dict(plain)


def test_sentences_for_a_protocol():
    assert rule_from("percent_agreement", {}, FIVE).describe(FIVE) == (
        "Consensus in: at least 75 % of the ratings are “strongly agree” or “agree”; "
        "consensus out: at least 75 % are “disagree” or “strongly disagree”."
    )
    alone = rule_from("percent_agreement", {"disagree_set": "", "strict": "yes"}, FIVE)
    assert alone.describe(FIVE).endswith("there is no consensus out.")
    assert "more than 75 %" in alone.describe(FIVE)
    assert "U without any dissent, A from 90 %" in rule_from("graded_agreement", {}, FOUR).describe(FOUR)


@pytest.mark.parametrize(
    ("verdict", "more", "expected"),
    [
        ("in", {}, "settled_in"),
        ("out", {}, "settled_out"),
        ("none", {}, "rate_again"),
        ("none", {"stable": "unstable"}, "rate_again"),
        ("none", {"stable": "stable"}, "revise"),
        ("too_few", {}, "rate_again"),
        ("none", {"settled": Verdict.IN}, "reopen"),
        ("in", {"settled": Verdict.IN}, "settled_in"),
    ],
)
def test_proposals_with_their_reason(verdict, more, expected):
    found = proposal(Verdict(verdict), **more)
    assert found.proposal == expected
    assert found.reason.endswith(".")
