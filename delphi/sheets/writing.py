"""Writing CSV that no spreadsheet executes (REPORTING 1.9, 6)."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TextIO

LIVE = tuple("=+-@\t\r\n＝＋－＠")
SHEET_NAME = re.compile(r"[\[\]:*?/\\]")  # what the name of a sheet may not hold
Value = int | float | str | bool | None


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> guarded("=1+1"), guarded("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if text.lstrip("'").startswith(LIVE) else text


def unguarded(text: str) -> str:
    """Take the apostrophe away that `guarded` put before a text.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(LIVE) else text


def cell(value: Value) -> str:
    """Write one cell: texts quoted and guarded, numbers bare in full precision, nothing for nothing.

    Examples
    --------
    >>> print(cell("no"), cell(2 / 3), cell(True), cell(None))
    "no" 0.6666666666666666 true
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return '"' + guarded(value).replace('"', '""') + '"'


def write_csv(stream: TextIO, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write a head and rows; lines end with CR LF."""
    stream.writelines(",".join(map(cell, row)) + "\r\n" for row in (head, *rows))


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Write a CSV file as spreadsheets open it: UTF-8 with a mark at the start."""
    text = io.StringIO(newline="")
    write_csv(text, head, rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(head: Sequence[str], rows: Iterable[Sequence[Value]], *, title: str) -> bytes:
    """Write an Excel workbook of one sheet: texts stay texts, equal rows give an equal file."""
    import xlsxwriter

    stream = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(stream, plain)
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
    sheet, bold = book.add_worksheet(SHEET_NAME.sub(" ", title)[:31] or "Sheet"), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(head) - 1), 24)
    for column, name in enumerate(head):
        sheet.write_string(0, column, name, bold)
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            elif value is not None:
                sheet.write(line, column, value)
    book.close()
    return stream.getvalue()
