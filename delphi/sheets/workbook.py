"""Reading a sheet from whatever it was saved as: CSV, or an Excel workbook (its first sheet, or the table exported here)."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from delphi.sheets.archives import checked_members
from delphi.sheets.column_heads import Heads, SheetLine
from delphi.sheets.errors import SheetError
from delphi.sheets.file_kinds import refuse_other_kinds
from delphi.sheets.reading import LIMITS, MEGABYTE, Limits, Sheet, read_csv, sheet_of
from delphi.sheets.writing import guarded

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
PATIENCE = 30
Area = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, each by row and column from 0
PROTECTED = "this is an old or a protected Excel file; save it as .xlsx without a password"
UNREADABLE = "the workbook is damaged, or too large when unpacked"


def read_sheet(data: bytes, limits: Limits = LIMITS, heads: Heads | None = None) -> Sheet:
    """Read a file by its content, whatever its name.

    Raises
    ------
    SheetError
        It is neither CSV nor an Excel workbook, too large, or its lines do not fit its head.
    """
    refuse_other_kinds(data)
    if data.startswith(OLD_EXCEL):
        raise SheetError.at(1, "", PROTECTED)
    return read_xlsx(data, limits, heads) if data.startswith(ZIP) else read_csv(data, limits, heads)


def read_xlsx(data: bytes, limits: Limits = LIMITS, heads: Heads | None = None) -> Sheet:
    """Read the first sheet of an Excel workbook; cells become text as CSV would hold them.

    Of a workbook that was exported here, it is the sheet of its table, with the labels of its codebook.
    """
    _check(data, limits)
    parts: dict[str, list[list[str]]] = _unpacked(data)
    rows = parts["rows"]
    if len(rows) > limits.rows + 1:
        raise SheetError.at(1, "", f"the sheet has more than {limits.rows} rows")
    # A cell of a workbook is a value, whatever it begins with: a formula came as its result.
    sheet = sheet_of(((line, tuple(map(guarded, row))) for line, row in enumerate(rows, 1)), limits, heads)
    return replace(sheet, labels={row[0]: row[1] for row in parts.get("codebook", ())[1:] if len(row) > 1})


@dataclass(frozen=True)
class BookSheet:
    """A sheet of a workbook as it stands: its filled lines, and what merged cells say of the lines below (line, column)."""

    name: str
    hidden: bool
    lines: tuple[SheetLine, ...]
    merged: Mapping[tuple[int, int], str]
    hidden_lines: int = 0


def read_book(data: bytes, limits: Limits = LIMITS) -> list[BookSheet]:
    """Read every sheet of an Excel workbook, hidden ones too.

    Raises
    ------
    SheetError
        It is none, or too large.
    """
    _check(data, limits)
    return [_book_sheet(part) for part in _unpacked(data, "all")]


def _book_sheet(part: dict[str, Any]) -> BookSheet:
    rows = [list(map(guarded, row)) for row in part["rows"]]
    for place, formula in part["unstored"]:
        _put(rows, *_place(place), f"={formula}")
    lines = tuple((line, tuple(cells)) for line, cells in enumerate(rows, 1) if any(cell.strip() for cell in cells))
    concealed = len({line for line, _cells in lines} & set(part["hidden_rows"]))
    return BookSheet(part["name"], part["hidden"], lines, _merged(dict(lines), part["merged"]), concealed)


def _put(rows: list[list[str]], line: int, column: int, text: str) -> None:
    """Put a text into a cell where the sheet has one; a formula far below all that is filled belongs to no row."""
    if line <= len(rows):
        rows[line - 1] += [""] * (column + 1 - len(rows[line - 1]))
        rows[line - 1][column] = text


def _merged(cells: Mapping[int, tuple[str, ...]], areas: Sequence[Area]) -> dict[tuple[int, int], str]:
    """What merged cells say of the lines below their first: only where such a line has something of its own."""
    put: dict[tuple[int, int], str] = {}
    for (first, left), (last, _right) in areas:
        above = cells.get(first + 1, ())
        value = above[left] if left < len(above) else ""
        put |= {(line, left): value for line in range(first + 2, last + 2) if value.strip() and line in cells}
    return put


def _place(name: str) -> tuple[int, int]:
    """Line (from 1) and column (from 0) of a cell.

    Examples
    --------
    >>> _place("AB12")
    (12, 27)
    """
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(name[len(letters) :]), column - 1


def _check(data: bytes, limits: Limits) -> None:
    if len(data) > limits.size:
        raise SheetError.at(1, "", f"the file is larger than {limits.size // MEGABYTE} MB")
    if "xl/workbook.xml" not in checked_members(data):
        raise SheetError.at(1, "", "this is not an Excel workbook")


def _unpacked(data: bytes, *words: str) -> Any:
    """Let a restricted child process read the workbook."""
    command = [sys.executable, "-I", "-m", "delphi.sheets.calamine_process", *words]
    try:
        # the command is fixed; the file goes in through standard input
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603 (our own child)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise SheetError.at(1, "", UNREADABLE) from None
    return json.loads(done.stdout)
