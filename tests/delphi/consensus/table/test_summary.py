from fractions import Fraction

import numpy as np
import pytest

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.summary import figures, round_means

FOUR, FIVE = Definition.of(SCALES["agree4_nq"]), Definition.of(SCALES["agree5"])


def test_figures_of_one_statement():
    [row] = figures(Counts.of([1, 2, 4, 4]), FOUR)
    assert (row.n_rated, row.agree_k, row.combined_k, row.disagree_k, row.neutral_k) == (11, 4, 8, 3, None)
    assert (row.median, row.q1, row.q3, row.iqr) == (3, Fraction(5, 2), 4, Fraction(3, 2))
    assert (row.mean, row.modes) == (3, (3, 4))
    assert row.sd == pytest.approx(np.std([1] + [2] * 2 + [3] * 4 + [4] * 4, ddof=1))


def test_a_neutral_option_stays_in_n():
    [row] = figures(Counts.of([0, 0, 5, 3, 2]), FIVE)
    assert (row.neutral_k, row.percent(row.combined_k)) == (5, 50)


def test_nobody_rated():
    [row] = figures(Counts.of([0, 0, 0, 0]), FOUR)
    assert (row.median, row.iqr, row.mean, row.sd, row.modes, row.percent(0)) == (None, None, None, None, (), None)


def test_one_rating_has_no_spread():
    [row] = figures(Counts.of([0, 1, 0, 0]), FOUR)
    assert (row.sd, row.iqr, row.median) == (None, 0, 2)


def test_the_median_does_not_follow_the_quantile_type():
    [row] = figures(Counts.of([1, 1, 1, 1, 1]), Definition.of(SCALES["agree5"], quantile_type=3))
    assert row.median == 3


def test_groups_are_taken_together():
    assert figures(Counts.of([[[1, 0, 0, 0], [0, 0, 0, 1]]]), FOUR)[0].counts == (1, 0, 0, 1)


def rows(n, dissents):
    return figures(Counts.of([[d, 0, 0, n - d] for d in dissents]), FOUR)


def test_the_headlines_of_the_reference_design():
    # last round of 49: 20 dissents among 20 statements, 2 among 15 recommendations (METHOD 13.6)
    statements, recommendations = rows(49, [1] * 20), rows(49, [1, 1] + [0] * 13)
    assert float(round_means(statements).combined["exact_shares"]) == pytest.approx(97.96, abs=0.005)
    assert float(round_means(recommendations).combined["exact_shares"]) == pytest.approx(99.73, abs=0.005)
    assert round_means(recommendations).unanimous == 13


def test_the_order_of_rounding_matters():
    means = round_means(rows(57, [1, 1] + [0] * 13)).combined
    assert [f"{float(means[method]):.2f}" for method in means] == ["99.77", "99.73", "99.77"]


def test_items_nobody_rated_are_left_out_and_counted():
    means = round_means(rows(0, [0]))
    assert (means.items, means.unrated, means.combined["exact_shares"], means.n_most) == (0, 1, None, 0)


def test_more_than_five_per_cent_dissent():
    assert [round_means(rows(20, [d])).dissent_above_5 for d in (0, 1, 2)] == [0, 0, 1]


def test_dissent_without_a_disagreement_set():
    from delphi.consensus.scale import Scale

    definition = Definition.of(Scale.from_zones(1, 4, (3, 4)))
    [row] = figures(Counts.of([1, 1, 1, 17]), definition)
    assert (row.disagree_k, row.dissent_k) == (None, 2)
