"""The show plan: each rule by an example, and what holds for any panel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.disclosure.show_plan import RoundPeople, shown_groups, shown_in_statement
from delphi.consensus.disclosure.small_cells import visible_groups

K = 5


def of(letter, *numbers):
    """People of a group by number: of("A", 3, 9) are A3 to A8."""
    return frozenset(f"{letter}{i}" for i in range(*numbers))


def panel(**sizes):
    """Groups of these sizes; `none` are the people without a group."""
    return {"" if name == "none" else name: of(name, n) for name, n in sizes.items()}


def plan(now, *earlier, caution=2, late=frozenset()):
    return shown_groups(now, earlier, k=K, caution=caution, late=late)


def closed(groups, *earlier, **settings):
    """A round that showed what its plan let it show."""
    return RoundPeople(groups, frozenset(plan(groups, *earlier, **settings)))


def test_a_group_below_k_hides_the_smallest_shown_too():
    assert plan(panel(A=47, B=6, C=4)) == ["A"]
    assert plan(panel(A=47, B=5, C=5)) == ["A", "B", "C"]


def test_of_two_equal_groups_the_first_by_key_goes():
    assert plan(panel(B=6, A=6, C=9, none=1)) == ["B", "C"]


def test_people_without_a_group_count_as_hidden():
    assert plan(panel(A=12, none=4)) == []
    assert plan(panel(A=12, none=5)) == ["A"]
    assert plan(panel(A=12, none=0)) == ["A"]


def test_a_panel_without_groups_has_no_group_to_show():
    assert plan(panel(none=30)) == plan({}) == plan(panel(A=4)) == []


@pytest.mark.parametrize(("caution", "shown"), [(1, "AB"), (2, "AB"), (3, "")])
def test_a_group_that_lost_one_needs_enough_who_stay(caution, shown):
    first = closed(panel(A=12, B=12))
    assert plan({"A": of("A", 1, 12), "B": of("B", 12)}, first, caution=caution) == list(shown)


def test_a_group_that_gained_one_needs_enough_who_stay():
    assert plan(panel(A=10, B=20, C=20), closed(panel(A=9, B=20, C=20))) == ["C"]
    assert plan(panel(A=11, B=20, C=20), closed(panel(A=10, B=20, C=20))) == ["A", "B", "C"]


def test_one_who_joined_is_seen_beside_many_who_left():
    now = {"A": of("A", 6, 13), "B": of("B", 20), "C": of("C", 20)}
    assert plan(now, closed(panel(A=12, B=20, C=20))) == ["C"]
    assert plan(now | {"A": of("A", 6, 12)}, closed(panel(A=12, B=20, C=20))) == ["A", "B", "C"]


def test_a_group_is_compared_with_the_round_that_showed_it():
    first = closed(panel(A=9, B=20, C=20))
    second = closed({"A": of("A", 1, 9), "B": of("B", 20), "C": of("C", 20)}, first)
    third = {"A": of("A", 1, 9), "B": of("B", 20), "C": of("C", 20)}
    assert (second.shown, plan(third, first, second)) == ({"C"}, ["C"])


def test_a_group_hidden_by_caution_hides_another():
    now = {"A": of("A", 1, 9), "B": of("B", 20), "C": of("C", 30)}
    assert plan(now, closed(panel(A=9, B=20, C=30))) == ["C"]


def test_the_rest_passes_the_test_between_rounds():
    assert plan({"A": of("A", 20), "": of("none", 1, 7)}, closed(panel(A=20, none=7))) == []
    assert plan({"A": of("A", 20), "": of("none", 1, 11)}, closed(panel(A=20, none=11))) == ["A"]
    assert plan({"A": of("A", 20), "B": of("B", 9), "": of("none", 1, 7)}, closed(panel(A=20, B=9, none=7))) == ["A"]


def test_a_group_shown_anew_is_compared_with_the_rest_before():
    first = RoundPeople({"A": of("A", 9), "B": of("B", 1), "C": of("C", 20)}, frozenset("C"))
    now = {"A": of("A", 9), "B": of("B", 6), "C": of("C", 20)}
    assert plan(now, first) == ["C"]  # the rest of ten, minus A, was the one of B
    assert plan(now, first, caution=1) == ["A", "B", "C"]


def test_a_late_person_does_not_lift_a_hidden_group():
    first, now, late = closed(panel(A=20, B=20, C=4)), panel(A=20, B=20, C=5), frozenset({"C4"})
    assert plan(now, first, late=late, caution=1) == ["B"]
    assert plan(now, first, caution=1) == ["A", "B", "C"]  # who was invited before the launch counts
    assert plan(panel(A=20, B=5), late=frozenset({"B0"})) == []


def test_late_people_without_a_group_lift_no_group():
    first, late = closed(panel(A=20, B=20, none=3)), frozenset({"none3", "none4"})
    assert plan(panel(A=20, B=20, none=5), first, late=late, caution=1) == ["B"]


def test_a_shown_group_may_grow_by_a_late_person():
    first = closed(panel(A=20, B=20))
    assert plan(panel(A=20, B=21), first, late=frozenset({"B20"})) == ["A", "B"]


def test_a_round_of_fewer_than_three_told_nothing():
    assert plan(panel(A=5, B=9), RoundPeople(panel(A=2), frozenset())) == ["A", "B"]


def test_k_may_have_been_smaller_when_a_total_was_shown():
    assert plan(panel(A=5, B=9), RoundPeople(panel(A=4), frozenset())) == []


def test_a_group_that_is_everybody_tells_what_the_total_tells():
    assert plan(panel(A=6), RoundPeople(panel(A=6, none=1), frozenset())) == ["A"]


def test_late_people_do_not_lift_a_group_hidden_since():
    first = closed(panel(A=10, B=20, C=20))
    second = closed(panel(A=4, B=20, C=20), first)
    now, late = {"A": of("A", 4) | of("A", 20, 25), "B": of("B", 20), "C": of("C", 20)}, of("A", 20, 25)
    assert (plan(now, first, second), plan(now, first, second, late=late)) == (["A", "B", "C"], ["C"])


def test_many_others_blur_a_few_who_left():
    now = {"A": of("A", 20), "B": of("B", 8), "": of("none", 1, 6)}
    assert plan(now, closed(panel(A=20, B=8, none=6))) == ["A"]
    before = RoundPeople(panel(A=20, B=8, none=6), frozenset("A"))
    assert plan(panel(A=20, B=8, none=6), before) == ["A", "B"]


def test_between_rounds_too_the_first_of_equals_goes():
    now = {"B": of("B", 20), "A": of("A", 20), "C": of("C", 1, 9)}
    assert plan(now, closed(panel(B=20, A=20, C=9))) == ["B"]


@pytest.mark.parametrize(("k", "caution"), [(2, 1), (5, 0), (5, 4)])
def test_settings_out_of_bounds_are_refused(k, caution):
    with pytest.raises(ValueError, match=r"below 3|1, 2 or 3"):
        shown_groups(panel(A=9), [], k=k, caution=caution)


def test_too_few_ratings_hide_a_group_for_a_statement():
    assert shown_in_statement({"A": 12, "B": 6, "C": 4, "": 3}, ["A", "B"], K) == ["A", "B"]
    assert shown_in_statement({"A": 12, "B": 4, "C": 0, "": 0}, ["A", "B"], K) == []
    assert shown_in_statement({"A": 12, "B": 6, "C": 4, "": 0}, ["A", "B"], K) == ["A"]
    assert shown_in_statement({"A": 12, "B": 6, "C": 0, "": 0}, ["A", "B"], K) == ["A", "B"]


def test_what_a_round_hides_stays_hidden_for_a_statement():
    assert shown_in_statement({"A": 12, "B": 9, "": 9}, ["A", ""], K) == ["A"]


sizes = st.dictionaries(st.sampled_from(["A", "B", "C", "D", ""]), st.integers(0, 9), min_size=1)
seats = st.dictionaries(st.integers(0, 40), st.sampled_from(["A", "B", "C", ""]), min_size=1)
turnouts = st.lists(st.frozensets(st.integers(0, 40)), min_size=2, max_size=3)


@given(sizes)
def test_a_first_round_agrees_with_the_rule_of_the_rest(found):
    people = {group: of(group, n) for group, n in found.items()}
    assert plan(people) == shown_in_statement(found, found, K) == visible_groups(found, K, hidden=[""])


@given(seats, turnouts, st.integers(1, 3))
def test_shown_and_hidden_groups_are_large_in_any_round(group_of, rounds, caution):
    earlier = []
    for people in rounds:
        now = {g: frozenset(p for p in people if group_of.get(p) == g) for g in ("A", "B", "C", "")}
        shown = plan(now, *earlier, caution=caution)
        rest = sum(len(now[g]) for g in now if g not in shown)
        assert all(len(now[g]) >= K for g in shown)
        assert not shown or rest == 0 or rest >= K
        earlier.append(RoundPeople(now, frozenset(shown)))
