"""Change since the round before: of all who rated, of those of both rounds, and of what a seal tells."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.analysis import Analysis, ChangeShown, Definition, Item, People, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.result_row import read_reasons
from delphi.consensus.table.rows import consensus_rows
from delphi.consensus.vocabulary import Band, Relation, Stability
from delphi.statistics.base.result import Reason

DEFINITION = Definition.of(SCALES["agree4_nq"])


def item(code, relation=Relation.SAME, before=1):
    return Item(code, 1, "statement", None, "", "", relation, None if relation is Relation.NEW else before)


def rounds(before, after, relation=Relation.SAME, **more):
    """Rows of a second round of one statement whose counts are known in both."""
    first = RoundData(1, (item("S", Relation.NEW),), Counts.of([before]))
    second = RoundData(2, (item("S", relation),), Counts.of([after]), previous=first, **more)
    return consensus_rows(Analysis(DEFINITION, (second,)), by_group=True)


def test_a_joiner_leaves_the_difference_of_shares_said():
    [row] = rounds([0, 5, 10, 10], [0, 5, 10, 11])
    assert row["delta_combined_pp"] == float(Fraction(100 * 21, 26) - 80)
    assert row["delta_median"] == 0
    assert read_reasons(row["reasons"])["stable"] == Reason.NOT_LINKABLE


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4), st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_differences_are_exact_and_rounded_once(before, after):
    [row] = rounds(before, after)
    if sum(before) and sum(after):
        share = [Fraction(100 * (n[2] + n[3]), sum(n)) for n in (before, after)]
        assert row["delta_combined_pp"] == float(share[1] - share[0])
    else:
        assert read_reasons(row["reasons"])["delta_combined_pp"] == Reason.NO_RATINGS


@pytest.mark.parametrize(
    ("relation", "reason"),
    [
        (Relation.NEW, "new"),
        (Relation.REWORDED, "wording_changed"),
        (Relation.MERGED, "merged"),
        (Relation.SPLIT, "split"),
    ],
)
def test_another_statement_has_no_difference(relation, reason):
    sealed = (ChangeShown(Band.OVER_30, Stability.UNSTABLE),)
    [row] = rounds([0, 5, 5, 5], [0, 5, 5, 5], relation, bands=sealed, moved=People(0, 15, 15))
    why = read_reasons(row["reasons"])
    for name in ("delta_combined_pp", "delta_median", "n_paired", "changed_pct", "changed_band", "stable"):
        assert (row[name], why[name]) == (None, reason)
    assert "composition_change" not in row["flags"]


def test_a_group_is_compared_with_itself_also_without_pairs():
    first = RoundData(1, (item("S", Relation.NEW),), Counts.of([[[0, 6, 0, 0], [0, 0, 0, 9]]]))
    second = RoundData(2, (item("S"),), Counts.of([[[0, 3, 0, 3], [0, 0, 0, 9]]]))
    found = consensus_rows(Analysis(DEFINITION, (first, second)), by_group=True)
    assert [row["delta_combined_pp"] for row in found if row["round"] == 2] == [20, 50, 0]


def test_a_statement_is_found_by_its_code():
    first = RoundData(1, (item("T", Relation.NEW), item("S", Relation.NEW)), Counts.of([[9, 0, 0, 1], [0, 0, 0, 10]]))
    second = RoundData(2, (item("S"), item("U")), Counts.of([[5, 0, 0, 5], [0, 0, 0, 10]]))
    found = consensus_rows(Analysis(DEFINITION, (first, second)))[2:]
    assert [row["delta_combined_pp"] for row in found] == [-50, None]


def test_a_seal_tells_a_band_and_no_pairs():
    [row] = rounds([0, 5, 10, 10], [0, 5, 10, 11], bands=(ChangeShown(Band.UP_TO_15, Stability.STABLE),))
    assert (row["changed_band"], row["stable"]) == ("up_to_15", "stable")
    why = read_reasons(row["reasons"])
    assert (row["n_paired"], why["n_paired"], row["changed_pct"], why["changed_pct"]) == (
        None,
        "sealed",
        None,
        "sealed",
    )


def test_a_band_that_a_seal_hides_has_its_reason():
    hidden = ChangeShown(None, None, Reason.SUPPRESSED_DISCLOSURE)
    for bands, reason in (((hidden,), "suppressed_disclosure"), ((None,), "sealed")):
        why = read_reasons(rounds([0, 5, 5, 5], [0, 5, 5, 5], bands=bands)[0]["reasons"])
        assert (why["changed_band"], why["stable"], why["n_paired"]) == (reason, reason, "sealed")


def test_a_seal_tells_no_band_of_a_group():
    first = RoundData(1, (item("S", Relation.NEW),), Counts.of([[[0, 6, 0, 0], [0, 0, 0, 9]]]))
    bands = (ChangeShown(Band.UP_TO_15, Stability.STABLE),)
    second = RoundData(2, (item("S"),), Counts.of([[[0, 3, 0, 3], [0, 0, 0, 9]]]), previous=first, bands=bands)
    panel, *groups = consensus_rows(Analysis(DEFINITION, (second,)), by_group=True)
    assert panel["changed_band"] == "up_to_15"
    assert {(row["changed_band"], read_reasons(row["reasons"])["changed_band"]) for row in groups} == {(None, "sealed")}


def test_pairs_give_numbers_and_their_band():
    moves = np.diag([0, 4, 8, 8])[None].copy()
    moves[0, 1, 3] = 5
    [row] = rounds([0, 9, 8, 8], [0, 4, 8, 13], paired=moves)
    assert (row["n_paired"], row["changed_pct"], row["changed_band"]) == (25, 20, "15_to_30")


def test_turnover_that_could_move_the_share_is_flagged():
    before, after = [0, 5, 0, 5], [0, 3, 0, 5]
    assert rounds(before, after, moved=People(5, 5, 3))[0]["flags"] == "composition_change"
    assert rounds(before, after, moved=People(8, 2, 0))[0]["flags"] == "composition_change"
    assert rounds(before, after)[0]["flags"] == ""
    assert rounds([0, 5, 10, 10], [0, 5, 10, 11], moved=People(25, 0, 1))[0]["flags"] == ""


def test_turnover_is_said_of_the_panel_alone():
    first = RoundData(1, (item("S", Relation.NEW),), Counts.of([[[0, 5, 0, 5], [0, 0, 0, 9]]]))
    second = RoundData(
        2, (item("S"),), Counts.of([[[0, 3, 0, 5], [0, 0, 0, 9]]]), previous=first, moved=People(5, 14, 12)
    )
    rows = consensus_rows(Analysis(DEFINITION, (second,)), by_group=True)
    assert [row["flags"] for row in rows] == ["composition_change", "", ""]


def test_turnover_says_nothing_of_an_older_comparison():
    first = RoundData(1, (item("S", Relation.NEW),), Counts.of([[0, 5, 0, 5]]))
    second = RoundData(2, (item("T", Relation.NEW),), Counts.of([[0, 5, 0, 5]]))
    third = RoundData(3, (item("S"), item("T", before=2)), Counts.of([[0, 3, 0, 5]] * 2), moved=People(5, 5, 3))
    rows = consensus_rows(Analysis(DEFINITION, (first, second, third)))
    assert [row["flags"] for row in rows][2:] == ["", "composition_change"]


def test_a_round_that_is_left_out_of_an_analysis_is_compared_with():
    counts = ([0, 5, 0, 5], [0, 10, 0, 0], [0, 8, 0, 2])
    first, second, third = (
        RoundData(n, (item("S", Relation.SAME if n > 1 else Relation.NEW, n - 1),), Counts.of([f]))
        for n, f in enumerate(counts, 1)
    )
    third = replace(third, previous=replace(second, previous=first))
    rows = consensus_rows(Analysis(DEFINITION, (first, third)))
    assert [row["delta_combined_pp"] for row in rows] == [None, 20]
