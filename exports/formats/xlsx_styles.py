"""How cells of a sheet look: their format, the width of their columns, and how many lines they need."""

from math import ceil
from typing import Any

from delphi.consensus.table.columns import Cell
from delphi.statistics.base.exact import round_half_up
from exports.tables.layout import Head
from exports.tables.printing import printed
from exports.tables.table import Column

WIDEST, NARROWEST, REASONS = 60, 8, 24  # letters; of a column that only explains
ON_A_PAGE = 150  # letters of a printed table


def number_format(column: Column, value: float) -> str:
    """The format under which a number prints as everywhere else; the number itself stays exact.

    Examples
    --------
    >>> share = Column("x", "percent", "X")
    >>> number_format(share, 66.5), number_format(share, 0.1), number_format(Column("m", "float", "M"), 2.5)
    ('0', '"<1"', '0.0')
    """
    text = printed(column, value).replace("−", "-")
    whole, _, decimals = text.lstrip("-").partition(".")
    plain = "0" + (f".{'0' * len(decimals)}" if decimals else "")
    if whole.isdigit() and float(round_half_up(float(value), len(decimals))) == float(text):
        return plain
    return f'"{text}"'


def side(column: Column) -> dict[str, Any]:
    """Put heads and texts where the numbers of the column stand, a little apart from the column before."""
    return {"align": "right"} if column.type not in ("text", "bool") else {"align": "left", "indent": 1}


def lines_of(text: str, width: float) -> int:
    """Guess how many lines a text needs: letters are narrower than the digits that widths are counted in."""
    return sum(max(1, ceil(len(line) / max(width, 1))) for line in text.split("\n"))


def printed_width(head: Head) -> float:
    """Width of a printed column in letters."""
    return min(WIDEST, max(NARROWEST, ON_A_PAGE * head.share, *(len(word) + 3 for word in head.text.split() or [""])))


def width_of(column: Column, cells: list[Cell]) -> float:
    """Width of a column of the whole table in letters, by its name and its texts."""
    if column.name == "reasons":
        return REASONS
    longest = max((len(str(cell)) for cell in cells if isinstance(cell, str)), default=0)
    return min(WIDEST, max(NARROWEST, len(column.name) + 4, longest + 2))
