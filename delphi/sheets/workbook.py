"""Reading a sheet from whatever it was saved as: CSV, or an Excel workbook (its first sheet, or the table exported here)."""

import json
import subprocess
import sys
from dataclasses import replace

from delphi.sheets.archives import checked_members
from delphi.sheets.column_heads import Heads
from delphi.sheets.errors import SheetError
from delphi.sheets.reading import LIMITS, MEGABYTE, Limits, Sheet, read_csv, sheet_of
from delphi.sheets.writing import guarded

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
PATIENCE = 30
UNREADABLE = "the workbook is damaged, or too large when unpacked"


def read_sheet(data: bytes, limits: Limits = LIMITS, heads: Heads | None = None) -> Sheet:
    """Read a file by its content, whatever its name.

    Raises
    ------
    SheetError
        It is neither CSV nor an Excel workbook, too large, or its lines do not fit its head.
    """
    if data.startswith(OLD_EXCEL):
        raise SheetError.at(1, "", "this is an old or a protected Excel file; save it as .xlsx without a password")
    return read_xlsx(data, limits, heads) if data.startswith(ZIP) else read_csv(data, limits, heads)


def read_xlsx(data: bytes, limits: Limits = LIMITS, heads: Heads | None = None) -> Sheet:
    """Read the first sheet of an Excel workbook; cells become text as CSV would hold them.

    Of a workbook that was exported here, it is the sheet of its table, with the labels of its codebook.
    """
    if len(data) > limits.size:
        raise SheetError.at(1, "", f"the file is larger than {limits.size // MEGABYTE} MB")
    if "xl/workbook.xml" not in checked_members(data):
        raise SheetError.at(1, "", "this is not an Excel workbook")
    parts = _unpacked(data)
    rows = parts["rows"]
    if len(rows) > limits.rows + 1:
        raise SheetError.at(1, "", f"the sheet has more than {limits.rows} rows")
    # A cell of a workbook is a value, whatever it begins with: a formula came as its result.
    sheet = sheet_of(((line, tuple(map(guarded, row))) for line, row in enumerate(rows, 1)), limits, heads)
    return replace(sheet, labels={row[0]: row[1] for row in parts.get("codebook", ())[1:] if len(row) > 1})


def _unpacked(data: bytes) -> dict[str, list[list[str]]]:
    """Let a restricted child process read the workbook."""
    command = [sys.executable, "-I", "-m", "delphi.sheets.calamine_process"]
    try:
        # the command is fixed; the file goes in through standard input
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603 (our own child)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise SheetError.at(1, "", UNREADABLE) from None
    parts: dict[str, list[list[str]]] = json.loads(done.stdout)
    return parts
