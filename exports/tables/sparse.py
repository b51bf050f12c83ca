"""Columns that are hidden in most rows: a printed table leaves them out and says so once."""

from dataclasses import replace

from exports.tables.table import HIDDEN, Column, Table, reasons_of

DASH = "–"


def without_hidden(table: Table) -> Table:
    """Leave out of print the figures that are hidden in more than half of the rows; files for machines keep them."""
    rows = table.as_dicts()
    reasons = [reasons_of(row) for row in rows]

    def hidden(column: Column) -> int:
        if column.type == "printed":
            return sum(row[column.name] == DASH for row in rows)
        return sum(
            row[column.name] is None and why.get(column.name) == HIDDEN for row, why in zip(rows, reasons, strict=True)
        )

    printed = [c for c in table.columns if c.name not in (*table.unprinted, *table.breaks)]
    sparse = [column for column in printed if 2 * hidden(column) > len(rows)]
    if not sparse or not [c for c in printed if c not in sparse and c.type != "text"]:
        return table
    named = ", ".join(_named(column) for column in sparse)
    note = f"Left out, since hidden in most rows: {named}."
    return replace(table, unprinted=(*table.unprinted, *(c.name for c in sparse)), notes=(*table.notes, note))


def _named(column: Column) -> str:
    """Name a column with the heading that it shares."""
    return (
        f"{column.over}: {column.label}" if column.over and not column.label.startswith(column.over) else column.label
    )
