"""Columns that are mostly hidden leave the printed table, with one sentence, and stay in the files for machines."""

from dataclasses import replace

import pytest

from exports.tables.layout import sheet_of
from exports.tables.sparse import without_hidden
from exports.tables.table import Column, Table

COLUMNS = (
    Column("item", "text", "Item"),
    Column("n", "int", "N"),
    Column("median", "float", "Median"),
    Column("cell_1", "printed", "Mean", over="Round 1"),
    Column("reasons", "text", "Why"),
)
WHY = "median=suppressed_disclosure"


def table(hidden, of=4, dashes=0):
    rows = [
        (f"S{i}", 9, None if i < hidden else 2.5, "–" if i < dashes else "2.5", WHY if i < hidden else "")
        for i in range(of)
    ]
    return Table("t/1", "T", "", COLUMNS, tuple(rows))


def heads(made):
    return [head.text for head in sheet_of(made).heads]


@pytest.mark.parametrize(("hidden", "kept"), [(0, True), (2, True), (3, False), (4, False)])
def test_a_column_that_is_hidden_in_most_rows_is_left_out(hidden, kept):
    made = without_hidden(table(hidden))
    assert ("Median" in heads(made)) == kept
    assert ("Left out, since hidden in most rows: Median." in made.notes) == (not kept)
    assert "median" in made.names


def test_printed_cells_count_too_and_are_named_with_their_heading():
    made = without_hidden(table(3, dashes=3))
    assert heads(made) == ["Item", "N"]
    assert made.notes == ("Left out, since hidden in most rows: Median, Round 1: Mean.",)


def test_an_empty_cell_is_not_a_hidden_one():
    empty = table(4)
    made = without_hidden(replace(empty, rows=tuple((*row[:-1], "") for row in empty.rows)))
    assert "Median" in heads(made)


def test_a_table_of_nothing_else_stays_as_it_is():
    only = Table("t/1", "T", "", (COLUMNS[0], COLUMNS[3]), (("S1", "–"), ("S2", "–")))
    assert without_hidden(only) is only
