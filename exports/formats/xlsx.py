"""XLSX: a sheet a round, real numbers under the format that prints them, strings that are never formulas."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from delphi.statistics.exact import round_half_up
from exports.document import Exhibit, table_of
from exports.formats.text import legal
from exports.table import HIDDEN, Cell, Column, Row, Table, printed, reasons_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME, LONGEST_CELL = 31, 32767
WIDEST, NARROWEST = 60, 8
MOST_ON_A_PAGE = 24  # columns; more are printed over several pages
CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 (a fixed date, so that equal exports are equal files)


def write(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write README, the sheets of the table, its codebook and its notes."""
    from xlsxwriter.workbook import Workbook

    table = table_of(exhibit)
    book = Workbook(stream, OPTIONS)
    book.set_properties({"title": legal(table.title), "author": "Delphi", "comments": table.notice, "created": CREATED})
    pen = _Pen(book)
    pen.lines("README", _readme(table))
    for name, rows in sheets_of(table):
        pen.table(name, table, rows)
    pen.lines("codebook", [("name", "label", "type"), *((c.name, c.label, c.type) for c in table.columns)])
    pen.lines("notes", [(table.caption,), *((note,) for note in table.notes)])
    book.close()


def _readme(table: Table) -> Iterator[tuple[str, ...]]:
    yield (table.title,)
    if table.notice:
        yield (table.notice,)
    yield (table.caption,)
    yield (f"Schema: {table.schema}",)
    yield ("Numbers are stored unrounded; what is printed is set by the format of each cell.",)
    if table.definition:
        yield (f"Definition: {json.dumps(dict(table.definition), ensure_ascii=False)}",)


def sheets_of(table: Table) -> list[tuple[str, tuple[Row, ...]]]:
    """Cut a table by its column of sheets, and add the last state of each statement."""
    if table.split not in table.names or not table.rows:
        return [("table", table.rows)]
    at = table.names.index(table.split)
    cut: dict[Cell, list[Row]] = {}
    for row in table.rows:
        cut.setdefault(row[at], []).append(row)
    keys = [table.names.index(name) for name in ("statement", "group") if name in table.names]
    last = {tuple(row[i] for i in keys): row for row in table.rows}
    return [*((f"{table.split} {value}", tuple(rows)) for value, rows in cut.items()), ("final", tuple(last.values()))]


class _Pen:
    """Writes into one workbook; formats are made once."""

    def __init__(self, book: "Workbook") -> None:
        self.book = book
        self.names: set[str] = set()
        self.formats: dict[tuple[Any, ...], Format] = {}

    def format(self, **properties: Any) -> "Format":
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"valign": "top", **properties})
        return self.formats[key]

    def sheet(self, name: str) -> "Worksheet":
        plain = FORBIDDEN.sub("_", legal(name))[:LONGEST_NAME] or "sheet"
        if plain.lower() in self.names:
            raise ValueError(f"two sheets are called {plain}")
        self.names.add(plain.lower())
        return self.book.add_worksheet(plain)

    def lines(self, name: str, lines: Iterable[tuple[str, ...]]) -> None:
        """Write a sheet of texts."""
        sheet = self.sheet(name)
        written = list(lines)
        sheet.set_column(0, 0, WIDEST * 2 if max(map(len, written), default=1) == 1 else WIDEST / 2)
        sheet.set_column(1, 1, WIDEST)
        for y, line in enumerate(written):
            for x, text in enumerate(line):
                sheet.write_string(y, x, legal(text)[:LONGEST_CELL], self.format(text_wrap=True))

    def table(self, name: str, table: Table, rows: tuple[Row, ...]) -> None:
        """Write a sheet of the table, the head frozen and repeated on paper."""
        sheet = self.sheet(name)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        if len(table.columns) <= MOST_ON_A_PAGE:
            sheet.fit_to_pages(1, 0)
        if table.notice:
            sheet.set_header(f"&C{legal(table.notice).replace('&', '&&')[:200]}")
        for x, column in enumerate(table.columns):
            sheet.set_column(x, x, _width(column, [row[x] for row in rows[:200]]))
            sheet.write_string(0, x, legal(column.name), self.format(bold=True, text_wrap=True, bottom=1))
        if rows:
            sheet.autofilter(0, 0, len(rows), len(table.columns) - 1)
        for y, row in enumerate(rows, 1):
            reasons = reasons_of(dict(zip(table.names, row, strict=True)))
            for x, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                self.cell(sheet, (y, x), column, value, hidden=reasons.get(column.name) == HIDDEN)

    def cell(self, sheet: "Worksheet", at: tuple[int, int], column: Column, value: Cell, *, hidden: bool) -> None:
        """Write one cell as what it is."""
        if value is None:
            if hidden:
                sheet.write_string(*at, "–", self.format(align="right"))
        elif isinstance(value, bool):
            sheet.write_boolean(*at, value, self.format())
        elif isinstance(value, int | float):
            sheet.write_number(*at, value, self.format(num_format=number_format(column, value)))
        else:
            sheet.write_string(*at, legal(value)[:LONGEST_CELL], self.format(text_wrap=True))


def number_format(column: Column, value: float) -> str:
    """Give the format under which a number prints as everywhere else; the number itself stays exact.

    Examples
    --------
    >>> share = Column("x", "percent", "X")
    >>> number_format(share, 66.5), number_format(share, 0.1), number_format(Column("m", "float", "M"), 2.5)
    ('0', '"<1"', '0.0')
    """
    text = printed(column, value)
    whole, _, decimals = text.lstrip("-").partition(".")
    plain = "0" + (f".{'0' * len(decimals)}" if decimals else "")
    if whole.isdigit() and float(round_half_up(float(value), len(decimals))) == float(text):
        return plain
    return f'"{text}"'


def _width(column: Column, cells: list[Cell]) -> float:
    longest = max((len(str(cell)) for cell in cells if isinstance(cell, str)), default=0)
    return min(WIDEST, max(NARROWEST, len(column.name) + 2, longest))
