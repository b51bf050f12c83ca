"""Writing CSV that no spreadsheet executes (REPORTING 1.9, 6)."""

from collections.abc import Iterable, Sequence
from typing import TextIO

LIVE = tuple("=+-@\t\r\n＝＋－＠")
Value = int | float | str | bool | None


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> guarded("=1+1"), guarded("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if text.startswith(LIVE) else text


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
