"""The show plan against every panel of up to nine people, k = 3; and that no guard of it can be left out."""

import all_panels
import pytest
from all_panels import between, findings
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.disclosure import show_plan

SHOWN_GROUPS = show_plan.shown_groups


@pytest.fixture(autouse=True)
def _fresh():
    all_panels.forget()
    yield
    all_panels.forget()


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("third", ["C", ""])
@pytest.mark.parametrize("caution", [1, 2])
def test_shown_cells_find_nobody_out(caution, third, late):
    assert list(findings(9, caution=caution, third=third, late=late)) == []


people = st.dictionaries(st.integers(0, 15), st.sampled_from(["A", "B", "C", ""]), min_size=6)
turnouts = st.lists(st.frozensets(st.integers(0, 15), max_size=2), min_size=3, max_size=4)


@settings(max_examples=400)
@given(people, turnouts, st.integers(1, 3))
def test_no_round_tells_beside_any_round_before(group_of, missing, caution):
    rounds = []
    for absent in missing:
        now = {g: frozenset(p for p in group_of if group_of[p] == g and p not in absent) for g in ("A", "B", "C", "")}
        shown = SHOWN_GROUPS(now, rounds, k=3, caution=caution)
        assert not [found for before in rounds for found in between(before, now, shown, 3, caution)]
        rounds.append(show_plan.RoundPeople(now, frozenset(shown)))


def any_size(sizes, k, hidden):
    return [group for group in sizes if group not in hidden]


def large(sizes, k, hidden):
    return [group for group, n in sizes.items() if n >= k and group not in hidden]


def whoever_came(now, earlier, *, late=frozenset(), **settings):
    return SHOWN_GROUPS(now, earlier, **settings)


def as_in_the_round(rated, shown, k):
    return list(shown)


def yes(*_):
    return True


def no(*_):
    return False


GUARDS = {
    "smallest cell": ("in a statement", {"visible_groups": any_size, "_nobody_or_many": yes}),
    "rest": ("in a statement", {"visible_groups": large, "_nobody_or_many": yes}),
    "statement": ("in a statement", {"shown_in_statement": as_in_the_round}),
    "group between rounds": ("between rounds", {"_group_may_follow": yes}),
    "rest between rounds": ("between rounds", {"_rest_may_follow": yes}),
    "cells nearly the same": ("between rounds", {"_nearly_the_same": no}),
    "newcomers": ("by a newcomer", {"shown_groups": whoever_came}),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_without_a_guard_somebody_is_found_out(guard, monkeypatch):
    why, without = GUARDS[guard]
    for name, instead in without.items():
        monkeypatch.setattr(show_plan, name, instead)
    found = (one for third in ("C", "") for one in findings(9, caution=2, third=third, late=True))
    assert any(one.why == why for one in found)
