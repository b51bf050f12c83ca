"""Figures of large counts against exact fractions, and approximations of large panels against what they replace."""

from fractions import Fraction
from math import comb, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import delphi.statistics as measures
from delphi.statistics.agreement import concordance
from delphi.statistics.base.result import Flag
from delphi.statistics.base.tails import fair_coin_share, fair_coin_tail
from delphi.statistics.one_statement import median_intervals

MILLION = 1_000_000


def exact_ranks(ties):
    """Mid-ranks of each category less their mean, as fractions."""
    below = [sum(ties[:i]) for i in range(len(ties))]
    return [Fraction(2 * b + t + 1, 2) - Fraction(sum(ties) + 1, 2) for b, t in zip(below, ties, strict=True)]


cells = st.lists(st.integers(0, 9), min_size=9, max_size=9).filter(lambda cells: sum(cells) > 1)


@given(cells, st.sampled_from([1, 250, 10**5, 10**6]))
def test_rank_correlation_of_any_size_is_exact(drawn, times):
    t = (np.array(drawn) * times).reshape(3, 3)
    rows, columns = t.sum(1).tolist(), t.sum(0).tolist()
    x, y = exact_ranks(rows), exact_ranks(columns)
    covariance = sum(x[i] * y[j] * int(t[i, j]) for i in range(3) for j in range(3))
    squares = [sum(r * r * n for r, n in zip(*side, strict=True)) for side in ((x, rows), (y, columns))]
    found = measures.rank_correlation(t).value
    if not all(squares):
        assert found is None
    else:
        assert found == pytest.approx(float(covariance) / sqrt(squares[0] * squares[1]), rel=1e-12, abs=1e-15)


@given(cells, st.sampled_from([1, 250, 10**5, 10**6]))
def test_kruskal_wallis_of_any_size_is_exact(drawn, times):
    f = (np.array(drawn) * times).reshape(3, 3)
    f = f[f.sum(1) > 0]
    ties, n = f.sum(0).tolist(), int(f.sum())
    found = measures.kruskal_wallis(f)
    if len(f) < 2 or np.count_nonzero(ties) == 1:
        assert found.h in (None, 0.0)
        return
    ranks = exact_ranks(ties)
    sums = [sum(r * c for r, c in zip(ranks, row, strict=True)) ** 2 / sum(row) for row in f.tolist()]
    variance = Fraction(n**3 - n - sum(t**3 - t for t in ties), 12 * (n - 1))
    assert found.h == pytest.approx(float(sum(sums) / variance), rel=1e-12, abs=1e-9)


@given(cells, st.sampled_from([1, 250, 10**6]))
def test_deviation_of_any_size_is_exact(drawn, times):
    f, v = [c * times for c in drawn], [2000 + 90 * i for i in range(9)]
    n, total = sum(f), sum(c * x for c, x in zip(f, v, strict=True))
    squares = n * sum(c * x * x for c, x in zip(f, v, strict=True)) - total**2
    assert measures.sd(f, v).value == pytest.approx(sqrt(Fraction(squares, n * (n - 1))), rel=1e-14)


def test_signed_ranks_of_millions_have_a_p():
    found = measures.signed_rank_of_moves([[MILLION, 2 * MILLION], [2 * MILLION - 900, MILLION]])
    # all changes are of one step, so that the test is one of signs
    assert found.p_uncorrected == pytest.approx(2 * NormalDist().cdf(-900 / sqrt(4 * MILLION - 900)), rel=1e-9)
    assert found.p == pytest.approx(found.p_uncorrected, rel=1e-3)


def test_mann_whitney_of_millions_has_the_z_of_a_share():
    found = measures.mann_whitney([2_000_000, 2_001_000], [2_001_000, 2_000_000])
    # with two options the variance is that of a hypergeometric count
    n, m = 8_002_000, 4_001_000
    variance = m * m * Fraction(m * m, n * n * (n - 1))
    assert found.u == m * m // 2 + m * 500
    assert found.p == pytest.approx(2 * NormalDist().cdf(-500 / sqrt(variance)), rel=1e-3)


def test_spearman_of_values_that_all_differ():
    x = np.arange(200_000)
    assert measures.spearman(x, x[::-1]).value == -1
    assert measures.spearman(x, (x * 7919) % 200_000).value == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("level", ["1/40", "1/20", "1/1000"])
@pytest.mark.parametrize("n", [1001, 1500, 4000])
def test_large_tails_are_those_of_whole_numbers(n, level):
    limit, tails, ways, rank = Fraction(level) * 2**n, 0, 1, 0
    while tails + ways <= limit:
        tails, ways, rank = tails + ways, comb(n, rank + 1), rank + 1
    found = fair_coin_tail(n, Fraction(level))
    assert found == (rank, pytest.approx(float(Fraction(tails, 2**n)), rel=1e-12))
    assert measures.cvr_critical(n, str(float(Fraction(level)))).count == n - rank + 1


@pytest.mark.parametrize(("n", "k"), [(1001, 500), (1001, 450), (1001, 90), (3000, 1), (3000, 1600)])
def test_large_shares_of_heads_are_those_of_whole_numbers(n, k):
    assert fair_coin_share(n, k) == pytest.approx(float(Fraction(comb(n, k), 2**n)), rel=1e-11)


@given(st.lists(st.integers(0, 40), min_size=5, max_size=5).filter(any))
def test_large_bootstrap_is_the_one_of_whole_numbers(f):
    exact = measures.bootstrap_median(f)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(median_intervals, "MANY_TOSSES", 0)
        rounded = measures.bootstrap_median(f)
    known = dict(zip(exact.support, exact.probability, strict=True))
    # Stirling's series needs a panel larger than this one for all its digits
    assert [known[value] for value in rounded.support] == pytest.approx(list(rounded.probability), abs=1e-4)
    assert sum(rounded.probability) == pytest.approx(1, abs=1e-9)


def test_rank_sums_of_large_panels_keep_the_p(monkeypatch):
    x = np.random.default_rng(3).integers(1, 6, (300, 5)).astype(float)
    gaps = np.where(np.random.default_rng(4).random(x.shape) < 0.2, np.nan, x)
    shuffled = [measures.kendall_w(x).p_permutation, measures.kendall_w_gaps(gaps).p_permutation]
    monkeypatch.setattr(concordance, "SHUFFLED", 0)
    drawn = [measures.kendall_w(x), measures.kendall_w_gaps(gaps)]
    assert [w.p_permutation for w in drawn] == pytest.approx(shuffled, abs=0.04)
    assert all(w.flags == (Flag.MONTE_CARLO, Flag.ASYMPTOTIC) for w in drawn)
