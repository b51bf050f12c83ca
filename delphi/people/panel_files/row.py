"""A row of a table: what it says of a person, with every error in it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from delphi.people.panel_files import cells as cell_of
from delphi.people.panel_files.columns import PARTS, Column
from delphi.people.panel_files.heads import EMAIL, GROUP, KEEP, LEAVE, NAME
from delphi.sheets.errors import RowError
from delphi.sheets.fields import as_typed

Merged = Mapping[tuple[int, int], str]


def trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells without the empty ones at their end."""
    return tuple(cells[: max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)])


class PersonRow:
    """A row being read; its errors are collected."""

    def __init__(self, columns: Sequence[Column], merged: Merged, line: int, cells: Sequence[str], width: int) -> None:
        self.columns, self.line, self.errors = columns, line, list[RowError]()
        self.cells = [cell or merged.get((line, place), "") for place, cell in enumerate(cells)]
        self.cells += [merged.get((line, place), "") for place in range(len(cells), width)]
        if any(cell.strip() for cell in cells[width:]):
            self.errors.append(RowError(line, "", f"{len(trimmed(cells))} cells under {width} column names"))

    def values(self, *, unaddressed: bool = False) -> dict[str, Any]:
        """What the row says of a person; one without an address is an error unless it was said that there are such."""
        mail = self._said(EMAIL)
        within = re.fullmatch(r"(.*)<([^<>]+)>\s*", mail)
        beside, written = (within[1].strip(" \"'"), within[2]) if within else ("", mail)
        naming = [column for column in self.columns if column.target in (NAME, *PARTS)]
        values = {
            "name": self._parsed(
                naming[0].head if naming else "", self._name() or beside or ("" if naming else mail), cell_of.name
            ),
            "email": "" if unaddressed and not mail else self._parsed(self.mail_head, written, cell_of.address),
        }
        for column in self.columns:
            if column.target == GROUP:
                values["group"] = self._parsed(column.head, self._cell(column), cell_of.group)
            elif column.target == KEEP:
                values[column.key] = self._parsed(column.head, self._cell(column), cell_of.characteristic)
        return values

    @property
    def mail_head(self) -> str:
        """What the file calls the column of the addresses."""
        return next((column.head for column in self.columns if column.target == EMAIL), "") or "email"

    @property
    def has_only_a_name(self) -> bool:
        """Whether the row names somebody and has no address."""
        return bool(self._name()) and not self._said(EMAIL)

    def left_columns(self) -> list[Column]:
        """The columns that are not taken of this row."""
        whole = bool(self._said(NAME))
        return [column for column in self.columns if column.target == LEAVE or (whole and column.target in PARTS)]

    def _name(self) -> str:
        parts = [part for part in map(self._said, PARTS) if part]
        whole = [part for part in parts if not any(f" {part} " in f" {other} " for other in parts if other != part)]
        return self._said(NAME) or " ".join(whole)

    def _parsed(self, column: str, text: str, parse: Callable[[str], str]) -> str:
        """Read a text of a column; a column with an error already has no second one."""
        try:
            return parse(text)
        except ValueError as error:
            self._note(column, error)
            return ""

    def _note(self, column: str, error: ValueError) -> None:
        if column not in {known.column for known in self.errors}:
            self.errors.append(RowError(self.line, column, str(error)))

    def _said(self, target: str) -> str:
        return next((self._cell(column) for column in self.columns if column.target == target), "")

    def _cell(self, column: Column) -> str:
        try:
            return as_typed(self.cells[column.place].strip())
        except ValueError as error:
            self._note(column.head, error)
            return ""
