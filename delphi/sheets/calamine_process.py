"""Unpack a workbook in a process of its own, which may use little memory and little time, then end.

Two cells far apart make a small workbook a table of billions of empty cells: no look at the file tells this beforehand.
"""

import io
import json
import sys
from typing import Any

MEMORY, SECONDS = 512 * 2**20, 20
DAMAGED = 3
OURS = ("README", "table", "codebook")  # sheets of a workbook that `exports/formats/xlsx.py` wrote


def main() -> None:
    """Read a workbook from standard input, write its rows as JSON."""
    restrict()
    data = sys.stdin.buffer.read()
    try:
        json.dump(sheets(data), sys.stdout)
    except Exception:  # noqa: BLE001 - whatever the reader meets: the parent knows only that it could not be read
        sys.exit(DAMAGED)


def restrict() -> None:
    """Limit memory and time of this process, where the system can."""
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def sheets(data: bytes) -> dict[str, list[list[str]]]:
    """Rows of the first sheet as text; of a workbook that was exported here, those of its table and of its codebook."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = book.sheet_names
    ours = names[0] == OURS[0] and set(OURS) <= set(names)
    wanted = {"rows": names.index("table"), "codebook": names.index("codebook")} if ours else {"rows": 0}
    return {part: _rows(book, index) for part, index in wanted.items()}


def _rows(book: Any, index: int) -> list[list[str]]:
    return [[text(value) for value in row] for row in book.get_sheet_by_index(index).to_python(skip_empty_area=False)]


def text(value: Any) -> str:
    """Write a cell as text: whole numbers without a point, dates as 2022-09-30.

    Examples
    --------
    >>> text(4.0), text(4.5), text(True), text("x")
    ('4', '4.5', 'true', 'x')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


if __name__ == "__main__":
    main()  # pragma: no cover - run by the parent
