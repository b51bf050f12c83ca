"""A figure outside the range in which it must lie is an error, never a printed number."""

import pytest

import delphi.statistics as measures
from delphi.statistics.agreement import chance_corrected, concordance, reliability
from delphi.statistics.base.bounds import OutOfRange
from delphi.statistics.base.measure import MOST, as_counts, measure
from delphi.statistics.base.result import Reason
from delphi.statistics.change import paired
from delphi.statistics.groups import comparison
from delphi.statistics.one_statement import median_intervals


@pytest.mark.parametrize(("low", "high"), [(-1, 1), (0, 1)])
def test_a_figure_out_of_range_is_an_error(low, high):
    wrong = measure(within=(low, high))(lambda f: f.sum(-1) * 1.5)
    with pytest.raises(OutOfRange, match=r"is 1\.5, which"):
        wrong([1, 0])
    with pytest.raises(OutOfRange):
        wrong.table([[0, 0], [0, 2]])
    assert measure(within=(low, high))(lambda f: f.sum(-1) * (1 + 1e-15))([1, 0]).value == 1


@pytest.mark.parametrize(
    "made",
    [
        lambda: measures.Result(float("nan"), 3),
        lambda: comparison.KruskalWallis(-3.6, 1, 0.5, 0.1, 9),
        lambda: comparison.KruskalWallis(3.6, 1, float("nan"), 0.1, 9),
        lambda: chance_corrected.Agreement(1.2, 0.1, 1.0, 1.0, 0.5, 0.5, 9),
        lambda: concordance.WithGaps(-0.1, 0.5, 9, 9, 81),
        lambda: median_intervals.MedianDistribution((1.0,), (1.5,), 1.0, 1.0, 9),
        lambda: reliability.Icc(1.1, None, None, None, None, None, None, None, 9, 9),
    ],
)
def test_a_result_out_of_range_is_an_error(made):
    with pytest.raises(OutOfRange):
        made()


def test_a_correlation_out_of_range_is_an_error(monkeypatch):
    monkeypatch.setattr(paired, "_correlation", lambda *_: 3.72)
    with pytest.raises(OutOfRange, match=r"spearman is 3\.72"):
        measures.spearman([1, 2, 3], [1, 3, 2])


def test_more_ratings_than_can_be_counted_are_refused():
    assert as_counts([MOST, 0]).tolist() == [MOST, 0]
    for counts_ in ([MOST, 1], [[0, 1], [1, MOST]], [2**62, 2**62]):
        with pytest.raises(ValueError, match="at most 100000000 ratings"):
            as_counts(counts_)


def test_opinion_groups_are_not_sought_among_too_many():
    found = measures.opinion_groups([[1, 2, 3, 4, 5, 1, 2]] * 5001)
    assert (found.n, found.reason) == (5001, Reason.MORE_THAN_SEARCHED)
    assert measures.opinion_groups([[1, 2, 3, 4, 5, 1, 2]] * 5000).reason is Reason.NO_VARIATION
