"""Rows of the consensus table are frozen as JSON and written to files: their cells are plain values."""

from types import NoneType

import numpy as np

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.rows import consensus_rows
from delphi.consensus.vocabulary import EVERYBODY, Relation

FOUR = SCALES["agree4_nq"]
ITEM = Item("1", 1, "statement", 1, "Care", "Text.", Relation.SAME, 1)
MOVES = np.diag([0, 2, 3, 5])[None]
STUDY = Analysis(
    Definition.of(FOUR),
    (RoundData(2, (ITEM,), Counts.of([[[0, 1, 1, 3], [0, 1, 2, 2]]]), MOVES, np.stack([MOVES, 0 * MOVES], axis=1)),),
)


def test_cells_are_plain_values():
    rows = consensus_rows(STUDY, by_group=True)
    assert rows[0]["stable"] == "stable"
    assert {type(value) for row in rows for value in row.values()} <= {int, float, str, bool, NoneType}


def test_the_whole_panel_stands_before_its_groups():
    groups = [row["group"] for row in consensus_rows(STUDY, by_group=True)]
    assert groups == [EVERYBODY, "group 1", "group 2"]
    assert [row["group"] for row in consensus_rows(STUDY)] == [EVERYBODY]
