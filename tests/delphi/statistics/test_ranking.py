"""Rankings, choices and estimates against published examples and brute force."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_cases import approx, claim

from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.estimates import cooke, estimates
from delphi.statistics.ranking import choices, kemeny, ranking


@claim("rank_aggregation")
def test_rank_aggregation(case):
    expected, weights = case["expected"], case["input"]["weights"]
    items = sorted(expected["borda"])
    ballots = [ranking.ballot_of(order, items) for order in case["input"]["ballots"]]
    pairwise = ranking.pairwise_matrix(ballots, weights)
    best = kemeny.kemeny(pairwise)
    assert dict(zip(items, ranking.borda(ballots, weights).values, strict=True)) == approx(expected["borda"], case)
    found = dict(zip(items, ranking.mean_rank(ballots, weights).values, strict=True))
    assert found == approx(expected["mean_rank"], case)
    assert [">".join(items[i] for i in order) for order in best.orders] == expected["kemeny"]
    assert best.score == expected["kemeny_score"]
    for pair, votes in expected["pairwise"].items():
        a, b = (items.index(item) for item in pair.split(">"))
        assert pairwise[a, b] == votes


def test_condorcet_winner_of_tennessee_and_none_in_a_cycle():
    assert ranking.condorcet_winner(np.array([[0, 3, 3], [2, 0, 4], [2, 1, 0]])) == 0
    assert ranking.condorcet_winner(np.array([[0, 3, 1], [1, 0, 3], [3, 1, 0]])) is None


def test_partial_and_blank_ballots():
    ballots = [[1, 2, None, None], [None, None, None, None], [1, 1, 3, 4]]
    found = ranking.borda(ballots)
    assert (found.values, found.n, found.blank) == ((5.5, 4.5, 1.5, 0.5), 2, 1)
    assert ranking.borda(ballots, unranked="zero").values == (5.5, 4.5, 1.0, 0.0)
    assert ranking.borda([[1, 2]], base=1).values == (2.0, 1.0)
    assert ranking.mean_rank([[None, None]]).reason is Reason.NO_RATINGS
    assert ranking.first_choices([[None, None]]) == ()


squares = st.lists(st.lists(st.integers(0, 5), min_size=4, max_size=4), min_size=4, max_size=4)


@given(squares)
def test_kemeny_finds_every_best_order(rows):
    pairwise = np.array(rows)

    def score(order):
        return sum(pairwise[a, b] for i, a in enumerate(order) for b in order[i + 1 :])

    scores = {order: score(order) for order in permutations(range(4))}
    best = {order for order, value in scores.items() if value == max(scores.values())}
    found = kemeny.kemeny(pairwise)
    assert found.score == max(scores.values())
    assert set(found.orders) <= best
    assert len(found.orders) == min(len(best), 10)
    assert found.more == (len(best) > 10)
    assert found.flags == ((Flag.TIE,) if len(best) > 1 else ())


def test_a_cycle_of_many_items_is_improved():
    """Borda's order of these ballots is not the best one."""
    pairwise = np.zeros((13, 13), dtype=int)
    pairwise[np.triu_indices(13, 1)] = 2
    pairwise[1, 12] = pairwise[0, 1] = 0
    pairwise[1, 0] = pairwise[12, 1] = 30
    found = kemeny.kemeny(pairwise).orders[0]
    assert found.index(1) < found.index(0)


def test_many_items_are_ordered_heuristically():
    order = list(np.random.default_rng(2).permutation(15))
    ballots = [[order.index(i) + 1 for i in range(15)]] * 3
    found = kemeny.kemeny(ranking.pairwise_matrix(ballots))
    assert (found.orders, found.flags) == ((tuple(order),), (Flag.HEURISTIC,))


@claim("best_worst_scaling")
def test_best_worst(case):
    found = choices.best_worst_counts([(s["items"], s["best"], s["worst"]) for s in case["input"]["sets"]])
    names = {"appearances": "shown", "bw": "net", "std": "share"}
    for item, expected in case["expected"].items():
        for name, value in expected.items():
            assert getattr(found[item], names.get(name, name)) == approx(value, case)
    assert sum(item.net for item in found.values()) == 0


def test_choices_are_checked_at_entry():
    with pytest.raises(ValueError, match="two of the items"):
        choices.best_worst_counts([(["a", "b"], "a", "c")])
    with pytest.raises(ValueError, match="sums to 90"):
        choices.points([[50, 40]])
    assert choices.points([]) == []
    assert choices.points([[60, 40], [20, 80]])[0].iqr == 20


@claim("lognormal_pool")
def test_pools(case):
    expected, given_ = case["expected"], (case["input"]["median"], case["input"]["sigma_log"])
    quantiles = case["input"]["p"]
    assert [estimates.linear_pool(*given_, p).value for p in quantiles] == approx(expected["linear_pool"], case)
    averages = [estimates.quantile_average(*given_, p).value for p in quantiles]
    assert averages == approx(expected["quantile_average_log"], case)
    geometric = estimates.geometric_mean_of_medians(given_[0]).value
    assert geometric == approx(expected["geometric_mean_of_medians"], case)
    assert estimates.median_of_medians(given_[0]).value == approx(expected["median_of_medians"], case)


@claim("cooke_cal")
def test_cooke(case):
    found, expected = cooke.cooke_calibration(case["input"]["counts"], case["input"]["p"]), case["expected"]
    assert (found.statistic, found.df) == approx((expected["statistic"], expected["df"]), case)
    assert found.value == approx(expected["calibration"], case)


def test_nobody_estimated():
    for result in (
        estimates.linear_pool([], [], 0.5),
        estimates.quantile_average([], [], 0.5),
        estimates.geometric_mean_of_medians([]),
        estimates.median_of_medians([]),
        estimates.mean_best([]),
        estimates.median_best([]),
        estimates.numeric_summary([]),
        cooke.cooke_calibration([0, 0], [0.5, 0.5]),
        cooke.cooke_information([0.5, 0.5], []),
    ):
        assert result.reason is Reason.NO_RATINGS


def test_never_is_ordered_after_every_number():
    found = estimates.numeric_summary([2030, 2040, 2050], never=2)
    assert (found.median, found.q3, found.reason) == (Fraction(2050), None, Reason.CENSORED)
    assert found.share_never == 0.4
    assert estimates.numeric_summary([1, 10, 100], logarithmic=True).geometric_mean == pytest.approx(10)


# Round-2 best estimates of claim 100. metamelb-repliCATS, aggreCAT, github.com/metamelb-repliCATS/aggreCAT,
# commit 7da29a8, MIT; its published ArMean and Median follow.
CLAIM_100 = [39, 70, 65, 88, 50, 60, 80, 80, 80, 85, 70, 85, 80, 55, 75, 85, 88, 60, 85, 70, 65, 80, 80, 75, 15]


def test_probabilities_of_a_published_claim():
    assert estimates.mean_best(CLAIM_100).value == pytest.approx(0.706, abs=1e-12)
    assert estimates.median_best(CLAIM_100).value == pytest.approx(0.75, abs=1e-12)
