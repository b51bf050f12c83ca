"""What may not be shown is hidden here, before any format (REPORTING 6)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from delphi.consensus.table.change_columns import DIFFERENCES
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import EVERYBODY, hidden_reasons, write_reasons
from exports.tables.table import HIDDEN, Column, Table, reasons_of, rows_of


def suppress(table: Table, below: int) -> Table:
    """Hide what would tell single answers (METHOD 12.1, 12.4).

    Parameters
    ----------
    below
        Smallest number of ratings of which anything may be said.

    Notes
    -----
    A cell needs as many ratings as its column's floor, and never fewer than ``below``. A group is shown only if it
    and the remainder both have ``below`` ratings of the statement; while the hidden groups together have fewer, the
    next smallest is hidden too. A difference between two rounds needs as many ratings in the round before, and that row
    beside it in the table.
    """
    if below < 3:
        raise ValueError("the smallest number of ratings that may be shown is at least 3")
    rows = table.as_dicts()
    closed = _closed(rows, below, table.people)
    before = {
        _place(row, row.get("round")): 0 if i in closed else _people(row, table.people) for i, row in enumerate(rows)
    }
    shown = [
        _hide(table, row, below, closed=i in closed, before=before.get(_place(row, row.get("previous_round")), 0))
        for i, row in enumerate(rows)
    ]
    left = replace(table, rows=rows_of(table.columns, shown))
    noted = any(HIDDEN in reasons_of(row).values() for row in shown) or "reasons" not in table.names
    return replace(left, notes=(*table.notes, hidden_note(below))) if noted else left


def _place(row: Mapping[str, Cell], number: Cell) -> tuple[Cell, ...]:
    """A statement and group in a round."""
    return row.get("statement"), row.get("group"), number


def hidden_note(below: int) -> str:
    """Say why cells are dashes."""
    return f"–: hidden, since fewer than {below} ratings stand behind it or, beside other figures, it could tell single answers."


def _closed(rows: list[dict[str, Cell]], below: int, people: str) -> set[int]:
    """Rows of which nothing is shown."""
    families: dict[tuple[Cell, Cell], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        families[row.get("statement"), row.get("round")].append(i)
    closed = {i for i, row in enumerate(rows) if _people(row, people) < below}
    for members in families.values():
        closed |= _closed_groups(
            {i: _people(rows[i], people) for i in members if rows[i].get("group") != EVERYBODY}, below
        )
    return closed


def _closed_groups(sizes: dict[int, int], below: int) -> set[int]:
    """Find the groups that are small, whose remainder is small, or that would give away a hidden one."""
    everyone = sum(sizes.values())
    shut = {i for i, n in sizes.items() if n < below or (len(sizes) > 1 and 0 < everyone - n < below)}
    for i in sorted(sizes, key=lambda i: sizes[i]):
        if 0 < sum(sizes[g] for g in shut) < below:
            shut.add(i)
    return shut


def _people(row: Mapping[str, Cell], column: str) -> int:
    value = row.get(column)
    return value if isinstance(value, int) else 0


def _hide(table: Table, row: dict[str, Cell], below: int, *, closed: bool, before: int) -> dict[str, Cell]:
    """Empty the cells that may not be shown and name them among the reasons; so many rated in the round before.

    Where the people behind a column are not counted, as those of both rounds where single answers are not kept, those
    behind the row are asked for.
    """

    def behind(column: Column) -> int:
        people = _people(row, column.people if row.get(column.people) is not None else table.people)
        compared = column.name in DIFFERENCES and row.get("previous_round") is not None and row[column.name] is not None
        return min(people, before) if compared else people

    names = [c.name for c in table.columns if c.floor is not None and (closed or behind(c) < max(c.floor, below))]
    kept = {name: why for name, why in reasons_of(row).items() if name not in names}
    reasons = write_reasons(kept | hidden_reasons(names))
    return row | dict.fromkeys(names) | ({"reasons": reasons} if "reasons" in row else {})
