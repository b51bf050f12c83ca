"""Functions that serve large panels give what the plain ones give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.matrix import count_moves
from delphi.statistics.agreement.concordance import kendall_w, kendall_w_gaps, mid_ranks
from delphi.statistics.agreement.large_panel import kendall_w_codes
from delphi.statistics.base.tails import fair_coin_p
from delphi.statistics.change.paired import differences
from delphi.statistics.change.paired_tests import sign_test, sign_test_of_moves, signed_rank, signed_rank_of_moves


def random_codes(panelists, statements, options, seed, gaps=3):
    codes = np.random.default_rng(seed).integers(-gaps, options, (panelists, statements), dtype=np.int8)
    return np.asfortranarray(codes)


@given(st.integers(0, 9), st.integers(0, 5), st.integers(2, 5), st.integers(0, 999), st.sampled_from([0, 1, 3]))
def test_w_of_codes_is_w_with_gaps(panelists, statements, options, seed, gaps):
    codes = random_codes(panelists, statements, options, seed, gaps)
    plain = kendall_w_gaps(np.where(codes >= 0, codes, np.nan), permutations=1)
    found = kendall_w_codes(codes, options)
    picked = ("m", "n", "ratings", "panelists_dropped", "reason")
    assert [getattr(found, name) for name in picked] == [getattr(plain, name) for name in picked]
    assert found.value == pytest.approx(plain.value, abs=1e-9)
    assert (found.p_permutation, found.flags) == (None, ())


def test_w_of_a_large_panel_without_gaps_is_exact():
    codes = random_codes(10_000, 20, 9, 1, gaps=0)
    assert kendall_w_codes(codes, 9).value == pytest.approx(kendall_w(codes).value, rel=1e-12)


def test_more_statements_than_a_byte_counts():
    codes = random_codes(5, 300, 2, 1)
    assert kendall_w_codes(codes, 2).value == pytest.approx(
        kendall_w_gaps(np.where(codes >= 0, codes, np.nan), permutations=1).value
    )


def test_ranks_of_many_rows_are_those_of_each_row():
    matrix = np.random.default_rng(1).integers(0, 5, (3000, 40)).astype(float)
    matrix[7, 3] = np.nan
    for row in (0, 7, 2500, 2999):
        np.testing.assert_array_equal(mid_ranks(matrix)[row], mid_ranks(matrix[row : row + 1])[0])


@given(st.lists(st.integers(0, 5), min_size=16, max_size=16), st.sampled_from(["wilcoxon", "pratt"]))
def test_paired_tests_of_a_table_are_those_of_its_pairs(cells, zeros):
    table = np.array(cells).reshape(4, 4)
    assert signed_rank_of_moves(table, zeros=zeros) == signed_rank(differences(table), zeros=zeros)
    assert sign_test_of_moves(table) == sign_test(differences(table))


@pytest.mark.parametrize(("n", "k"), [(1001, 480), (2000, 1000), (5000, 2300)])
def test_many_tosses_agree_with_the_normal_approximation(n, k):
    from scipy.stats import norm

    assert fair_coin_p(n, k) == pytest.approx(
        min(1, 2 * norm.cdf((min(k, n - k) + 0.5 - n / 2) / (n**0.5 / 2))), abs=2e-3
    )
    assert fair_coin_p(1000, 480) == pytest.approx(0.2174, abs=1e-3)


@pytest.mark.parametrize("options", [2, 9, 13, 14, 101])
def test_moves_are_counted_on_scales_of_any_length(options):
    before, after = random_codes(500, 2, options, 1), random_codes(500, 2, options, 2)
    moves = count_moves(before, after, options)
    for j in range(2):
        pairs = [(x, y) for x, y in zip(before[:, j].tolist(), after[:, j].tolist(), strict=True) if x >= 0 <= y]
        expected = np.zeros((options, options), dtype=int)
        for x, y in pairs:
            expected[x, y] += 1
        assert (moves[j] == expected).all()
