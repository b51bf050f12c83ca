from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.stability import StabilityRule, moves_of
from delphi.statistics.change.paired_agreement import COEFFICIENTS, ac2_transition, exact_coefficient, weighted_kappa


def test_nobody_in_both_rounds():
    moves = moves_of(np.zeros((4, 4), dtype=np.int64), 1, (3, 4))
    assert (moves.n_paired, moves.changed_pct, moves.delta_combined, moves.delta_median, moves.stable) == (
        0,
        None,
        None,
        None,
        "too_few",
    )


def test_nobody_moved():
    moves = moves_of(np.diag([0, 1, 4, 5]), 1, (3, 4))
    assert (moves.changed_pct, moves.delta_combined, moves.delta_median) == (0, 0, 0)
    assert (moves.coefficient, moves.stable) == (1, "stable")


def test_two_of_ten_moved_into_agreement():
    table = np.diag([0, 2, 3, 3])
    table[1, 3] = 2
    moves = moves_of(table, 1, (3, 4))
    assert (moves.changed_pct, moves.delta_combined, moves.delta_median) == (20, 20, Fraction(1, 2))
    assert moves.stable == "unstable"


def test_fifteen_per_cent_is_still_few():
    table = np.diag([0, 0, 10, 7])
    table[2, 3] = 3
    assert moves_of(table, 1, (3, 4)).stable == "stable"
    assert StabilityRule(max_changed="14.9").judge(20, 3, Fraction(0), Fraction(9, 10)) == "unstable"


@pytest.mark.parametrize(
    ("n", "shift", "coefficient", "expected"),
    [(4, "0", "1", "too_few"), (20, "1", "0.9", "unstable"), (20, "0", "0.5", "unstable"), (20, "0", "0.6", "stable")],
)
def test_every_bound_counts(n, shift, coefficient, expected):
    assert StabilityRule().judge(n, 1, Fraction(shift), Fraction(coefficient)) == expected


MEASURES = {
    "ac2_quadratic": ac2_transition,
    "kappa_quadratic": weighted_kappa,
    "kappa_linear": lambda table: weighted_kappa(table, "linear"),
}


@pytest.mark.parametrize("name", COEFFICIENTS)
@given(cells=st.lists(st.integers(0, 9), min_size=25, max_size=25))
def test_the_exact_coefficient_agrees_with_the_statistic(name, cells):
    table = np.array(cells).reshape(5, 5)
    exact, measured = exact_coefficient(table, name), MEASURES[name](table).value
    assert (exact is None) == (measured is None)
    assert exact is None or float(exact) == pytest.approx(measured, abs=1e-12)


def test_the_exact_coefficient_of_a_huge_panel_is_exact():
    table = np.diag([10**8, 10**8]) + 1
    assert exact_coefficient(table) == 1 - Fraction(2, 2 * 10**8 + 4) * 2


def test_the_coefficient_is_a_setting():
    skewed = np.array([[0, 1, 0, 0], [1, 18, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    found = {name: moves_of(skewed, 1, (3, 4), StabilityRule(coefficient=name)) for name in COEFFICIENTS}
    assert {name: moves.stable for name, moves in found.items()} == {
        "ac2_quadratic": "stable",
        "kappa_quadratic": "unstable",
        "kappa_linear": "unstable",
    }
    assert found["kappa_linear"].coefficient == Fraction(-1, 19)
    with pytest.raises(ValueError, match="is not one of ac2_quadratic"):
        StabilityRule(coefficient="alpha")


def test_nobody_moved_is_stable_without_a_coefficient():
    still = moves_of(np.diag([0, 0, 0, 9]), 1, (3, 4), StabilityRule(coefficient="kappa_linear"))
    assert (still.coefficient, still.stable) == (None, "stable")
