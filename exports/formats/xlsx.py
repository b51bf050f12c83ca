"""XLSX: a sheet a round, real numbers under the format that prints them, strings that are never formulas."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from delphi.consensus.table.columns import Cell
from exports.formats.text import legal
from exports.formats.xlsx_styles import WIDEST, lines_of, number_format, printed_width, side, width_of
from exports.tables.document import Exhibit, table_of
from exports.tables.layout import Break, Sheet, picked_of, sheet_of
from exports.tables.table import HIDDEN, Column, Row, Table, reasons_of

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
HIGHEST, LINE = 27, 15  # lines of a row that Excel shows; points of a line
MOST_ON_A_PAGE, SMALLER = 24, 55  # columns; more are printed over several pages, in per cent of their size
CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 (a fixed date, so that equal exports are equal files)


def write(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write the printed table where there is one, README, the sheets of the table, its codebook and its notes."""
    from xlsxwriter.workbook import Workbook

    table = table_of(exhibit)
    book = Workbook(stream, OPTIONS)
    book.set_properties({"title": legal(table.title), "author": "Delphi", "comments": table.notice, "created": CREATED})
    pen = _Pen(book)
    if table.breaks:
        pen.page("printed", sheet_of(table), table)
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
        sheet = self.paper(name)
        written = list(lines)
        widths = [WIDEST * 2] if max(map(len, written), default=1) == 1 else [WIDEST / 2, WIDEST]
        for x, width in enumerate(widths):
            sheet.set_column(x, x, width)
        for y, line in enumerate(written):
            sheet.set_row(y, LINE * max(lines_of(text, width) for text, width in zip(line, widths, strict=False)))
            for x, text in enumerate(line):
                sheet.write_string(y, x, legal(text)[:LONGEST_CELL], self.format(text_wrap=True))

    def paper(self, name: str, notice: str = "", *, fit: bool = True) -> "Worksheet":
        """Begin a sheet that can be printed."""
        sheet = self.sheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_footer("&C&P")
        if fit:
            sheet.fit_to_pages(1, 0)
        else:
            sheet.set_print_scale(SMALLER)
        if notice:
            sheet.set_header(f"&C{legal(notice).replace('&', '&&')[:200]}")
        return sheet

    def table(self, name: str, table: Table, rows: tuple[Row, ...]) -> None:
        """Write a sheet of the table, the head frozen and repeated on paper."""
        sheet = self.paper(name, table.notice, fit=len(table.columns) <= MOST_ON_A_PAGE)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0)
        widths = [width_of(column, [row[x] for row in rows[:200]]) for x, column in enumerate(table.columns)]
        for x, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
            sheet.set_column(x, x, width)
            sheet.write_string(0, x, legal(column.name), self.format(bold=True, bottom=1, **side(column)))
        if rows:
            sheet.autofilter(0, 0, len(rows), len(table.columns) - 1)
        for y, row in enumerate(rows, 1):
            self.row(sheet, y, table.columns, row, widths)

    def row(self, sheet: "Worksheet", y: int, columns: Sequence[Column], row: Row, widths: Sequence[float]) -> None:
        """Write one row, as high as its texts need."""
        reasons = reasons_of(dict(zip((column.name for column in columns), row, strict=True)))
        high = 1
        for x, (column, value) in enumerate(zip(columns, row, strict=True)):
            self.cell(sheet, (y, x), column, value, hidden=reasons.get(column.name) == HIDDEN)
            if isinstance(value, str) and column.name != "reasons":
                high = max(high, lines_of(value, widths[x]))
        sheet.set_row(y, LINE * min(high, HIGHEST))

    def cell(self, sheet: "Worksheet", at: tuple[int, int], column: Column, value: Cell, *, hidden: bool) -> None:
        """Write one cell as what it is."""
        if value is None:
            if hidden:
                sheet.write_string(*at, "–", self.format(align="right"))
        elif isinstance(value, bool):
            sheet.write_boolean(*at, value, self.format(align="left", indent=1))
        elif isinstance(value, int | float):
            sheet.write_number(*at, value, self.format(num_format=number_format(column, value)))
        else:
            wrap = column.name != "reasons"
            sheet.write_string(*at, legal(value)[:LONGEST_CELL], self.format(text_wrap=wrap, **side(column)))

    def page(self, name: str, printed: Sheet, table: Table) -> None:
        """Write the table as it is printed: heads in words, headings above rows, notes; numbers stay numbers."""
        sheet = self.paper(name, table.notice)
        shown = [table.columns[i] for i in picked_of(table)]
        widths = [printed_width(head) for head in printed.heads]
        for x, width in enumerate(widths):
            sheet.set_column(x, x, width)
        self.across(sheet, 0, table.subject or printed.title, widths, bold=True, font_size=14)
        self.across(sheet, 1, f"{printed.title} {printed.caption}", widths)
        y = self.heads(sheet, 2, printed, shown)
        sheet.freeze_panes(y, 0)
        sheet.repeat_rows(2, y - 1)
        values = iter(table.rows)
        for line in printed.lines:
            if isinstance(line, Break):
                fill = "#E1E1E1" if line.level == 0 else "#F2F2F2"
                self.across(sheet, y, line.text, widths, bold=True, bg_color=fill)
            else:
                self.row_as_shown(sheet, y, table, next(values), line, widths)
            y += 1
        for at, note in enumerate(printed.notes):
            self.across(sheet, y + at, note, widths, font_size=9, **({} if at else {"top": 1}))

    def row_as_shown(
        self, sheet: "Worksheet", y: int, table: Table, row: Row, line: tuple[str, ...], widths: Sequence[float]
    ) -> None:
        """Write numbers as numbers, and all else as it is printed."""
        for x, (i, text) in enumerate(zip(picked_of(table), line, strict=True)):
            column, value = table.columns[i], row[i]
            if isinstance(value, int | float) and not isinstance(value, bool):
                self.cell(sheet, (y, x), column, value, hidden=False)
            elif text:
                sheet.write_string(y, x, legal(text)[:LONGEST_CELL], self.format(text_wrap=True, **side(column)))
        sheet.set_row(y, LINE * min(HIGHEST, max(map(lines_of, line, widths))))

    def heads(self, sheet: "Worksheet", y: int, printed: Sheet, columns: Sequence[Column]) -> int:
        """Write the heads, and those above them; gives the next row."""
        at = 0
        for over, n in printed.spans:
            centred = self.format(bold=True, align="center", bottom=1, bottom_color="#999999", top=1)
            if over:
                self.merged(sheet, (y, at, at + n - 1), over, centred)
            else:
                sheet.write_blank(y, at, None, self.format(top=1))
            at += n
        y += bool(printed.spans)
        top = {} if printed.spans else {"top": 1}
        for x, (head, column) in enumerate(zip(printed.heads, columns, strict=True)):
            sheet.write_string(
                y,
                x,
                legal(head.text),
                self.format(bold=True, text_wrap=True, valign="bottom", bottom=1, **top, **side(column)),
            )
        sheet.set_row(y, LINE * max(lines_of(head.text, printed_width(head)) for head in printed.heads))
        return y + 1

    def across(self, sheet: "Worksheet", y: int, text: str, widths: Sequence[float], **more: Any) -> None:
        """Write a text over the whole width, as high as it needs."""
        self.merged(sheet, (y, 0, len(widths) - 1), text, self.format(text_wrap=True, **more))
        size = more.get("font_size", 11) / 11
        sheet.set_row(y, LINE * max(1, size) * min(lines_of(text, sum(widths) / size), HIGHEST))

    @staticmethod
    def merged(sheet: "Worksheet", at: tuple[int, int, int], text: str, style: "Format") -> None:
        """Write a text over some columns of a row, and never as a formula."""
        y, first, last = at
        if last > first:
            sheet.merge_range(y, first, y, last, "", style)
        sheet.write_string(y, first, legal(text)[:LONGEST_CELL], style)
