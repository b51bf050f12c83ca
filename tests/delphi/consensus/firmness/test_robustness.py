"""Sensitivity to the definition, and robustness to the panel."""

from itertools import pairwise
from math import ceil, comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts
from delphi.consensus.firmness.robustness import bootstrap_verdict, fragility, leave_one_out
from delphi.consensus.firmness.sensitivity import threshold_map
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.shipped_scales import SCALES
from delphi.statistics.base.result import Flag, Reason

FIVE, NINE = SCALES["agree5"], SCALES["grade9"]
PERCENT = Definition.of(FIVE)
GROUPS = Definition(NINE, rule_from("comet_by_group", {}, NINE))


def panel(k, n):
    return np.array([0, 0, n - k, 0, k])


@given(st.integers(1, 40), st.data())
@settings(max_examples=60)
def test_fragility_of_a_percentage_has_a_closed_form(n, data):
    k = data.draw(st.integers(0, n))
    needed = ceil(75 * n / 100)
    moves = k - needed + 1 if k >= needed else needed - k
    expected = min(moves, needed)  # all may also move to the disagreement set
    found = fragility(panel(k, n), PERCENT).moves
    assert found == (expected if expected <= 3 else None)


@given(st.lists(st.integers(0, 6), min_size=5, max_size=5))
@settings(max_examples=60)
def test_leave_one_out_agrees_with_leaving_out_each(f):
    f = np.array(f)
    found = leave_one_out(f, PERCENT)
    if f.sum() < 2:
        assert found.flips is None
        return
    own = PERCENT.judge(Counts.of(f)).verdict
    people = np.repeat(np.arange(5), f)
    left = [np.bincount(np.delete(people, i), minlength=5) for i in range(len(people))]
    assert found.flips == sum(PERCENT.judge(Counts.of(other)).verdict != own for other in left)


def test_resamples_come_close_to_the_binomial():
    found = bootstrap_verdict(panel(8, 10), PERCENT)
    exact = sum(comb(10, i) * 0.8**i * 0.2 ** (10 - i) for i in range(8, 11))
    assert found.shares["in"] == pytest.approx(exact, abs=0.03)
    assert sum(found.shares.values()) == pytest.approx(1)
    assert (found.verdict, found.flags) == ("in", (Flag.MONTE_CARLO,))


def test_the_seed_fixes_the_resamples():
    assert bootstrap_verdict(panel(8, 10), PERCENT) == bootstrap_verdict(panel(8, 10), PERCENT)
    assert bootstrap_verdict(panel(8, 10), PERCENT) != bootstrap_verdict(panel(8, 10), PERCENT, seed=2)


def test_groups_are_resampled_within_themselves():
    table = np.array([[0] * 6 + [8, 0, 0], [1] + [0] * 5 + [8, 0, 0]])
    found = bootstrap_verdict(table, GROUPS, 200)
    assert 0 < found.shares["in"] < 1
    empty = np.array([[0] * 6 + [8, 0, 0], [0] * 9])
    assert bootstrap_verdict(empty, GROUPS, 200).shares["too_few"] == 1
    assert leave_one_out(table, GROUPS).flips == 0


@pytest.mark.parametrize("function", [bootstrap_verdict, leave_one_out, fragility])
def test_nobody_rated(function):
    assert function(panel(0, 0), PERCENT).reason is Reason.NO_RATINGS


def test_one_rating_cannot_be_left_out():
    assert leave_one_out(panel(1, 1), PERCENT).reason is Reason.N_BELOW_2


def test_on_a_slider_single_moves_are_tried():
    f = np.zeros(101, dtype=np.int64)
    f[60:80] = 1
    assert fragility(f, Definition.of(SCALES["slider100"])).searched == 1


def test_raising_the_threshold_never_brings_a_statement_in():
    table = np.random.default_rng(4).integers(0, 9, (30, 5))
    found = threshold_map(Counts.of(table), PERCENT)
    for strict in (False, True):
        rows = [one for one in found.alternatives if one.strict is strict and one.denominator == "rated"]
        inside = [{j for j, verdict in enumerate(one.verdicts) if verdict == "in"} for one in rows]
        assert all(higher <= lower for lower, higher in pairwise(inside))


def test_the_locked_rule_is_on_the_map_once():
    definition = Definition(FIVE, rule_from("percent_agreement", {"threshold": "66.7"}, FIVE), denominator="shown")
    found = threshold_map(Counts.of([panel(6, 9)]), definition)
    assert sum(one.locked for one in found.alternatives) == 1
    assert (found.locked.threshold, found.locked.denominator) == ("66.7", "shown")
    assert len(found.alternatives) == 8 * 2 * 3
    assert found.locked.verdicts == definition.judge(Counts.of([panel(6, 9)])).verdict
    assert found.sensitive() == (0,)


def test_quantile_rules_are_tried_under_other_types():
    definition = Definition(FIVE, rule_from("iqr_rule", {}, FIVE), quantile_type=8)
    found = threshold_map(Counts.of([[0, 1, 0, 3, 0]]), definition)
    assert {one.quantile_type for one in found.alternatives} == {2, 6, 7, 0, 8}
    assert {one.threshold for one in found.alternatives} == {None}
    assert found.sensitive() == (0,)


def test_a_rule_without_such_settings_varies_in_the_denominator_alone():
    modes = Definition(FIVE, rule_from("modal_category_rule", {}, FIVE))
    found = threshold_map(Counts.of([panel(9, 9)]), modes)
    assert [(one.threshold, one.strict, one.denominator) for one in found.alternatives] == [
        (None, None, "rated"),
        (None, None, "answered"),
    ]


def test_grades_vary_in_their_lowest_band_and_in_rounding():
    found = threshold_map(Counts.of([[3, 0, 0, 7]]), Definition.of(SCALES["agree4_nq"]))
    assert len(found.alternatives) == 8 * 2 * 2
    verdicts = {(one.threshold, one.strict): one.verdicts[0] for one in found.alternatives}
    assert (verdicts["67", False], verdicts["70", True], verdicts["75", False]) == ("in", "in", "none")
    assert (found.locked.threshold, found.locked.strict) == ("67", False)


def test_a_rule_of_each_group_varies_in_its_inner_rule():
    rule = rule_from("each_group", {"rule": "percent_agreement", "percent_agreement.threshold": "72"}, FIVE)
    found = threshold_map(Counts.of([[panel(3, 4), panel(4, 4)]]), Definition(FIVE, rule))
    assert {one.threshold: one.verdicts[0] for one in found.alternatives if not one.strict}["75"] == "in"
    assert {one.threshold: one.verdicts[0] for one in found.alternatives if one.strict}["75"] == "none"
    assert found.locked.threshold == "72"
