from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.matrix import ABSENT, BLANK, NOT_QUALIFIED, count_matrix, count_moves, histogram


def random_matrix(panelists, statements, options, seed=1):
    cells = np.random.default_rng(seed).integers(ABSENT, options, (panelists, statements), dtype=np.int8)
    return np.asfortranarray(cells)


@given(st.integers(0, 30), st.integers(0, 5), st.sampled_from([2, 4, 9, 101]), st.integers(0, 99))
def test_counting_agrees_with_looking_at_every_cell(panelists, statements, options, seed):
    matrix = random_matrix(panelists, statements, options, seed)
    member = np.arange(panelists) % 2
    counts = count_matrix(matrix, options, member, ("a", "b"))
    for j in range(statements):
        for g in (0, 1):
            cells = [matrix[p, j] for p in range(panelists) if member[p] == g]
            assert counts.ratings[j, g].tolist() == [cells.count(value) for value in range(options)]
            assert counts.not_qualified[j, g] == cells.count(NOT_QUALIFIED)
            assert counts.blank[j, g] == cells.count(BLANK)
    assert counts.invited.tolist() == [(panelists + 1) // 2, panelists // 2]


@given(st.integers(0, 20), st.integers(1, 4), st.sampled_from([2, 4]), st.integers(0, 99))
def test_moves_agree_with_looking_at_every_panelist(panelists, statements, options, seed):
    before, after = (random_matrix(panelists, statements, options, seed + i) for i in (0, 1))
    moves = count_moves(before, after, options)
    for j in range(statements):
        pairs = [(x, y) for x, y in zip(before[:, j], after[:, j], strict=True) if x >= 0 and y >= 0]
        assert [pairs.count((x, y)) for x in range(options) for y in range(options)] == moves[j].ravel().tolist()


def test_permuting_panelists_changes_nothing():
    matrix = random_matrix(50, 3, 4)
    shuffled = np.random.default_rng(2).permutation(matrix)
    assert (count_matrix(matrix, 4).ratings == count_matrix(shuffled, 4).ratings).all()


def test_the_invited_may_be_more_than_the_rows():
    assert count_matrix(random_matrix(5, 2, 4), 4, invited=[9]).invited.tolist() == [9]


@pytest.mark.parametrize("options", [4, 9])
def test_counting_costs_little_more_than_reading(options):
    matrix = random_matrix(100_000, 200, options)

    def best(work):
        times = []
        for _ in range(3):
            start = perf_counter()
            work()
            times.append(perf_counter() - start)
        return min(times)

    assert best(lambda: count_matrix(matrix, options)) < 12 * best(lambda: np.sum(matrix, dtype=np.int64))


def test_a_wide_scale_is_counted_too():
    assert histogram(random_matrix(1000, 2, 101), 0, 100).sum() == (random_matrix(1000, 2, 101) >= 0).sum()
