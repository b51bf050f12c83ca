"""Disclosure control: the oracle cases, and an intruder who tries everything."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger import ledger_check
from oracle_cases import claim

from delphi.consensus.disclosure import small_cells


@claim("differencing")
def test_a_reader_subtracts(case):
    given_, expected = case["input"], case["expected"]
    if "overall" not in given_:
        assert small_cells.complement(given_["table_big"], given_["table_small"]).tolist() == expected["difference"]
        return
    rest = small_cells.complement(given_["overall"], given_["published_group"])
    assert (rest.tolist(), rest.sum()) == (expected["complement"], expected["complement_n"])
    released = small_cells.may_release_group(sum(given_["published_group"]), sum(given_["overall"]))
    assert released is not expected["disclosed"]


@claim("differencing_means")
def test_rounding_does_not_protect(case):
    i, expected = case["input"], case["expected"]
    found = small_cells.possible_complement_sums(
        i["mean_overall"], i["n_overall"], i["mean_group"], i["n_group"], i["decimals"], *i["scale"]
    )
    assert found == expected["possible_sums_of_complement"]
    assert (len(found) == 1) is expected["disclosed_exactly"]


@claim("differencing_rounds")
def test_a_drop_out_is_revealed(case):
    gone = small_cells.complement(case["input"]["round1"], case["input"]["round2"])
    assert np.flatnonzero(gone) + 1 == case["expected"]["dropout_rating"]
    assert small_cells.may_release_change(case["input"]["dropouts"], 0) is not case["expected"]["disclosed"]


@claim("group_disclosure")
def test_unanimity_and_lone_dissenters(case):
    found, expected = small_cells.group_disclosure(case["input"]["freq"]), case["expected"]
    assert found.unanimous is expected.get("every_member_known", False)
    assert found.lone_dissenter is expected.get("lone_dissenter_learns_all_others", False)


@claim("remainder_rule")
def test_remainder_rule(case):
    shown = small_cells.visible_groups(case["input"]["groups"], case["input"]["k"])
    assert shown == case["expected"]["shown"]
    assert sorted(set(case["input"]["groups"]) - set(shown)) == case["expected"]["hidden"]


@claim("secondary_suppression")
def test_a_small_group_takes_another_with_it(case):
    sizes, k, expected = case["input"]["groups"], case["input"]["k"], case["expected"]
    hidden = set(sizes) - set(small_cells.visible_groups(sizes, k))
    primary = {group for group, n in sizes.items() if n < k}
    assert primary == set(expected["primary"])
    assert bool(hidden - primary) is expected["needs_secondary"]
    assert hidden - primary <= set(expected["valid_secondary"])


@claim("order_statistics")
def test_five_numbers_of_five_are_the_ratings(case):
    p = case["input"]["published"]
    found = small_cells.compatible_ratings(
        case["input"]["n"], p["min"], p["q1"], p["median"], p["q3"], p["max"], type=case["input"]["quantile_type"]
    )
    assert found == [tuple(case["expected"]["all_ratings"])]
    assert small_cells.detail_shown(case["input"]["n"]) is small_cells.DetailLevel.ZONES


def test_cells_below_three_are_refused():
    with pytest.raises(ValueError, match="below 3"):
        small_cells.smallest_cell(2)
    assert small_cells.smallest_cell(3) == 3


sizes = st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 9), min_size=1)


@given(sizes)
def test_what_is_hidden_is_nobody_or_many(groups):
    shown = small_cells.visible_groups(groups)
    hidden = sum(n for group, n in groups.items() if group not in shown)
    assert all(groups[group] >= 5 for group in shown)
    assert not shown or hidden == 0 or hidden >= 5


def test_overlapping_groups_and_their_union():
    a, b = frozenset("abcdef"), frozenset("defghi")
    assert ledger_check([a, b], a | b, k=5) == ["a", "b", "c"]  # and d, e, f, and g, h, i
    assert ledger_check([a], a | b, k=3) is None
    assert ledger_check([], frozenset("abc"), k=5) == ["a", "b", "c"]


def test_two_exchanged_people_are_given_away():
    group = frozenset("abcdefgh")
    assert ledger_check([group | {"x"}], group | {"y"}) == ["x", "y"]


ratings = st.lists(st.integers(1, 2), min_size=8, max_size=8)
groups_of_three = st.frozensets(st.sampled_from("abcdefgh"), min_size=3)


def extreme(plus, minus, rated):
    """Whether all of one side gave one rating and all of the other side the other: a declared unanimity."""
    return len({rated[p] for p in plus} | {3 - rated[p] for p in minus}) == 1


@given(groups_of_three, groups_of_three, ratings)
def test_an_intruder_learns_nothing_that_the_ledger_let_pass(first, second, answers):
    people = sorted(first | second)
    rated = dict(zip("abcdefgh", answers, strict=True))
    derivable = [(first, ()), (second, ()), (first - second, second - first)]
    if ledger_check([first], second, k=3) or any(extreme(*sides, rated) for sides in derivable):
        return
    worlds = [dict(zip(people, world, strict=True)) for world in product((1, 2), repeat=len(people))]
    fitting = [w for w in worlds if all(sum(w[p] - rated[p] for p in group) == 0 for group in (first, second))]
    assert all(len({world[p] for world in fitting}) == 2 for p in people)


def test_compatible_ratings_keep_the_scale():
    assert small_cells.compatible_ratings(2, 1, 1.25, 1.5, 1.75, 2) == [(1, 2)]
