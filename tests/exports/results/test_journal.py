"""The consensus table as a journal prints it."""

import numpy as np
import pytest

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Relation
from exports.record.material import Material
from exports.reports.consensus import build
from exports.results import journal
from exports.tables.suppression import suppress


def table(f, key="agree4_nq", relation=Relation.NEW, kinds=("statement",), before=None):
    items = [
        Item(f"S{j}", 1, kinds[j % len(kinds)], 1, "Care", "Wording", relation, None if relation is Relation.NEW else 1)
        for j in range(len(f))
    ]
    counts = Counts.of(np.array(f)[:, None])
    moves = np.zeros((len(f), *2 * [counts.ratings.shape[-1]]), dtype=np.int64)
    moves[:, 0, -1] = 1
    moves[:, 0, 0] = 7
    first = None if before is None else RoundData(1, tuple(items), Counts.of(np.array(before)[:, None]))
    second = RoundData(2, tuple(items), counts, moves, previous=first)
    return build(Material(Analysis(Definition.of(SCALES[key]), (second,))))


def page(found):
    return journal.page(found.as_dicts(), Definition.from_dict(found.definition))


def lines(found):
    return [line for part in page(found).parts for _, members in part.sections for line in members]


def test_a_printed_row():
    # STMT1.4 of Nature 2022;611:332, table 2, by one of the panels that print it
    found = table([[1, 3, 25, 287]])
    assert page(found).heads == ("A", "SA", "SD", "D", "N", "NQ", "Median", "IQR", "Change")
    [line] = lines(found)
    assert (line.grade, line.cells) == ("A", ("91", "8", "1", "<1", "316", "0", "4", "0", "new"))


@pytest.mark.parametrize(
    ("relation", "word"),
    [(Relation.SAME, "+13"), (Relation.REWORDED, "reworded"), (Relation.MERGED, "merged"), (Relation.SPLIT, "split")],
)
def test_change_or_why_there_is_none(relation, word):
    found = table([[1, 3, 25, 287]], relation=relation, before=[[40, 5, 0, 270]])
    assert lines(found)[0].cells[-1] == word


@pytest.mark.parametrize("key", SCALES)
def test_every_scale_is_printed(key):
    scale = SCALES[key]
    found = table(np.ones((2, scale.K)), key)
    assert len(lines(found)[0].cells) == len(page(found).heads)
    assert len(page(found).options) == min(scale.K, 9) if scale.K < 20 else 3


def test_a_long_scale_is_printed_by_its_zones():
    f = [0] * 101
    f[10], f[50], f[90] = 1, 2, 5
    found = table([f], "slider100")
    assert page(found).heads[:3] == ("67–100", "34–66", "0–33")
    assert lines(found)[0].cells[:4] == ("63", "25", "13", "8")


def test_hidden_cells_are_dashes_and_no_zeros():
    hidden = suppress(table([[0, 0, 2, 5], [0, 0, 1, 1]]), 5)
    few, none = lines(hidden)
    assert (few.cells[:5], few.grade) == (("–", "–", "–", "–", "7"), "U")
    assert (set(none.cells[:5]), none.grade) == ({"–"}, "–")
    assert page(suppress(table([[0, 0, 1, 1]]), 5)).parts[0].summary.mean_combined == "–"


def test_kinds_stand_apart_with_their_means():
    found = page(table([[0, 0, 1, 48], [1, 0, 8, 40], [0, 0, 0, 49]], kinds=("statement", "recommendation")))
    assert [
        (kind.kind, kind.count, kind.mean_combined, kind.fewest) for kind in (part.summary for part in found.parts)
    ] == [
        ("statement", 2, "100.0", 49),
        ("recommendation", 1, "98.0", 49),
    ]


def test_the_page_as_text():
    text = journal.as_text(page(table([[1, 3, 25, 287]])), title="Study", notice="Simulated", width=20)
    assert text.startswith("Study\nSimulated\nConsensus in")
    assert "  S0 Wording" in text
    assert "1 statements, mean combined agreement 98.7 %" in text
