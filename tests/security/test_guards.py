"""With a guard switched off, the attacker has to find its way in again: else the attack, and not the guard, would be what fails."""

import guards
import pytest
from attacks import Attacker
from browsing import HOST, SECRET
from databases import Template
from story import glance
from study import SIZES, begin

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def attacked(tmp_path):
    """What the owner has at the end of a study of these groups, with a guard off or none."""

    def attack(sizes, off=""):
        with Template("sqlite", tmp_path / (off or "on")).copy() as url:
            play = begin(url, HOST, SECRET, sizes)
            if not off:
                return Attacker(play, glance(play))
            with guards.off(off):
                return Attacker(play, glance(play))

    (tmp_path / "on").mkdir()
    for name in guards.REGISTRY:
        (tmp_path / name).mkdir()
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
    sizes = {"carers": 10, "patients": 24}
    assert max(one.sure for one in attacked(sizes, "show_plan_between_rounds").guesses().values()) > 0
    assert max(one.sure for one in attacked(sizes).guesses().values()) == 0


def test_without_the_rule_of_bands_a_leaver_is_found(attacked):
    sizes = {"patients": 11}  # six of them rate in the last two rounds, and 15 % of six are nobody
    assert attacked(sizes, "bands").pairs().narrowed
    assert not attacked(sizes).pairs().narrowed
