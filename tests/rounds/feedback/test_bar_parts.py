"""The bar of a line: its parts are the shares, in the order of the scale, and the own mark stands over its part."""

import pytest

from delphi.consensus.shipped_scales import SCALES
from rounds.feedback import distribution
from rounds.feedback.bar_parts import bar_of, bar_of_panel, bar_of_zones, key_of, kind_of
from rounds.feedback.evidence import Evidence, Source


def panel_of(scale, counts, k=5):
    """What the panel is told of counts in the order of the scale."""
    n = sum(counts)
    row = {f"k_{value}": count for value, count in zip(scale.values, counts, strict=True)}
    row |= {"n_rated": n, "n_nq": 2, "combined_k": sum(counts[v - scale.lo] for v in scale.combined)}
    evidence = Evidence(scale, 1, k, "same", "", "", (Source("S1", "It is so.", row, None),))
    return distribution.build(evidence)[0]


@pytest.mark.parametrize("key", SCALES)
def test_every_option_of_every_scale_has_a_fill(key):
    scale = SCALES[key]
    kinds = [kind_of(scale, (value,)) for value in scale.values]
    sides = {0: {"c", "cd", "d"}, 1: {"z"}, 2: {"a", "ab", "b"}}
    assert all(kind in sides[scale.zone_of(value)] for kind, value in zip(kinds, scale.values, strict=True))
    assert (kinds[0], kinds[-1]) == ("d", "a")


@pytest.mark.parametrize("key", [key for key, scale in SCALES.items() if scale.K <= 7])
def test_no_two_options_in_words_share_a_fill(key):
    scale = SCALES[key]
    kinds = [kind_of(scale, (value,)) for value in scale.values]
    assert len(set(kinds)) == len(kinds)


def test_parts_are_shares_from_the_agreeing_side_on():
    scale = SCALES["agree4_nq"]
    bar = bar_of_panel(scale, panel_of(scale, (6, 14, 10, 20)), own=3)
    assert [(part.kind, part.n, part.start, part.width) for part in bar.parts] == [
        ("a", 20, 0, 40),
        ("b", 10, 40, 20),
        ("c", 14, 60, 28),
        ("d", 6, 88, 12),
    ]
    assert bar.own == 50


def test_an_empty_part_is_left_out_and_the_rest_stays_in_place():
    scale = SCALES["agree4_nq"]
    bar = bar_of_panel(scale, panel_of(scale, (5, 0, 0, 15)), own=2)
    assert [(part.kind, part.start, part.width) for part in bar.parts] == [("a", 0, 75), ("d", 75, 25)]
    assert bar.own == 75


def test_who_did_not_rate_has_no_mark():
    scale = SCALES["agree4_nq"]
    assert bar_of_panel(scale, panel_of(scale, (5, 5, 5, 5)), None).own is None


@pytest.mark.parametrize(("n", "kinds"), [(9, ["hi", "lo"]), (10, ["a", "b", "c", "d"])])
def test_few_ratings_show_the_sides_and_the_key_says_so(n, kinds):
    scale = SCALES["agree4_nq"]
    bar = bar_of_panel(scale, panel_of(scale, (1, 1, 1, n - 3)), own=3)
    assert [part.kind for part in bar.parts] == kinds
    assert [entry.kind for entry in key_of(scale, [bar])] == ["a", "b", "c", "d", *(kinds if n == 9 else [])]


def test_too_few_ratings_have_no_bar():
    scale = SCALES["agree4_nq"]
    assert bar_of_panel(scale, panel_of(scale, (1, 1, 1, 1)), own=4) is None
    assert bar_of_panel(scale, panel_of(scale, (1, 1, 1, 2)), own=4) is not None
    assert bar_of(scale, [((4,), "agree", 0)]).parts == ()


@pytest.mark.parametrize("n", [9, 50])
def test_nine_points_are_drawn_by_their_bands(n):
    scale = SCALES["grade9"]
    counts = [1, 0, 1, 0, 2, 0, 0, n - 5, 1]
    bar = bar_of_panel(scale, panel_of(scale, counts), own=8)
    assert [(part.kind, part.n) for part in bar.parts] == [("a", n - 4), ("z", 2), ("d", 2)]
    assert bar.own == pytest.approx(50 * (n - 4) / n)
    assert sum(part.width for part in bar.parts) == pytest.approx(100)


def test_a_slider_is_drawn_by_its_bands():
    scale = SCALES["slider100"]
    counts = [0] * 101
    counts[0], counts[50], counts[100] = 5, 10, 15
    bar = bar_of_panel(scale, panel_of(scale, counts), own=40)
    assert [(part.kind, part.n) for part in bar.parts] == [("a", 15), ("z", 10), ("d", 5)]
    assert bar.own == pytest.approx(50 + 100 / 6)


def test_the_bar_of_a_group_is_its_bands():
    scale = SCALES["agree4_nq"]
    bar = bar_of_zones(scale, [("agreement", 6, "75"), ("disagreement", 2, "25")])
    assert [(part.kind, part.width) for part in bar.parts] == [("hi", 75), ("lo", 25)]
