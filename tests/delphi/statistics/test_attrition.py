"""Attrition, opinion groups, and the arithmetic of printed means."""

from itertools import combinations

import numpy as np
import pytest

from delphi.statistics.base.exact import compatible_dissents
from delphi.statistics.base.result import Reason
from delphi.statistics.change import attrition
from delphi.statistics.groups import opinion_map


def test_rates_keep_numerator_and_denominator():
    assert (attrition.retention({"a", "b"}, {"b"}).k, attrition.retention({"a", "b"}, {"b"}).n) == (1, 2)
    assert attrition.response_rate(3, 9, open_invitation=True).reason is Reason.OPEN_INVITATION
    assert attrition.completion([{"a"}], linkable=False).reason is Reason.NOT_LINKABLE
    assert attrition.completion([]).value is None
    assert attrition.retention(set(), {"a"}).reason is Reason.NO_RATINGS


def test_leavers_who_disagreed_are_found():
    rng = np.random.default_rng(4)
    stayed, gone = rng.integers(3, 5, (14, 6)), rng.integers(1, 3, (6, 6))
    found = attrition.attrition_bias(np.vstack([stayed, gone]), [False] * 14 + [True] * 6, permutations=499)
    assert found.p == pytest.approx(1 / 500)
    assert all(item.delta == 1 and item.p_holm < 0.01 for item in found.items)


def test_the_global_test_counts_all_labels():
    x = np.array([[4.0, 3], [3, 3], [4, np.nan], [1, 2], [2, 4]])
    found = attrition.attrition_bias(x, [False, False, False, True, True])

    def gap(leavers):
        side = np.isin(np.arange(5), leavers)
        return np.mean([abs(np.nanmean(c[side]) - np.nanmean(c[~side])) for c in x.T])

    far = [gap(draw) >= found.statistic - 1e-9 for draw in combinations(range(5), 2)]
    assert found.statistic == pytest.approx(gap([3, 4]))
    assert found.p == pytest.approx(np.mean(far), abs=0.03)


def test_statements_without_two_leavers_are_left_out_and_counted():
    found = attrition.attrition_bias([[1, 2], [2, 2], [3, None], [4, None]], [False, False, True, True])
    assert (found.items_left_out, found.items[1].p) == (1, None)
    assert attrition.attrition_bias([[1], [2]], [False, False]).reason is Reason.EMPTY_GROUP
    assert attrition.composition_adjusted_share([(1, 2), (0, 0)], [3, 3]).reason is Reason.EMPTY_GROUP


def test_random_answers_form_no_robust_groups():
    found = opinion_map.opinion_groups(np.random.default_rng(1).integers(1, 5, (30, 12)))
    assert not found.robust
    assert len(found.points) == 30


def test_camps_are_found_and_small_answers_left_out():
    rng = np.random.default_rng(2)
    one, other = np.where(np.arange(10) % 2, 1.0, 4.0), np.where(np.arange(10) % 2, 4.0, 1.0)
    ratings = [list(camp + rng.integers(0, 2, 10) * np.sign(2.5 - camp)) for camp in [one] * 7 + [other] * 6]
    ratings.append([1, 1, *[None] * 8])
    found = opinion_map.opinion_groups(ratings)
    assert found.robust
    assert len(set(found.group[:7])) == len(set(found.group[7:13])) == 1
    assert found.group[13] is None


def test_groups_need_panelists_who_differ():
    assert opinion_map.opinion_groups([[1] * 8] * 4).reason is Reason.NO_COMPLETE_CASES
    assert opinion_map.opinion_groups([[1] * 8] * 12).reason is Reason.NO_VARIATION
    assert opinion_map.group_informed_consensus([]) == 1


def test_printed_means_of_the_reference_study():
    def both(n):
        return compatible_dissents(20, n, "98.0") and compatible_dissents(15, n, "99.7")

    # METHOD 13.3: with one constant n the two printed means fit only for these
    assert [n for n in range(20, 58) if both(n)] == [20, 22, 23, 25, *range(40, 54)]
    assert compatible_dissents(15, 23, "99.7") == [1]
