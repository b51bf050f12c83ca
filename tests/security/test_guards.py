"""With a guard switched off, the attacker has to find its way in again: else the attack, and not the guard, would be what fails."""

from contextlib import nullcontext

import guards
import pytest
from attacks import Attacker
from browsing import HOST, SECRET
from databases import Template
from story import glance
from study import CHANGED, SIZES, WITHDRAWN, begin

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def attacked(tmp_path):
    """What the owner has at the end, and at moments before it, with a guard off or none."""

    def attack(sizes, off="", *moments, **terms):
        (tmp_path / (off or "on")).mkdir()
        with Template("sqlite", tmp_path / (off or "on")).copy() as url:
            play = begin(url, HOST, SECRET, sizes)
            for name, value in terms.items():
                setattr(play, name, value)
            with guards.off(off) if off else nullcontext():
                return Attacker(play, glance(play, *moments))

    return attack


@pytest.mark.parametrize("name", guards.REGISTRY)
def test_every_guard_is_where_the_registry_says(name):
    assert all(guards.present(function) for function in guards.REGISTRY[name])


@pytest.mark.parametrize("name", ["smallest_cell", "show_plan_rest"])
def test_without_the_show_plan_small_groups_are_found(attacked, name):
    found = attacked(SIZES, name).derived()
    assert {len(claim.people) for claim, _ in found} & {1, 2, 3, 4}
    assert {shown for _, shown in found} == {name == "smallest_cell"}


def test_without_the_plan_between_rounds_a_leaver_is_guessed(attacked):
    sizes, terms = {"carers": 10, "patients": 14}, {"rounds": 2, "leavers": {"Panelist 7": 1}, "withdrawn": {}}
    assert attacked(sizes, "show_plan_between_rounds", **terms).guesses()["Panelist 7"].sure > 0
    assert attacked(sizes, **terms).guesses()["Panelist 7"].sure == 0


def test_without_the_rule_of_bands_a_leaver_is_found(attacked):
    sizes = {"patients": 11}  # six of them rate in the last two rounds, and 15 % of six are nobody
    assert attacked(sizes, "bands").pairs().narrowed
    assert not attacked(sizes).pairs().narrowed


def test_without_the_marks_somebody_who_left_is_guessed(attacked):
    sizes, terms = {"carers": 10, "patients": 14}, {"rounds": 2, "leavers": {}, "withdrawn": {2: "Panelist 7"}}
    assert attacked(sizes, "counted_marks", **terms).guesses()["Panelist 7"].sure > 0
    assert attacked(sizes, **terms).guesses() == {}


def test_without_the_seal_a_withdrawal_tells_the_answers(attacked):
    sizes, moments = {"patients": 24}, ("closed 1", "left 1")
    terms = {"rounds": 1, "withdrawn": {1: WITHDRAWN[1]}}
    open_, kept = attacked(sizes, "sealed_reading", *moments, **terms), attacked(sizes, "", *moments, **terms)
    got = open_.marked("withdrawal", [claim for claim, _ in open_.derived()])
    assert (got.people, got.right) == ({WITHDRAWN[1]}, 12)
    assert open_.comments().right == 1
    assert (kept.derived(), kept.comments().exact) == ([], {})


def test_without_fixed_groups_who_changes_theirs_is_found(attacked):
    sizes, moments = {"carers": 2, "nurses": 12, "patients": 12}, ("released 2", "regrouped 2")
    terms = {"rounds": 2, "leavers": {}, "withdrawn": {}}
    found = attacked(sizes, "group_fixed", *moments, **terms)
    got = found.marked("change of group", [claim for claim, _ in found.derived()])
    assert CHANGED in got.people
    assert attacked(sizes, "", *moments, **terms).derived() == []
