import pytest

from delphi.consensus.stopping import Dajani, RoundState, StoppingRule, dajani_class, stopping_advice


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        ((2, 2, 6), Dajani.MAJORITY),
        ((4, 2, 4), Dajani.BIPOLAR),
        ((2, 3, 5), Dajani.PLURALITY),
        ((3, 4, 4), Dajani.DISAGREEMENT),
        ((0, 0, 0), Dajani.ANOTHER_ROUND),
    ],
)
def test_stable_statements_are_classed(zones, expected):
    assert dajani_class(zones, stable=True, consensus=False) is expected


def test_stability_comes_before_consensus():
    assert dajani_class((0, 0, 9), stable=False, consensus=True) is Dajani.ANOTHER_ROUND
    assert dajani_class((0, 0, 9), stable=True, consensus=True) is Dajani.CONSENSUS


def test_advice_says_met_not_met_or_not_computable():
    rule = StoppingRule(max_rounds=2, consensus_share="80", stable_share="2/3", response_floor="60")
    advice = stopping_advice(RoundState(2, (15, 20), None, (20, 40)), rule)
    assert [(c.name, c.met) for c in advice] == [
        ("max_rounds", True),
        ("consensus_share", False),
        ("stable_share", None),
        ("response_floor", True),
    ]
    assert stopping_advice(RoundState(1, None, None, None), StoppingRule()) == []
