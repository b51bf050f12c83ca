"""The table of what caution costs: what it must show, and that the guide has the figures of the tool."""

import re

import pytest
import show_plan_table
from show_plan_table import CAUTIONS, PANELS, simulated

FEW = 40


@pytest.mark.parametrize("name", PANELS)
def test_more_caution_shows_no_more(name):
    shown = [simulated(PANELS[name], FEW).cells(caution).percent for caution in CAUTIONS]
    assert shown == sorted(shown, reverse=True)
    assert shown[0] > 0


def test_four_people_are_never_shown_nor_the_six_beside():
    groups = simulated(PANELS["57 people: 4, 6, 47"], FEW).groups
    assert [groups[c][f"group {i}"].shown for c in CAUTIONS for i in (0, 1)] == [0] * 6
    assert groups[1]["group 2"].percent == 100


def test_a_seed_gives_the_same_studies_again():
    sizes = PANELS["30 people: 8, 10, 12"]
    assert simulated(sizes, 5) == simulated(sizes, 5) != simulated(sizes, 5, seed=2)


def test_a_band_needs_34_pairs():
    assert simulated((15, 16), 5).bands.shown == 0
    assert simulated((25, 25), 5).bands.percent > 80


def test_the_guide_has_the_figures_of_the_tool():
    printed = show_plan_table.PAGE.read_text(encoding="utf-8").partition(show_plan_table.MARK)[2].partition("\n\n")[0]
    for row in printed.splitlines()[2:]:
        name, *cells = [cell.strip() for cell in row.strip("|").split("|")]
        outcome = simulated(PANELS[name], FEW)
        found = [*(outcome.cells(caution).percent for caution in CAUTIONS), outcome.bands.percent]
        assert [int(re.sub(r"\D", "", cell)) for cell in cells] == pytest.approx(found, abs=15)
    assert [row.split("|")[1].strip() for row in printed.splitlines()[2:]] == list(PANELS)
