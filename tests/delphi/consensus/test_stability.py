from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.stability import StabilityRule, composition_changed, moves_of
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


def moved_share(before, after, left, joined):
    """The furthest that a share can have moved, by trying everybody who may have left or joined; None without raters."""
    (agreed, rated), (agree, rate) = before, after
    goes = [(x, y) for x in range(min(left, agreed) + 1) for y in range(min(left - x, rated - agreed) + 1)]
    come = [(x, y) for x in range(min(joined, agree) + 1) for y in range(min(joined - x, rate - agree) + 1)]
    shares = [
        Fraction(agreed - x + u, rated - x - y + u + v)
        for (x, y), (u, v) in product(goes, come)
        if rated - x - y + u + v
    ]
    return max(abs(share - Fraction(agreed, rated)) for share in shares)


@given(*[st.integers(0, 14)] * 4, st.integers(0, 5), st.integers(0, 5))
def test_composition_is_said_exactly_where_it_could_move_a_share(agreed, against, agree, rest, left, joined):
    before, after = (agreed, agreed + against), (agree, agree + rest)
    found = composition_changed(before, after, left, joined)
    if not before[1] or not after[1]:
        assert not found
    else:
        assert found is (moved_share(before, after, left, joined) >= Fraction(1, 10))


def test_the_same_five_and_three_others_change_the_composition():
    assert composition_changed((5, 10), (5, 8), 5, 3)
    assert not composition_changed((20, 25), (21, 26), 0, 1)
    assert composition_changed((8, 10), (9, 10), 1, 1)  # 8 of 10 to 9 of 10: ten points
    assert not composition_changed((1, 30), (1, 30), 5, 0)  # of five who left, one at most agreed
