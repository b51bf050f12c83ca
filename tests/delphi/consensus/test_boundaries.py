"""Where one more or one less decides: the places that whole answers and oracles happen not to touch."""

import numpy as np
import pytest
from ledger import ledger_check

from delphi.consensus.counts import Counts
from delphi.consensus.disclosure.small_cells import (
    compatible_ratings,
    may_release_group,
    possible_complement_sums,
    visible_groups,
)
from delphi.consensus.rules.base import Terms
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.shipped_scales import SCALES
from delphi.statistics import adjust_p, cvr_critical, fleiss_kappa, group_shift

FIVE, NINE = SCALES["agree5"], SCALES["rand9"]


@pytest.mark.parametrize("word", ["true", "Yes", "1", "ON", " true "])
def test_words_for_yes(word):
    assert rule_from("percent_agreement", {"strict": word}, FIVE).strict is True


@pytest.mark.parametrize("word", ["false", "No", "0", ""])
def test_words_for_no(word):
    assert rule_from("percent_agreement", {"strict": word}, FIVE).strict is False


@pytest.mark.parametrize("name", ["key", "lo", "majority"])
def test_what_is_no_setting_is_refused(name):
    with pytest.raises(ValueError, match=f"no setting “{name}”; it has agree_set, threshold"):
        rule_from("percent_agreement", {name: "1"}, FIVE)


@pytest.mark.parametrize(
    ("key", "settings", "named"),
    [
        ("iqr_rule", {"max_iqr": "x"}, "max_iqr"),
        ("iqr_rule", {"near": "x"}, "near"),
        ("iqr_rule", {"min_median": "x"}, "median"),
        ("quartile_deviation_rule", {"high": "x"}, "high"),
        ("quartile_deviation_rule", {"moderate": "x"}, "moderate"),
        ("quartile_deviation_rule", {"max_median": "x"}, "median"),
        ("median_percent", {"min_median": "x"}, "median"),
        ("sd_rule", {"max_sd": "x"}, "max_sd"),
        ("sd_rule", {"min_mean": "x"}, "mean"),
        ("cv_rule", {"max_cv": "x"}, "max_cv"),
        ("cv_rule", {"weak": "x"}, "weak"),
        ("cvr_rule", {"alpha": "x"}, "alpha"),
        ("within_k_of_median", {"k": "x"}, "k"),
        ("percent_agreement", {"strict": "x"}, "strict"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(key, settings, named):
    with pytest.raises(ValueError, match=rf"\b{named}\b.*: “x”"):
        rule_from(key, settings, FIVE)


@pytest.mark.parametrize(
    ("key", "settings", "named"),
    [
        ("graded_agreement", {"bands": "40"}, "a band of 40 %"),
        ("graded_agreement", {"super_majority": "40"}, "a super-majority of 40 %"),
        ("comet_70_15", {"include": "40"}, "a share for “in” of 40 %"),
    ],
)
def test_a_share_below_a_half_is_named(key, settings, named):
    with pytest.raises(ValueError, match=named):
        rule_from(key, settings, NINE)


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("iqr_rule", {"max_iqr": "-1"}),
        ("iqr_rule", {"max_iqr": "1", "near": "0.5"}),
        ("iqr_rule", {"min_median": "2", "max_median": "4"}),
        ("quartile_deviation_rule", {"high": "1", "moderate": "0.5"}),
        ("quartile_deviation_rule", {"high": "-1"}),
        ("quartile_deviation_rule", {"min_median": "2", "max_median": "4"}),
        ("median_percent", {"min_median": "2", "max_median": "4"}),
        ("sd_rule", {"max_sd": "0"}),
        ("cv_rule", {"max_cv": "0"}),
        ("cv_rule", {"max_cv": "0.9", "weak": "0.8"}),
        ("cvr_rule", {"alpha": "0"}),
        ("cvr_rule", {"alpha": "1"}),
        ("within_k_of_median", {"k": "-1"}),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(key, settings):
    with pytest.raises(ValueError, match=r"\w"):
        rule_from(key, settings, FIVE)


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("iqr_rule", {"max_iqr": "0"}),
        ("quartile_deviation_rule", {"high": "0", "moderate": "0"}),
        ("cv_rule", {"max_cv": "0.8", "weak": "0.8"}),
        ("within_k_of_median", {"k": "0"}),
        ("comet_70_15", {"exclude": "0"}),
    ],
)
def test_a_bound_may_lie_on_its_limit(key, settings):
    assert rule_from(key, settings, FIVE if key != "comet_70_15" else NINE)


def nine(n):
    return Counts.of([[0] * 8 + [n]])


@pytest.mark.parametrize(
    ("n", "verdict", "flags"), [(7, "too_few", ()), (8, "in", ()), (16, "in", ()), (17, "in", ("extrapolated",))]
)
def test_the_panel_size_table_is_printed_for_8_to_16(n, verdict, flags):
    found = rule_from("rand_appropriateness", {}, NINE).judge(nine(n))
    assert (found.verdict[0], found.flags[0]) == (verdict, flags)
    free = rule_from("rand_appropriateness", {"allow_extrapolation": "yes"}, NINE).judge(nine(n))
    assert free.flags[0] == (() if 8 <= n <= 16 else ("extrapolated",))


@pytest.mark.parametrize(("minimum", "verdict"), [(8, "in"), (9, "too_few")])
def test_the_minimum_is_enough(minimum, verdict):
    assert rule_from("percent_agreement", {}, FIVE).judge([0, 0, 0, 0, 8], Terms(minimum_n=minimum)).verdict == (
        verdict,
    )


def test_groups_are_shown_from_the_smallest_cell_on():
    assert (may_release_group(5, 10, 5), may_release_group(4, 10, 5), may_release_group(6, 10, 5)) == (
        True,
        False,
        False,
    )
    assert visible_groups({"a": 3, "b": 5, "c": 6, "d": 9}) == ["c", "d"]
    assert visible_groups({"a": 1, "b": 1, "c": 5, "d": 9}) == ["d"]
    assert visible_groups({"a": 3, "b": 2, "c": 9}) == ["c"]
    assert visible_groups({"a": 1, "b": 5, "c": 5, "d": 20}) == ["c", "d"]


def test_disclosure_is_worked_out_over_the_whole_scale():
    assert possible_complement_sums(3.0, 2, 5.0, 1, 0, 1, 5) == [1]
    assert possible_complement_sums(1.0, 2, 1.0, 1, 0, 1, 5) == [1]
    assert possible_complement_sums(5.0, 2, 5.0, 1, 0, 1, 5) == [4, 5]
    assert compatible_ratings(4, 1, 1.75, 2.5, 3.25, 4) == [(1, 2, 3, 4)]
    assert compatible_ratings(4, 1, 1.25, 2.5, 3.75, 4, type=6) == [(1, 2, 3, 4)]


def panel(text):
    return frozenset(text)


@pytest.mark.parametrize(
    ("history", "candidate", "found"),
    [
        ([], "abcde", None),
        ([], "abcd", ["a", "b", "c", "d"]),
        (["abcdefghij"], "abcdef", ["g", "h", "i", "j"]),
        (["abcdefghij"], "abcde", None),
        (["abcdefghijkl", "abcdef"], "abcdefg", ["g"]),
        (["abcdefghijklmno", "abcdefghij"], "fghijklmno", None),
        (["abcdefghij", "klmnopqrst"], "abcdefghijklmnopqrs", ["t"]),
        (["abcdefghijkl", "cdefghijklmn"], "abcdefghijklmn", ["a", "b"]),
    ],
)
def test_the_ledger_names_whom_a_release_gives_away(history, candidate, found):
    assert ledger_check([panel(one) for one in history], panel(candidate)) == found


def test_settings_are_passed_on():
    table = [[3, 1, 0], [0, 2, 2], [1, 0, 3]]
    wide, narrow = fleiss_kappa(table), fleiss_kappa(table, conf=0.5)
    assert wide.low < narrow.low < narrow.high < wide.high
    before, after = [1, 0, 3, 1, 1], [0, 2, 2, 0, 2]
    assert group_shift(before, after, type=6).iqr != group_shift(before, after, type=7).iqr


def test_half_a_point_of_spread_is_no_stability():
    assert group_shift([0, 4, 0], [1, 2, 1]).stable is False
    assert group_shift([4, 4], [3, 5]).iqr == 0
    assert cvr_critical(5).count == 5
    assert adjust_p([0.03, 0.03, None]) == [0.06, 0.06, None]


def test_a_fine_threshold_does_not_overflow():
    rule = rule_from("percent_agreement", {"threshold": "66.6666666666666667"}, FIVE)
    found = rule.judge(np.array([[10**6, 0, 0, 0, 2 * 10**6], [10**6, 0, 0, 0, 2 * 10**6 + 1]]))
    assert found.verdict == ("none", "in")
