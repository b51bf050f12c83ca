"""Description of one statement: exact, tie-honest, None with a reason."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_cases import approx, claim, count

from delphi.statistics.base.measure import as_counts
from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.one_statement import quantiles
from delphi.statistics.one_statement.description import category_shares, cv, mean, modes, quartiles, sd

tables = st.lists(st.integers(0, 9), min_size=2, max_size=9).filter(lambda f: sum(f) >= 2)


@claim("cv")
def test_mean_sd_cv(case):
    f, values = count(case["input"]["x"])
    assert mean(f, values).value == approx(case["expected"]["mean"], case)
    assert sd(f, values).value == approx(case["expected"]["sd"], case)
    assert cv(f, values, has_true_zero=True).value == approx(case["expected"]["cv"], case)


@claim("cv", files="09")
def test_cv_needs_a_ratio_scale(case):
    f, values = count(case["input"])
    assert cv(f, values, has_true_zero=True).reason is Reason.SCALE_NOT_RATIO
    assert cv([1, 2, 3], [1, 2, 3]).reason is Reason.SCALE_NOT_RATIO
    assert cv([0, 0]).reason is Reason.NO_RATINGS


@claim("sd", files="09")
def test_sd_of_one_rating(case):
    assert sd(*count(case["input"])).reason is Reason.N_BELOW_2


@claim("median", files="09")
def test_median_of_nobody(case):
    found = quartiles(*count(case["input"]))
    assert (found.median, found.reason) == (None, Reason.NO_RATINGS)


@claim("iqr", files="09")
def test_iqr_of_one_rating(case):
    found = quartiles(*count(case["input"]))
    assert (found.iqr, found.flags) == (0, (Flag.N_BELOW_2,))


@claim("quantiles")
def test_nine_quantile_types(case):
    x, expected = case["input"]["x"], case["expected"]
    f, values = count(x)
    for type_ in quantiles.TYPES:
        raw = [quantiles.quantile_of_values(x, Fraction(p), type=type_) for p in case["input"]["p"]]
        assert [float(q) for q in raw] == approx(expected[f"type{type_}"], case)
        assert raw == [quantiles.quantile(f, Fraction(p), type=type_, values=values) for p in case["input"]["p"]]
    assert [float(h) for h in quantiles.tukey_hinges(f, values=values)] == approx(expected["tukey_hinges"], case)
    assert float(quantiles.median(f, values=values)) == approx(expected["median"], case)


@claim("quartile_interpolation_weights")
def test_quartile_signature(case):
    for row in case["expected"]:
        for type_ in case["input"]["types"]:
            weights = row["interpolation_weight"][f"type{type_}"]
            found = quantiles.quartile_signature(12 + row["n_mod_4"], type=type_)
            assert found == (Fraction(weights["1/4"]), Fraction(weights["3/4"]))


@given(tables)
def test_counts_give_what_raw_ratings_give(f):
    x = np.repeat(np.arange(len(f)) + 1, f)
    values = np.arange(len(f)) + 1
    assert mean(f, values).value == pytest.approx(x.mean())
    assert sd(f, values).value == pytest.approx(x.std(ddof=1), abs=1e-9)
    assert quartiles(f, values).median == np.median(x)
    assert category_shares(f).tolist() == pytest.approx([(x == v).mean() for v in values])


@given(tables)
def test_modes_are_all_the_largest(f):
    assert modes(f) == tuple(i for i, n in enumerate(f) if n == max(f))


@given(tables)
def test_mirroring_the_scale_keeps_the_iqr(f):
    for type_ in (2, 5, 6, 7, 8, 9):
        assert quartiles(f, type=type_).iqr == quartiles(f[::-1], type=type_).iqr


@given(tables, st.data())
def test_a_step_towards_the_median_never_widens_the_iqr(f, data):
    middle = quartiles(f).median
    below = [i for i, n in enumerate(f) if n and i + 1 <= middle]
    if not below:
        return
    at = data.draw(st.sampled_from(below))
    moved = [n - (i == at) + (i == at + 1) for i, n in enumerate(f)]
    for type_ in (2, 6, 7):
        assert quartiles(moved, type=type_).iqr <= quartiles(f, type=type_).iqr


@given(tables)
def test_grouped_median_lies_in_the_median_category(f):
    found = quantiles.grouped_median(f)
    assert quantiles.quantile(f, Fraction(1, 2), type=1) - Fraction(1, 2) <= found
    assert found <= quantiles.quantile(f, Fraction(1, 2), type=1) + Fraction(1, 2)


def test_no_ratings_are_masked_in_tables():
    assert mean.table([[0, 0], [1, 1]]).tolist() == [None, 0.5]
    assert quantiles.grouped_median([0, 0]) is None
    assert quantiles.tukey_hinges([0, 0]) is None


def test_wrong_counts_are_errors_of_the_program():
    with pytest.raises(ValueError, match="negative"):
        as_counts([-1, 2])
    with pytest.raises(ValueError, match="whole"):
        as_counts([0.5])
    with pytest.raises(ValueError, match="one statement"):
        mean([[1, 2], [3, 4]])
