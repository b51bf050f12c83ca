"""A list that was read: the rows to take, those that cannot be, and the numbers of cells that add up."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from delphi.sheets.column_heads import SheetLine
from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.fields import TypedRows
from delphi.sheets.lists.columns import Column
from delphi.sheets.lists.row import ListRow, trimmed
from delphi.sheets.lists.source import Choices, ListKind, Source, filled
from delphi.sheets.writing import unguarded

HANDED_BACK = ("line", "why it was left out")


class Left(StrEnum):
    """Why cells of a file are not taken."""

    ABOVE = "above"
    HEAD = "head"
    COLUMN = "column"
    TWICE = "twice"
    WRONG = "wrong"


@dataclass(frozen=True)
class LeftRow:
    """A row that is not taken: its line, its cells as they stand, and what is wrong."""

    line: int
    cells: tuple[str, ...]
    errors: tuple[RowError, ...]


@dataclass
class ListFile:
    """What was read; filled cells in the file = taken + left out by a reason."""

    source: Source
    in_file: int
    columns: Sequence[Column] = ()
    names: Sequence[str] = ()  # of the columns, as they are handed back
    head: SheetLine | None = None
    rows: TypedRows = field(default_factory=list)
    wrong: list[LeftRow] = field(default_factory=list)
    twice: list[tuple[int, int]] = field(default_factory=list)  # a line, and the line before that says the same
    shares: dict[int, tuple[int, int]] = field(default_factory=dict)  # by line: cells taken, and left by their column
    taken: int = 0
    left: Counter[Left] = field(default_factory=Counter)

    @property
    def errors(self) -> list[RowError]:
        """All that is wrong, in the order of the lines."""
        return [error for row in self.wrong for error in row.errors]

    @property
    def choice(self) -> str:
        """What else was chosen for this kind of list, as a word."""
        return ""

    @property
    def nameless(self) -> bool:
        """Whether somebody must say what columns are before anything is taken."""
        raise NotImplementedError

    def row(self, line: int, cells: Sequence[str], width: int) -> ListRow:
        """A row of this list, to be read."""
        raise NotImplementedError

    def add(self, line: int, values: Mapping[str, Any], count: int) -> None:
        """Take a row of so many cells; `ValueError` says why it cannot be."""
        self.rows.append((line, dict(values)))
        self.taken += count

    def refuse(self, line: int, cells: tuple[str, ...], errors: Sequence[RowError], count: int) -> None:
        """Leave a row out."""
        self.wrong.append(LeftRow(line, cells, tuple(errors)))
        self.left[Left.WRONG] += count

    def rest(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows of what is handed back: what was left out as it stood, its line, and why."""
        width = max([len(self.names), *(len(row.cells) for row in self.wrong)])
        rows = [
            [*map(unguarded, row.cells), *[""] * (width - len(row.cells)), str(row.line), "; ".join(_said(row.errors))]
            for row in self.wrong
        ]
        return [*self.names, *[""] * (width - len(self.names)), *HANDED_BACK], rows

    def leave_out(self, errors: Sequence[RowError]) -> None:
        """Leave rows out that were read well and cannot be taken all the same."""
        lines, cells = {error.line for error in errors}, dict(self.source.lines)
        for line in sorted(lines):
            taken, left = self.shares[line]
            self.taken -= taken
            self.left[Left.COLUMN] -= left
            self.refuse(line, cells[line], [error for error in errors if error.line == line], taken + left)
        self.rows = [row for row in self.rows if row[0] not in lines]
        self.wrong.sort(key=lambda row: row.line)


def _said(errors: Sequence[RowError]) -> list[str]:
    return [f"{error.column}: {error.message}" if error.column else error.message for error in errors]


ColumnsOf = Callable[[Sequence[str], Sequence[SheetLine], Mapping[int, str]], list[Column]]


def fill(file: ListFile, kind: ListKind, columns_of: ColumnsOf, choices: Choices) -> None:
    """Read the lines of a table into a file.

    Raises
    ------
    SheetError
        It has too many columns, or no rows.
    """
    lines = file.source.lines
    place = kind.head_place(lines)
    file.head = None if place is None else lines[place]
    body = lines if place is None else lines[place + 1 :]
    width = max((len(cells) for _line, cells in body), default=0)
    names = trimmed(file.head[1]) if file.head else ("",) * width
    if len(names) > kind.limits.columns:
        raise SheetError.at(1, "", f"the file has more than {kind.limits.columns} columns")
    if not body:
        raise SheetError.at(1, "", "the file has no rows below its head")
    file.columns = columns_of(names, body, choices.columns)
    file.names = names if file.head else [_called(file.columns, place) for place in range(width)]
    if file.head:
        file.left[Left.ABOVE], file.left[Left.HEAD] = filled(lines[: place or 0]), filled([file.head])
    _take_rows(file, body, len(names))


def _called(columns: Sequence[Column], place: int) -> str:
    return next((column.key or column.target for column in columns if column.place == place), "")


def _take_rows(file: ListFile, body: Sequence[SheetLine], width: int) -> None:
    for line, cells in body:
        count = filled([(line, cells)])
        if file.head and cells[:width] == file.head[1][:width]:
            file.left[Left.HEAD] += count
            continue
        row = file.row(line, cells, width)
        values = row.values()
        if not row.errors and values:
            left = sum(bool(cells[column.place].strip()) for column in row.left_columns() if column.place < len(cells))
            try:
                file.add(line, values, count - left)
                file.left[Left.COLUMN] += left
                file.shares[line] = (count - left, left)
                continue
            except ValueError as error:
                row.errors.append(RowError(line, row.key_head, str(error)))
        file.refuse(line, cells, row.errors, count)
