"""Verdicts on rounds of a million ratings rest on exact integers and take no longer."""

from fractions import Fraction
from time import process_time

import numpy as np
import pytest

from delphi.consensus.analysis import Definition
from delphi.consensus.disclosure.small_cells import possible_complement_sums
from delphi.consensus.firmness.robustness import bootstrap_verdict, fragility, leave_one_out
from delphi.consensus.rules.moments import CvRule, SdRule
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.stability import StabilityRule, moves_of

MILLION = 1_000_000
WIDE = np.array([[0, MILLION - 3, 0, 0, 3], [MILLION // 2, 0, 0, 0, MILLION // 2], [3, 0, 0, 0, MILLION]])


def exact_moments(f):
    values = range(1, 6)
    n = int(sum(f))
    mean = Fraction(sum(int(c) * v for c, v in zip(f, values, strict=True)), n)
    return mean, sum(int(c) * (v - mean) ** 2 for c, v in zip(f, values, strict=True)) / (n - 1)


@pytest.mark.parametrize("bound", ["0.005", "0.0051", "0.0069", "0.00693", "1.99999", "2.00001"])
def test_large_deviations_are_compared_as_fractions(bound):
    expected = [exact_moments(f)[1] < Fraction(bound) ** 2 for f in WIDE]
    found = SdRule(max_sd=bound, min_mean="1").judge(WIDE)
    assert [detail["concordant"] for detail in found.detail] == expected


@pytest.mark.parametrize("bound", ["0.0025", "0.0026", "0.00139", "0.66666", "0.66667"])
def test_large_coefficients_of_variation_are_compared_as_fractions(bound):
    moments = [exact_moments(f) for f in WIDE]
    expected = [variance < (Fraction(bound) * mean) ** 2 for mean, variance in moments]
    found = CvRule(max_cv=bound, weak="0.8", min_mean="1", has_true_zero=True).judge(WIDE)
    assert [detail["concordant"] for detail in found.detail] == expected


@pytest.mark.parametrize(
    "bound",
    ["0.6", "0.99999", "0.66666667", "0.123456789012", "0.987654321098", "0.999999999999", "0.9234567890123456"],
)
def test_stability_compares_fine_bounds_in_integers(bound):
    table = np.diag([400, 400, 0, 0, 200]) + np.eye(5, k=1, dtype=int)
    moves = moves_of(table, 1, (4, 5), StabilityRule(min_coefficient=bound))
    assert moves.stable == ("stable" if moves.coefficient >= Fraction(bound) else "unstable")


def test_firmness_takes_no_longer_with_a_million():
    definition, f = Definition.of(SCALES["agree5"]), [10, 20, 30, MILLION, 3 * MILLION]
    start = process_time()
    assert bootstrap_verdict(f, definition).shares["in"] == 1
    assert leave_one_out(f, definition).flips == 0
    assert fragility(f, definition).moves is None
    assert process_time() - start < 5


def test_sums_of_a_large_panel_are_found_at_once():
    start = process_time()
    found = possible_complement_sums("3.9", MILLION, "3.8", MILLION // 2, 1, 1, 5)
    assert (found[0], found[-1]) == (3_850_000 - 1_924_999, 3_949_999 - 1_875_000)
    assert process_time() - start < 5
