"""The warning while groups are planned."""

import pytest

from delphi.consensus.disclosure.forecast import probably_hidden


def warned(targets, caution=2, **more):
    return {one.group: one.why.value for one in probably_hidden(targets, 5, caution, **more)}


def test_a_group_planned_below_k_is_named():
    assert warned({"A": 40, "B": 30, "C": 4}) == {"B": "beside", "C": "fewer_than_k"}


@pytest.mark.parametrize(("caution", "named"), [(1, ""), (2, ""), (3, "ABCD")])
def test_four_groups_of_twelve_vanish_under_strict_alone(caution, named):
    assert warned(dict.fromkeys("ABCD", 12), caution) == dict.fromkeys(named, "few_stay")


def test_two_who_leave_count_by_the_share_that_leaves():
    assert warned({"A": 11, "B": 60}, loss_percent=9) == {}
    assert warned({"A": 11, "B": 60}, loss_percent=10) == {"A": "few_stay", "B": "beside"}
    assert warned({"A": 9, "B": 60}, loss_percent=0) == {}


def test_a_group_of_exactly_k_vanishes_when_one_leaves():
    assert warned({"A": 5, "B": 9, "C": 30}, caution=1) == {"A": "few_stay", "B": "beside"}
    assert warned({"A": 6, "B": 9, "C": 30}, caution=1) == {}


def test_many_who_leave_leave_nobody_to_find_out():
    assert warned({"A": 14, "B": 40, "C": 41}, loss_percent=50) == {}


def test_a_group_without_a_target_counts_as_many():
    assert warned({"A": None, "B": 20}) == {}
    assert warned({"A": None, "B": 20, "C": 3}) == {"B": "beside", "C": "fewer_than_k"}


def test_people_without_a_group_are_never_named():
    assert warned({"A": 20, "B": 30, "": 3}) == {"A": "beside"}


@pytest.mark.parametrize("share", [-1, 101])
def test_a_share_out_of_bounds_is_refused(share):
    with pytest.raises(ValueError, match="0 to 100"):
        warned({"A": 9}, loss_percent=share)
