"""Plain text for a terminal: the brief columns, rounded for reading."""

import textwrap
from typing import BinaryIO

from exports.document import Exhibit, Heading, Paragraph, document_of
from exports.table import Cell, Column, Table, printed

WIDTH = 100


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
    lines = [[column.name for column in columns]]
    lines += [[_shown(column, row[i]) for i, column in zip(picked, columns, strict=True)] for row in table.rows]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    body = ["  ".join(map(_aligned, columns, cells, widths)).rstrip() for cells in lines]
    rule = "-" * max(map(len, body))
    notes = [textwrap.fill(note, WIDTH) for note in table.notes]
    return [table.title, textwrap.fill(table.caption, WIDTH), "", body[0], rule, *body[1:], rule, *notes]


def _shown(column: Column, value: Cell) -> str:
    return " ".join(printed(column, value).split())


def _aligned(column: Column, text: str, width: int) -> str:
    return text.ljust(width) if column.type == "text" else text.rjust(width)
