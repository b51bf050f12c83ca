"""A file or a paste of people, read whole: who is in it, what is left out and why; every filled cell is accounted for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from delphi.people.panel_files import cells as cell_of
from delphi.people.panel_files.columns import PARTS, Column, columns_of, head_place
from delphi.people.panel_files.heads import EMAIL, KEEP, NAME
from delphi.people.panel_files.recipients import Recipient
from delphi.people.panel_files.row import PersonRow, trimmed
from delphi.people.panel_files.source import LIMITS, Choices, Source, filled, source_of
from delphi.sheets.column_heads import SheetLine
from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.fields import TypedRows
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
class PanelFile:
    """What was read: the people to take, the rows that cannot be, and the numbers of cells that add up."""

    source: Source
    in_file: int
    columns: Sequence[Column] = ()
    names: Sequence[str] = ("email",)  # of the columns, as they are handed back
    head: SheetLine | None = None
    rows: TypedRows = field(default_factory=list)
    wrong: list[LeftRow] = field(default_factory=list)
    twice: list[tuple[int, int]] = field(default_factory=list)  # the line of somebody, and the line before of the same
    unaddressed: int = 0  # rows with a name and no address, taken or not
    by_hand: bool = False  # whether these are taken
    shares: dict[int, tuple[int, int]] = field(
        default_factory=dict
    )  # by line: cells taken, and left out by their column
    taken: int = 0
    left: Counter[Left] = field(default_factory=Counter)

    @property
    def errors(self) -> list[RowError]:
        """All that is wrong, in the order of the lines."""
        return [error for row in self.wrong for error in row.errors]

    @property
    def nameless(self) -> bool:
        """Whether somebody must say which column holds the names or the addresses before anything is taken."""
        targets = {column.target for column in self.columns}
        open_ = KEEP in targets or any(not column.known and column.example for column in self.columns)
        named = bool(targets & {NAME, *PARTS})
        return bool(self.columns) and ((EMAIL not in targets and not (named and self.by_hand)) or (open_ and not named))

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
            self.left[Left.WRONG] += taken + left
            self.wrong.append(LeftRow(line, cells[line], tuple(error for error in errors if error.line == line)))
        self.rows = [row for row in self.rows if row[0] not in lines]
        self.wrong.sort(key=lambda row: row.line)


def _said(errors: Sequence[RowError]) -> list[str]:
    return [f"{error.column}: {error.message}" if error.column else error.message for error in errors]


def read(data: bytes, choices: Choices | None = None) -> PanelFile:
    """Read people from a file or a paste.

    Raises
    ------
    SheetError
        Nobody in it can be taken; it names every cell that is wrong.
    """
    chosen = choices or Choices()
    source = source_of(data, chosen)
    file = _of_recipients(source) if source.recipients else _of_table(source, chosen)
    if not file.rows and not file.nameless:
        raise SheetError(file.errors or [RowError(1, "", "nobody is in it")])
    return file


def _of_recipients(source: Source) -> PanelFile:
    file = PanelFile(source, in_file=len(source.recipients))
    first: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for one in source.recipients:
        try:
            _add(file, first, one.line, _person(one), 1)
        except ValueError as error:
            file.wrong.append(LeftRow(one.line, (one.text,), (RowError(one.line, "", str(error)),)))
            file.left[Left.WRONG] += 1
    return file


def _person(one: Recipient) -> dict[str, Any]:
    if not one.address:
        raise ValueError(f"“{one.text[:60]}” is no name with a mail address")
    mail = cell_of.address(one.address)
    return {"name": cell_of.name(one.name or mail), "email": mail}


def _add(file: PanelFile, first: dict[str, Any], line: int, values: Mapping[str, Any], count: int) -> None:
    """Take a person; one who stands there already with all of it is left out, with something else it is an error."""
    who = values["email"] or values["name"]
    before, known = first.setdefault(who, (line, values))
    if known is values:
        file.rows.append((line, dict(values)))
        file.taken += count
    elif known == values and values["email"]:
        file.twice.append((line, before))
        file.left[Left.TWICE] += count
    else:
        raise ValueError(f"“{who}” stands on line {before} already, with something else beside it")


def _of_table(source: Source, choices: Choices) -> PanelFile:
    lines = source.lines
    place = head_place(lines)
    file = PanelFile(source, in_file=filled(lines), head=None if place is None else lines[place])
    body = lines if place is None else lines[place + 1 :]
    width = max((len(cells) for _line, cells in body), default=0)
    names = trimmed(file.head[1]) if file.head else ("",) * width
    if len(names) > LIMITS.columns:
        raise SheetError.at(1, "", f"the file has more than {LIMITS.columns} columns")
    if not body:
        raise SheetError.at(1, "", "the file has no rows below its head")
    file.columns = columns_of(names, body, choices.columns)
    file.names = names if file.head else [_called(file.columns, place) for place in range(width)]
    if file.head:
        file.left[Left.ABOVE], file.left[Left.HEAD] = filled(lines[: place or 0]), filled([file.head])
    file.by_hand = choices.unaddressed
    _take_rows(file, body, len(names))
    return file


def _called(columns: Sequence[Column], place: int) -> str:
    return next((column.key or column.target for column in columns if column.place == place), "")


def _take_rows(file: PanelFile, body: Sequence[SheetLine], width: int) -> None:
    first: dict[str, Any] = {}
    for line, cells in body:
        count = filled([(line, cells)])
        if file.head and cells[:width] == file.head[1][:width]:
            file.left[Left.HEAD] += count
            continue
        row = PersonRow(file.columns, file.source.merged, line, cells, width)
        values = row.values(unaddressed=file.by_hand)
        file.unaddressed += row.has_only_a_name
        if not row.errors and values:
            left = sum(bool(cells[column.place].strip()) for column in row.left_columns() if column.place < len(cells))
            try:
                _add(file, first, line, values, count - left)
                file.left[Left.COLUMN] += left
                file.shares[line] = (count - left, left)
                continue
            except ValueError as error:
                row.errors.append(RowError(line, row.mail_head, str(error)))
        file.wrong.append(LeftRow(line, cells, tuple(row.errors)))
        file.left[Left.WRONG] += count
