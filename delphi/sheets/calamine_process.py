"""Unpack a workbook in a process of its own, which may use little memory and little time, then end.

Two cells far apart make a small workbook a table of billions of empty cells: no look at the file tells this beforehand.
"""

import io
import json
import sys
import zipfile
from typing import IO, Any
from xml.etree import ElementTree as ET

MEMORY, SECONDS = 512 * 2**20, 20
DAMAGED = 3
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
RELATIONS = "xl/_rels/workbook.xml.rels"
OURS = ("README", "table", "codebook")  # sheets of a workbook that `exports/formats/xlsx.py` wrote


def main() -> None:
    """Read a workbook from standard input, write its rows as JSON; called with “all”, every sheet with what belongs to it."""
    restrict()
    data = sys.stdin.buffer.read()
    try:
        json.dump(all_sheets(data) if sys.argv[1:] == ["all"] else sheets(data), sys.stdout)
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


def all_sheets(data: bytes) -> list[dict[str, Any]]:
    """Every sheet: its name, whether it is hidden, its rows, which of them are, what is merged, and formulas without a value."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    marks = marks_of(data)
    return [
        {
            "name": sheet.name,
            "hidden": sheet.visible is not SheetVisibleEnum.Visible,
            "rows": _rows(book, place),
            "merged": book.get_sheet_by_index(place).merged_cell_ranges or [],
            "unstored": [],
            "hidden_rows": [],
        }
        | marks.get(sheet.name, {})
        for place, sheet in enumerate(book.sheets_metadata)
        if sheet.typ is SheetTypeEnum.WorkSheet
    ]


def marks_of(data: bytes) -> dict[str, dict[str, list[Any]]]:
    """By sheet: formulas without a stored result (a program wrote them, no spreadsheet), and the numbers of hidden rows."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        related = ET.parse(packed.open(RELATIONS)).iter()  # noqa: S314 (this process is restricted)
        parts = {item.get("Id"): str(item.get("Target")) for item in related}
        book = ET.parse(packed.open("xl/workbook.xml")).iter(f"{MAIN}sheet")  # noqa: S314 (as above)
        paths = {str(sheet.get("name")): parts.get(sheet.get(RELATED), "") for sheet in book}
        known = set(packed.namelist())
        found = {name: path[1:] if path.startswith("/") else f"xl/{path}" for name, path in paths.items()}
        return {name: _marks(packed.open(path)) for name, path in found.items() if path in known}


def _marks(part: IO[bytes]) -> dict[str, list[Any]]:
    unstored, hidden = [], []
    for _event, item in ET.iterparse(part):  # noqa: S314 (as above)
        if item.tag == f"{MAIN}c":
            formula, value = item.find(f"{MAIN}f"), item.find(f"{MAIN}v")
            if formula is not None and item.get("t") != "str" and (value is None or not value.text):
                unstored.append((item.get("r"), formula.text or ""))
        elif item.tag == f"{MAIN}row":
            if item.get("hidden") in ("1", "true"):
                hidden.append(int(item.get("r", 0)))
            item.clear()
    return {"unstored": unstored, "hidden_rows": hidden}


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
