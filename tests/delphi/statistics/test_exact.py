from fractions import Fraction

import pytest

from delphi.statistics.base.exact import mean_share, meets_threshold, per_cent
from delphi.statistics.one_statement.quantiles import quartile_signature, scaled_quantile
from delphi.statistics.ranking.ranking import borda


@pytest.mark.parametrize("text", ["many", "1/0", "101", "-1"])
def test_thresholds_are_percentages(text):
    with pytest.raises(ValueError, match=r"not (a percentage|between)"):
        per_cent(text)


def test_nobody_meets_nothing():
    assert meets_threshold(0, 0, "75") is None
    assert mean_share([(0, 0)]) is None
    assert borda([[None]]).values == ()


def test_shares_are_averaged_three_ways():
    items = [(1, 3), (2, 2), (0, 0)]
    assert mean_share(items) == Fraction(200, 3)
    assert mean_share(items, "rounded_shares") == Fraction(133, 2)
    assert mean_share(items, "pooled") == 60
    with pytest.raises(ValueError, match="unknown method"):
        mean_share(items, "guess")


def test_quantile_types_are_nine():
    with pytest.raises(ValueError, match="1 to 9"):
        scaled_quantile([1, 2], Fraction(1, 2), 10)
    with pytest.raises(ValueError, match="1 to 9"):
        quartile_signature(9, type=0)
