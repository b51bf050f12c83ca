"""Plain text for a terminal: the brief columns under their names in words, rounded for reading."""

import textwrap
from typing import BinaryIO

from delphi.consensus.table.columns import Cell
from exports.tables.document import Exhibit, Heading, Paragraph, document_of
from exports.tables.house import House
from exports.tables.printing import printed
from exports.tables.table import Column, Table

WIDTH = 100
LONGEST = 40  # a text that is longer is cut: it stands whole in the other formats
NARROW = 9  # a head is broken into lines, but no narrower than this


def write(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write title, caption, aligned columns and notes."""
    document = document_of(exhibit)
    blocks = [[document.notice]] if document.notice else []
    for block in document.blocks:
        if isinstance(block, Table):
            blocks.append(_table(block))
        elif isinstance(block, Heading):
            blocks.append([block.text, "=" * len(block.text)])
        elif isinstance(block, Paragraph):
            blocks.append([textwrap.fill(block.text, WIDTH)])
        else:
            blocks += [[block.title, textwrap.fill(block.alternative, WIDTH)], _table(block.data)]
    stream.write(("\n\n".join("\n".join(lines) for lines in blocks) + "\n").encode())


def _table(table: Table) -> list[str]:
    picked = [i for i, column in enumerate(table.columns) if column.brief] or list(range(len(table.columns)))
    columns = [table.columns[i] for i in picked]
    cells = [
        [_shown(column, row[i], table.house) for i, column in zip(picked, columns, strict=True)] for row in table.rows
    ]
    widths = [max([_width(column), *(len(row[i]) for row in cells)]) for i, column in enumerate(columns)]
    head, body = ([_line(columns, row, widths) for row in rows] for rows in (_head(columns, widths), cells))
    rule = "-" * (sum(widths) + 2 * len(widths) - 2)
    notes = [textwrap.fill(note, WIDTH) for note in table.notes]
    return [table.title, textwrap.fill(table.caption, WIDTH), "", *head, rule, *body, rule, *notes]


def _shown(column: Column, value: Cell, house: House) -> str:
    return textwrap.shorten(printed(column, value, house), LONGEST, placeholder="…")


def _width(column: Column) -> int:
    """Width that the name of a column needs when it is broken at spaces."""
    return max([len(word) for word in column.label.split()] + [min(len(column.label), NARROW)])


def _head(columns: list[Column], widths: list[int]) -> list[list[str]]:
    """Lines of names, standing on the table."""
    names = [textwrap.wrap(column.label, width) or [""] for column, width in zip(columns, widths, strict=True)]
    height = max(map(len, names))
    padded = [[""] * (height - len(lines)) + lines for lines in names]
    return [list(line) for line in zip(*padded, strict=True)]


def _line(columns: list[Column], cells: list[str], widths: list[int]) -> str:
    return "  ".join(map(_aligned, columns, cells, widths)).rstrip()


def _aligned(column: Column, text: str, width: int) -> str:
    return text.ljust(width) if column.type == "text" else text.rjust(width)
