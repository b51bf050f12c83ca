"""Consensus indices against published values, R, and their definitions over raw ratings."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_cases import approx, claim, count

from delphi.statistics.base.result import Reason
from delphi.statistics.one_statement import dispersion, indices, van_der_eijk

ORDINAL = (indices.consensus_cns, van_der_eijk.agreement_a, indices.leik_d, indices.blair_lacy_l2, indices.iov)
tables = st.lists(st.integers(0, 9), min_size=3, max_size=9).filter(lambda f: sum(f) >= 2)


@claim("cns")
def test_cns(case):
    assert indices.consensus_cns(case["input"]["freq"]).value == approx(case["expected"]["cns"], case)


@claim("vdeijk")
def test_van_der_eijk(case):
    assert van_der_eijk.agreement_a(case["input"]["freq"]).value == approx(case["expected"]["A"], case)


@claim("vdeijk", files="09")
def test_van_der_eijk_needs_three_categories(case):
    assert van_der_eijk.agreement_a(case["input"]).reason is Reason.NEEDS_3_CATEGORIES
    assert van_der_eijk.polarisation(case["input"]).reason is Reason.NEEDS_3_CATEGORIES


@claim("leik")
def test_leik(case):
    assert indices.leik_d(case["input"]["freq"]).value == approx(case["expected"]["D"], case)


@claim("blair_lacy")
def test_blair_lacy(case):
    assert indices.blair_lacy_l2(case["input"]["freq"]).value == approx(case["expected"]["l2"], case)


@claim("iov")
def test_iov(case):
    assert indices.iov(case["input"]["freq"]).value == approx(case["expected"]["iov"], case)


@claim("pairwise_agreement", files="08")
def test_pairwise_agreement(case):
    assert dispersion.pairwise_agreement(case["input"]["freq"]).value == approx(case["expected"]["pwa"], case)


@claim("rwg_ad", files="08")
def test_deviation_indices(case):
    expected = case["expected"]
    f = [case["input"]["ratings"].count(v) for v in range(1, case["input"]["scale_points"] + 1)]
    assert dispersion.r_wg(f).value == approx(expected["rwg"], case)
    assert dispersion.ad_median(f).value == approx(expected["ad_median"], case)
    assert dispersion.one_minus_relative_sd(f).value == approx(expected["one_minus_sd_over_max"], case)


@claim("bimodality")
def test_bimodality(case):
    f, values = count(case["input"]["x"])
    skewness, kurtosis = dispersion.sample_shape(f, values)
    expected = case["expected"]
    assert float(skewness) == approx(expected["skew_G1"], case)
    assert float(kurtosis) == approx(expected["exkurt_G2"], case)
    assert dispersion.bimodality_coefficient(f, values).value == approx(expected["bc"], case)


def test_bimodality_says_why_it_is_undefined():
    assert dispersion.bimodality_coefficient([2, 0, 1]).reason is Reason.N_BELOW_4
    assert dispersion.bimodality_coefficient([0, 9, 0]).reason is Reason.NO_VARIATION


def test_target_outside_the_scale_is_an_error_of_the_program():
    with pytest.raises(ValueError, match="outside the scale"):
        indices.targeted_agreement([1, 2], tau=2)


@given(tables)
def test_indices_ignore_the_direction_of_the_scale(f):
    for index in (*ORDINAL, dispersion.pairwise_agreement, dispersion.r_wg, dispersion.ad_median):
        assert index(f).value == pytest.approx(index(f[::-1]).value, abs=1e-12)


@given(tables)
def test_indices_do_not_change_when_every_panelist_is_doubled(f):
    for index in (indices.consensus_cns, van_der_eijk.agreement_a, indices.leik_d, indices.blair_lacy_l2):
        assert index(f).value == pytest.approx(index([2 * count for count in f]).value, abs=1e-12)


@given(tables)
def test_indices_keep_their_bounds(f):
    assert -1 <= van_der_eijk.agreement_a(f).value <= 1
    for index in (indices.consensus_cns, indices.leik_d, indices.blair_lacy_l2, indices.iov):
        assert 0 <= index(f).value <= 1 + 1e-12


@given(st.lists(tables, min_size=1, max_size=4))
def test_a_table_gives_what_its_rows_give(rows):
    k = max(map(len, rows))
    table = [row + [0] * (k - len(row)) for row in rows]
    for index in (*ORDINAL, dispersion.r_wg, dispersion.ad_median, dispersion.bimodality_coefficient):
        assert index.table(table).tolist() == pytest.approx([index(row).value for row in table])


@given(tables)
def test_counts_give_what_raw_ratings_give(f):
    x = np.repeat(np.arange(len(f)), f)
    pairs = list(combinations(x.tolist(), 2))
    n, k = len(x), len(f)
    largest = (n**2 - n % 2) * (k - 1) / 4
    assert indices.iov(f).value == pytest.approx(sum(abs(a - b) for a, b in pairs) / largest)
    assert dispersion.pairwise_agreement(f).value == pytest.approx(sum(a == b for a, b in pairs) / len(pairs))
    assert dispersion.r_wg(f).value == pytest.approx(1 - x.var(ddof=1) / ((k**2 - 1) / 12))
    assert dispersion.ad_median(f).value == pytest.approx(np.abs(x - np.median(x)).mean())
    cns = 1 + np.log2(1 - np.abs(x - x.mean()) / (k - 1)).mean()
    assert indices.consensus_cns(f).value == pytest.approx(cns, abs=1e-9)


def test_two_camps_need_both_ends():
    assert dispersion.two_camps([3, 0, 6, 3], low={0, 1}, high={2, 3}) is True
    assert dispersion.two_camps([2, 0, 7, 3], low={0, 1}, high={2, 3}) is False
