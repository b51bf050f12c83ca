"""What every registered rule keeps to (METHOD 2.9, 4.2)."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.counts import Counts
from delphi.consensus.rules import RULES
from delphi.consensus.rules.base import CODES, Tally, Terms
from delphi.consensus.rules.parsing import rule_from, rule_from_dict
from delphi.consensus.rules.presets import PRESETS
from delphi.consensus.scale import Scale, span
from delphi.consensus.shipped_scales import SCALES

SETTINGS = {"all_of": {"rules": "percent_agreement,iqr_rule"}, "any_of": {"rules": "sd_rule,comet_70_15"}}
MIRRORED = SCALES["rand9"]
each_rule = pytest.mark.parametrize("key", RULES)
tables = st.lists(st.lists(st.integers(0, 9), min_size=9, max_size=9), min_size=1, max_size=3)


def made(key, scale=MIRRORED, **more):
    return rule_from(key, SETTINGS.get(key, {}) | more, scale)


def counts_of(table, nq=0):
    counts = Counts.of(np.array(table)[:, None])
    return Counts(counts.ratings, counts.not_qualified + nq, counts.blank, counts.invited, counts.groups)


@each_rule
def test_a_rule_has_a_name_and_one_sentence_with_its_values(key):
    rule = made(key)
    text = rule.describe(MIRRORED)
    assert rule.name
    assert text.endswith(".")
    assert "\n" not in text
    assert "None" not in text


@each_rule
def test_a_rule_survives_json_with_its_verdicts(key):
    rule = made(key)
    again = rule_from_dict(json.loads(json.dumps(rule.as_dict())))
    table = np.random.default_rng(1).integers(0, 5, (30, 9))
    assert again == rule
    assert again.judge(table) == rule.judge(table)


@each_rule
@given(table=tables, minimum=st.integers(1, 20))
@settings(max_examples=25)
def test_every_verdict_has_its_figures(key, table, minimum):
    found = made(key).judge(counts_of(table, nq=1), Terms(minimum_n=minimum))
    for j, f in enumerate(table):
        assert (found.verdict[j] == "too_few") <= (found.reason[j] is not None)
        assert (found.basis[j] == "") == (found.reason[j] is not None)
        if sum(f) < minimum:
            assert found.verdict[j] == "too_few"
        for value in found.detail[j].values():
            assert not isinstance(value, float) or np.isfinite(value)


@each_rule
def test_nobody_rated(key):
    found = made(key).judge(counts_of([[0] * 9], nq=3))
    assert (found.verdict, found.reason, found.basis) == (("too_few",), ("no_ratings",), ("",))


@each_rule
@given(table=tables)
@settings(max_examples=20)
def test_statements_are_judged_alone_unless_the_rule_is_of_the_round(key, table):
    rule = made(key)
    assert rule.of_the_round == (key == "apmo")
    if not rule.of_the_round:
        assert rule.judge(table).verdict == tuple(rule.judge([f]).verdict[0] for f in table)


@each_rule
@given(table=tables)
@settings(max_examples=20)
def test_renaming_and_reordering_groups_changes_nothing(key, table):
    one = np.array(table)[:, None]
    two = np.concatenate([one, one[:, :, ::-1]], axis=1)
    rule = made(key)
    assert rule.judge(two).verdict == rule.judge(two[:, ::-1]).verdict


SYMMETRIC = (
    "percent_agreement",
    "graded_agreement",
    "comet_70_15",
    "iqr_rule",
    "quartile_deviation_rule",
    "median_percent",
)
SYMMETRIC += ("within_k_of_median", "sd_rule", "modal_category_rule", "apmo")


@pytest.mark.parametrize("key", SYMMETRIC)
@given(table=tables)
@settings(max_examples=25)
def test_mirroring_the_scale_swaps_in_and_out(key, table):
    rule = made(key)
    swapped = {"in": "out", "out": "in"}
    mirrored = rule.judge(np.array(table)[:, ::-1]).verdict
    assert rule.judge(table).verdict == tuple(swapped.get(v, v) for v in mirrored)


@pytest.mark.parametrize("key", ["percent_agreement", "graded_agreement", "comet_70_15", "apmo"])
@given(table=tables)
@settings(max_examples=25)
def test_duplicating_every_panelist_leaves_shares_and_grades(key, table):
    one, two = (made(key).judge(times * np.array(table)) for times in (1, 2))
    assert (one.verdict, one.grade) == (two.verdict, two.grade)


@given(table=tables, value=st.sampled_from([7, 8, 9]))
def test_an_agreeing_panelist_never_lowers_the_share(table, value):
    before, after = np.array(table), np.array(table)
    after[:, value - 1] += 1
    rule = made("percent_agreement")
    for one, two in zip(rule.judge(before).detail, rule.judge(after).detail, strict=True):
        assert not one["n"] or Fraction(two["agree"], two["n"]) >= Fraction(one["agree"], one["n"])


@given(table=tables)
def test_a_percentage_agrees_with_five_lines_of_fractions(table):
    found = made("percent_agreement").judge(table)
    for f, verdict in zip(table, found.verdict, strict=True):
        n, high, low = sum(f), sum(f[6:]), sum(f[:3])
        expected = "none" if n else "too_few"
        if n and Fraction(high, n) >= Fraction(3, 4):
            expected = "in"
        if n and Fraction(low, n) >= Fraction(3, 4):
            expected = "out"
        assert verdict == expected


@given(table=tables)
def test_interquartile_range_agrees_with_numpy(table):
    found = made("iqr_rule").judge(table)
    for f, detail in zip(table, found.detail, strict=True):
        if detail["n"]:
            ratings = np.repeat(span(1, 9), f)
            assert float(detail["iqr"]) == pytest.approx(np.subtract(*np.percentile(ratings, [75, 25])))
            assert float(detail["median"]) == np.median(ratings)


@each_rule
def test_codes_are_verdicts(key):
    codes = made(key).status(Tally(counts_of([[3, 0, 0, 0, 0, 0, 0, 0, 9]])))
    assert set(codes.tolist()) <= set(CODES)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_is_a_whole_definition(preset):
    definition = preset.definition()
    table = np.random.default_rng(2).integers(0, 6, (5, definition.scale.K))
    assert preset.name
    assert definition.describe().endswith(".")
    assert len(definition.judge(Counts.of(table)).verdict) == 5


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
@each_rule
def test_a_rule_fits_a_scale_or_says_why_not(key, scale):
    if key == "rand_appropriateness" and (scale.lo, scale.hi) != (1, 9):
        with pytest.raises(ValueError, match="scale 1 to 9"):
            made(key, scale)
        return
    rule = made(key, scale)
    assert rule.describe(scale)
    assert len(rule.judge(Counts.of(np.ones((2, scale.K)))).verdict) == 2


def test_a_scale_that_starts_at_0_is_counted_from_0():
    scale = Scale.from_zones(0, 10, span(7, 10), span(0, 3))
    assert rule_from("percent_agreement", {}, scale).judge([0] * 7 + [1] * 4).verdict == ("in",)


@each_rule
def test_a_million_are_judged_as_ten_thousand(key):
    shapes = np.array([*np.eye(9, dtype=int) * 20, [10, *[0] * 7, 10], [2] * 9, [0, 1, 1, 1, 2, 3, 3, 5, 4]])
    decimals = {"sd_rule": {"max_sd": "1.2345"}, "cv_rule": {"max_cv": "0.12345", "has_true_zero": "yes"}}
    rule = made(key, **decimals.get(key, {}))
    large, small = (rule.judge(shapes * times) for times in (50_000, 500))
    assert large.verdict == small.verdict
    assert large.reason == small.reason
