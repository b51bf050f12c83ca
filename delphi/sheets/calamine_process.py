"""Unpack a workbook in a process of its own, which may use little memory and little time, then end.

Two cells far apart make a small workbook a table of billions of empty cells: no look at the file tells this beforehand.
"""

import io
import json
import sys
from typing import Any

MEMORY, SECONDS = 512 * 2**20, 20
DAMAGED = 3


def main() -> None:
    """Read a workbook from standard input, write the rows of its first sheet as JSON."""
    restrict()
    data = sys.stdin.buffer.read()
    try:
        json.dump(first_sheet(data), sys.stdout)
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


def first_sheet(data: bytes) -> list[list[str]]:
    """Rows of the first sheet as text."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    return [[text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]


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
