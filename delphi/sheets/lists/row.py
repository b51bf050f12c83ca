"""A row of a list: its cells by column, with every error in it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from delphi.sheets.errors import RowError
from delphi.sheets.fields import as_typed
from delphi.sheets.lists.columns import LEAVE, Column

Merged = Mapping[tuple[int, int], str]


def trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells without the empty ones at their end."""
    return tuple(cells[: max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)])


class ListRow:
    """A row being read; its errors are collected."""

    key_target = ""  # the column by which rows are told apart

    def __init__(self, columns: Sequence[Column], merged: Merged, line: int, cells: Sequence[str], width: int) -> None:
        self.columns, self.line, self.errors = columns, line, list[RowError]()
        self.cells = [cell or merged.get((line, place), "") for place, cell in enumerate(cells)]
        self.cells += [merged.get((line, place), "") for place in range(len(cells), width)]
        if any(cell.strip() for cell in cells[width:]):
            self.errors.append(RowError(line, "", f"{len(trimmed(cells))} cells under {width} column names"))

    def values(self) -> dict[str, Any]:
        """What the row says; `errors` says what of it cannot be taken."""
        raise NotImplementedError

    def left_columns(self) -> list[Column]:
        """The columns that are not taken of this row."""
        return [column for column in self.columns if column.target == LEAVE]

    @property
    def key_head(self) -> str:
        """What the file calls the column by which rows are told apart."""
        return next((column.head for column in self.columns if column.target == self.key_target), "") or self.key_target

    def parsed(self, column: str, text: str, parse: Callable[[str], Any]) -> Any:
        """Read a text of a column; a column with an error already has no second one."""
        try:
            return parse(text)
        except ValueError as error:
            self.note(column, error)
            return ""

    def note(self, column: str, error: ValueError) -> None:
        """Collect what is wrong in a column, once."""
        if column not in {known.column for known in self.errors}:
            self.errors.append(RowError(self.line, column, str(error)))

    def said(self, target: str) -> str:
        """The cell of the column of a kind."""
        return next((self.cell(column) for column in self.columns if column.target == target), "")

    def cell(self, column: Column) -> str:
        """A cell as its author meant it."""
        try:
            return as_typed(self.cells[column.place].strip())
        except ValueError as error:
            self.note(column.head, error)
            return ""
