"""Content validity against the published tables."""

from oracle_cases import approx, claim

from delphi.statistics.base.result import Reason
from delphi.statistics.one_statement import content_validity as cv
from delphi.statistics.one_statement import lawshe


@claim("cvr_table")
def test_critical_values(case):
    alpha = str(case["input"]["alpha"])
    found = [lawshe.cvr_critical(n, alpha) for n in case["input"]["n"]]
    expected = case["expected"]
    assert [value.count for value in found] == expected["ncrit"]
    for name, printed in (("cvr", "cvr_crit"), ("p", "p")):
        for value, figure in zip(found, expected.get(printed, []), strict=False):
            assert getattr(value, name) == approx(figure, case)


@claim("cvr_significance", files="09")
def test_four_judges_prove_nothing(case):
    k, n = case["input"]["essential"], case["input"]["n"]
    assert lawshe.cvr(k, n).value == case["expected"]["cvr"]
    assert lawshe.cvr_significant(k, n) is case["expected"]["significant"]
    assert lawshe.cvr_critical(n).reason is Reason.NO_ATTAINABLE_CRITICAL_VALUE


def test_counts_are_compared_not_printed_ratios():
    assert lawshe.cvr_significant(8, 9) is True  # CVR 0.7777… is below the printed 0.778


@claim("icvi")
def test_item_index(case):
    pairs = list(zip(case["input"]["a"], case["input"]["n"], strict=True))
    expected = case["expected"]
    assert [cv.i_cvi(a, n).value for a, n in pairs] == approx(expected["icvi"], case)
    assert [float(cv.chance_agreement(a, n)) for a, n in pairs] == approx(expected["pc"], case)
    assert [cv.modified_kappa(a, n).value for a, n in pairs] == approx(expected["kstar"], case)


def test_nobody_judged():
    for result in (
        lawshe.cvr(0, 0),
        cv.i_cvi(0, 0),
        cv.modified_kappa(0, 0),
        cv.s_cvi_ave([]),
        lawshe.cvi_lawshe([(0, 0)]),
    ):
        assert result.reason is Reason.NO_RATINGS


def test_aiken_spans_the_scale():
    assert cv.aiken_v.table([[3, 0, 0], [0, 0, 3], [0, 3, 0]]).tolist() == [0, 1, 0.5]
