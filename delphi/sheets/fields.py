"""Rows of text to typed values, collecting every error before any is reported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.reading import Sheet
from delphi.sheets.writing import unguarded

FAILED = {"#REF", "#VALUE", "#N/A", "#NAME", "#DIV/0", "#NUM", "#NULL"}


@dataclass(frozen=True)
class Field:
    """A column wanted: its name here, its names in the file (joined with a space), and how a cell is read.

    ``parse`` raises ValueError with a sentence for the person who made the file.
    """

    name: str
    parse: Callable[[str], Any] = str
    source: tuple[str, ...] = ()
    required: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Names in the file."""
        return self.source or (self.name,)


def typed_rows(sheet: Sheet, fields: Sequence[Field]) -> list[tuple[int, dict[str, Any]]]:
    """Return the line and the values of each row; an optional column that is not there is left out.

    Raises
    ------
    SheetError
        With every cell that cannot be read.
    """
    present = [field for field in fields if field.required or set(field.columns) <= set(sheet.head)]
    missing = [name for field in present for name in field.columns if name not in sheet.head]
    if missing:
        raise SheetError([RowError(1, name, "there is no such column") for name in missing])
    places = [(field, [sheet.head.index(name) for name in field.columns]) for field in present]
    errors: list[RowError] = []
    rows = [(line, _values(line, cells, places, errors)) for line, cells in sheet.rows]
    if errors:
        raise SheetError(errors)
    return rows


def _values(
    line: int,
    cells: tuple[str, ...],
    places: list[tuple[Field, list[int]]],
    errors: list[RowError],
) -> dict[str, Any]:
    values = {}
    for field, at in places:
        try:
            text = " ".join(as_typed(cells[i].strip()) for i in at).strip()
            values[field.name] = field.parse(text)
        except ValueError as error:
            errors.append(RowError(line, "+".join(field.columns), str(error)))
    return values


def as_typed(cell: str) -> str:
    """A cell as its author meant it: without the apostrophe of a guarded text; no formula, no failed one.

    Examples
    --------
    >>> as_typed("'=1+1"), as_typed("plain")
    ('=1+1', 'plain')
    """
    if cell.startswith("="):
        raise ValueError(f"“{cell[:30]}” is a formula; put its value there instead")
    if cell.startswith("#") and cell.rstrip("!?") in FAILED:
        raise ValueError(f"this cell holds the failed formula {cell}")
    return unguarded(cell)


def filled(text: str) -> str:
    """Read a text that may not be empty."""
    if not text:
        raise ValueError("this cell may not be empty")
    return text


def whole(text: str) -> int:
    """Read a whole number, also one that a spreadsheet saved as 4.0.

    Examples
    --------
    >>> whole("4.0")
    4
    """
    number, _, rest = text.partition(".")
    digits = number.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or rest.strip("0"):
        raise ValueError(f"“{text}” is not a whole number")
    return int(number)


def short(text: str) -> str:
    """Read a name or a code: filled, and at most 120 characters."""
    if len(text) > 120:
        raise ValueError(f"{len(text)} characters; at most 120 fit")
    return filled(text)


def unique(rows: Sequence[tuple[int, dict[str, Any]]], column: str) -> None:
    """Refuse a file in which a value that must be unique stands twice.

    Raises
    ------
    SheetError
        With every line that repeats one.
    """
    first: dict[Any, int] = {}
    errors = [
        RowError(line, column, f"“{values[column]}” stands on line {first[values[column]]} already")
        for line, values in rows
        if first.setdefault(values[column], line) != line
    ]
    if errors:
        raise SheetError(errors)
