"""What is drawn of the panel's answers: single options from ten ratings on, sides below, nothing below the smallest cell."""

import pytest

from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Relation
from rounds.feedback import distribution, groups
from rounds.feedback.evidence import Evidence, Source
from rounds.questionnaire.past import axis_top


def row_of(scale, counts, **changes):
    """A sealed row with so many people by option, the lowest first."""
    counted = dict(zip(scale.values, counts, strict=True))
    shown = {f"k_{value}": n for value, n in counted.items()}
    agreed = sum(counted[value] for value in scale.combined)
    return {"n_rated": sum(counts), "n_nq": 2, "combined_k": agreed, "median": 0, "iqr": 0, **shown, **changes}


def drawn(scale, row, *, smallest_cell=5, by_group=(), top=50):
    source = Source("S1", "Text.", row, scale.values[0], dict(by_group))
    evidence = Evidence(scale, 1, smallest_cell, Relation.SAME, "Text.", "", (source,), groups=len(by_group), top=top)
    return distribution.build(evidence)[0], groups.build(evidence)


@pytest.mark.parametrize("key", SCALES)
def test_every_scale_is_drawn_option_by_option(key):
    scale = SCALES[key]
    counts = [10 + i % 3 for i in range(scale.K)]
    panel, _ = drawn(scale, row_of(scale, counts))
    assert [panel.by_option[value].n for value in scale.values] == counts
    assert sum(side.n for side in panel.sides) == sum(counts)
    assert [side.values for side in panel.sides] == [zone for _, zone in reversed(scale.bands)]


@pytest.mark.parametrize("key", SCALES)
def test_the_groups_of_every_scale_are_drawn_by_side(key):
    scale = SCALES[key]
    row = row_of(scale, [10 + i % 3 for i in range(scale.K)])
    _, found = drawn(scale, row, by_group=[("a", row), ("b", row)])
    assert [sum(n for _, n, _ in group.zones) for group in found.rows] == [row["n_rated"]] * 2
    parts = found.rows[0].parts
    assert [start for _, start, _ in parts][1:] == [start + long for _, start, long in parts][:-1]
    assert parts[-1][1] + parts[-1][2] == 10_000


def test_below_ten_ratings_only_the_sides_are_drawn():
    scale = SCALES["agree4_nq"]
    panel, _ = drawn(scale, row_of(scale, [1, 1, 3, 4]))
    assert panel.by_option == {}
    assert [(side.label, side.n, side.length) for side in panel.sides] == [
        ("agreement", 7, 78),
        ("disagreement", 2, 22),
    ]
    panel, _ = drawn(scale, row_of(scale, [1, 1, 4, 4]))
    assert len(panel.by_option) == 4


def test_below_the_smallest_cell_nothing_is_drawn():
    scale = SCALES["agree4_nq"]
    panel, _ = drawn(scale, row_of(scale, [1, 1, 1, 1]))
    assert (panel.too_few, panel.sides, panel.bars, panel.by_option) == (True, (), (), {})
    panel, _ = drawn(scale, row_of(scale, [3, 3, 3, 2]), smallest_cell=12)
    assert (panel.too_few, panel.sides, panel.by_option) == (True, (), {})


@pytest.mark.parametrize(("counts", "length"), [((0, 0, 0, 12), 100), ((1, 0, 0, 299), 99), ((299, 0, 0, 1), 1)])
def test_a_bar_is_as_long_as_its_printed_share(counts, length):
    scale = SCALES["agree4_nq"]
    panel, _ = drawn(scale, row_of(scale, counts))
    assert panel.by_option[4].length == length


@pytest.mark.parametrize(("counts", "top"), [((6, 6, 0, 0), 50), ((7, 6, 0, 0), 100), ((9, 0, 0, 0), 50)])
def test_the_axis_of_a_round_reaches_what_is_shown(counts, top):
    scale = SCALES["agree4_nq"]
    flat = row_of(scale, (5, 5, 5, 5))
    assert axis_top([flat, row_of(scale, counts)], scale, 5) == top
    assert axis_top([flat, {"n_rated": None}], scale, 5) == 50


def test_an_option_that_is_hidden_moves_no_axis():
    scale = SCALES["agree4_nq"]
    assert axis_top([row_of(scale, (11, 0, 0, 0))], scale, 12) == 50
