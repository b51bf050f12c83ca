"""Bands of change: where they are shown, and an intruder who tries everybody who may have left or joined."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.disclosure.change_bands import band_of, may_show_band, stable_share
from delphi.consensus.vocabulary import Band

Vector = tuple[int, ...]


def vectors(size: int, most: Sequence[int]) -> Iterator[Vector]:
    """Every way in which so many people can have chosen among options."""
    return (chosen for chosen in product(*(range(min(size, n) + 1) for n in most)) if sum(chosen) == size)


def changes(before: Vector, after: Vector) -> Iterator[int]:
    """Every number of pairs that may have changed: who stayed is on the diagonal, the others moved elsewhere."""
    pairs = sum(before)
    for stayed in product(*(range(min(both) + 1) for both in zip(before, after, strict=True))):
        changed = pairs - sum(stayed)
        if max(a + b - 2 * d for a, b, d in zip(before, after, stayed, strict=True)) <= changed:
            yield changed


def bands_by_option(before: Vector, after: Vector, pairs: int) -> dict[tuple[str, int], set[Band]]:
    """Bands that are possible if somebody who left, or joined, chose an option."""
    found: dict[tuple[str, int], set[Band]] = {}
    for left in vectors(sum(before) - pairs, before):
        for joined in vectors(sum(after) - pairs, after):
            of_pairs = tuple(n - x for n, x in zip(before, left, strict=True))
            then = tuple(n - x for n, x in zip(after, joined, strict=True))
            bands = {band_of(changed, pairs) for changed in changes(of_pairs, then)}
            for side, moved in (("left", left), ("joined", joined)):
                for option in (o for o, n in enumerate(moved) if n):
                    found.setdefault((side, option), set()).update(bands)
    return found


def least_by_option(before: Vector, after: Vector, pairs: int) -> list[int]:
    """Half the distance of the pairs' counts at its least, for each option of somebody who left or joined."""
    least: dict[tuple[str, int], int] = {}
    for left in vectors(sum(before) - pairs, before):
        for joined in vectors(sum(after) - pairs, after):
            apart = sum(abs(n - x - m + y) for n, x, m, y in zip(before, left, after, joined, strict=True)) // 2
            for side, moved in (("left", left), ("joined", joined)):
                for option in (o for o, n in enumerate(moved) if n):
                    least[side, option] = min(least.get((side, option), apart), apart)
    return list(least.values())


@st.composite
def two_rounds(draw: st.DrawFn) -> tuple[Vector, Vector, int]:
    """Counts of two rounds of three options, of 20 to 23 pairs and up to two people more on each side."""
    pairs = draw(st.integers(20, 23))
    rounds = []
    for _ in range(2):
        people = pairs + draw(st.integers(0, 2))
        low = draw(st.integers(0, people))
        middle = draw(st.integers(0, people - low))
        rounds.append((low, middle, people - low - middle))
    return rounds[0], rounds[1], pairs


def shown(before: Vector, after: Vector, pairs: int) -> bool:
    """Whether the band may be shown at the lowest k."""
    return may_show_band(before, after, pairs, sum(before) - pairs, sum(after) - pairs, 3)


@given(two_rounds())
@settings(max_examples=60, deadline=None)
def test_a_band_tells_nothing_of_a_leaver(case):
    possible = bands_by_option(*case)
    narrows = len({frozenset(bands) for bands in possible.values()}) > 1
    lowest = all(Band.UP_TO_15 in bands for bands in possible.values())
    assert shown(*case) is (lowest and not narrows)


@given(two_rounds())
@settings(max_examples=100, deadline=None)
def test_a_shown_band_keeps_to_the_specified_distance(case):
    if shown(*case):
        assert all(100 * apart <= 15 * case[2] for apart in least_by_option(*case))


def test_bands_of_two_options_by_every_table():
    """All tables of 20 pairs, one of whom left: which bands each answer of the leaver allows."""
    pairs = 20
    bands: dict[tuple[int, int], set[Band]] = {}
    for stayed, down, up in product(range(pairs + 1), repeat=3):
        if stayed + down + up <= pairs:
            bands.setdefault((stayed + down, stayed + up), set()).add(band_of(down + up, pairs))
    for first, now in product(range(pairs + 2), range(pairs + 1)):
        answers = [a for a in (0, 1) if (first, pairs + 1 - first)[a]]
        allowed = [bands[first - (answer == 0), now] for answer in answers]
        wanted = all(Band.UP_TO_15 in one for one in allowed) and all(one == allowed[0] for one in allowed)
        assert shown((first, pairs + 1 - first), (now, pairs - now), pairs) is wanted


def test_a_band_stays_hidden_while_it_is_few_people():
    assert may_show_band([17, 17], [17, 17], 34, 0, 0, 5)
    assert not may_show_band([17, 16], [17, 16], 33, 0, 0, 5)


def test_an_answer_that_a_move_would_betray_hides_the_band():
    assert not may_show_band([6, 29], [5, 29], 34, 1, 0, 5)  # over 30 % only if the leaver was of the 29
    assert not may_show_band([1, 29, 5], [0, 29, 5], 34, 1, 0, 5)
    assert may_show_band([12, 23], [12, 22], 34, 1, 0, 5)


def test_counts_of_other_people_are_refused():
    with pytest.raises(ValueError, match="add up"):
        may_show_band([20, 20], [20, 20], 39, 0, 1, 5)


def test_bounds_belong_to_the_lower_band():
    assert [band_of(n, 100) for n in (0, 15, 16, 30, 31, 100)] == [
        Band.UP_TO_15,
        Band.UP_TO_15,
        Band.FROM_15_TO_30,
        Band.FROM_15_TO_30,
        Band.OVER_30,
        Band.OVER_30,
    ]
    with pytest.raises(ValueError, match="pairs"):
        band_of(0, 0)


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_stable_share_is_a_ten_below(stable, of):
    share = stable_share(min(stable, of), of)
    assert share is not None
    assert share % 10 == 0
    assert share * of <= 100 * min(stable, of) < (share + 10) * of
