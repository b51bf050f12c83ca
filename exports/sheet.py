"""A table as it is printed: heads, headings above rows, cells as text, notes. What every page format sees."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from exports.table import HIDDEN, Cell, Column, Table, printed, reasons_of

WIDE, LANDSCAPE = 24, 8  # letters of a column that gets the rest of the page; columns from which a page is turned
LEAST, PAGE, PAGE_WIDE = 4, 90, 135  # letters: the narrowest column, and what stands on a line of a page
SIDES, LONG = 3, 120  # letters: what stands left and right in a cell, and beyond what a text only gets longer
UNPRINTED = frozenset({"reasons"})
WORDS = {"wording_changed": "reworded", "merged": "merged", "split": "split", "new": "new"}


@dataclass(frozen=True)
class Head:
    """Head of a printed column; ``share`` is its part of the width, all of them together are 1."""

    text: str
    number: bool
    wide: bool
    share: float = 0.0


@dataclass(frozen=True)
class Break:
    """A heading above rows, over the whole width; level 0 is the outermost."""

    text: str
    level: int


Line = Break | tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A printed table."""

    title: str
    caption: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]

    @property
    def landscape(self) -> bool:
        """Whether it needs a page on its side."""
        return len(self.heads) > LANDSCAPE


def sheet_of(table: Table) -> Sheet:
    """Print a table."""
    picked = [i for i, c in enumerate(table.columns) if c.name not in UNPRINTED and c.name not in table.breaks]
    lines = tuple(_lines(table, picked))
    texts = [line for line in lines if not isinstance(line, Break)]
    cells = [[line[at] for line in texts] for at in range(len(picked))]
    heads = [_head(table.columns[i], column) for i, column in zip(picked, cells, strict=True)]
    return Sheet(table.title, table.caption, tuple(_shared(heads, cells)), lines, table.notes)


def _head(column: Column, texts: list[str]) -> Head:
    wide = column.type == "text" and max(map(len, texts), default=0) > WIDE
    return Head(column.label, column.type not in ("text", "bool"), wide)


def _shared(heads: list[Head], cells: list[list[str]]) -> Iterator[Head]:
    """Give narrow columns what their longest word needs, and wide ones the rest, but never too little."""
    needs = [
        min(WIDE, SIDES + max([LEAST, *(len(word) for text in (head.text, *column) for word in text.split())]))
        for head, column in zip(heads, cells, strict=True)
    ]
    longest = [
        min(LONG, max(map(len, column), default=0)) if head.wide else 0
        for head, column in zip(heads, cells, strict=True)
    ]
    narrow = sum(need for need, head in zip(needs, heads, strict=True) if not head.wide)
    left = max((PAGE_WIDE if len(heads) > LANDSCAPE else PAGE) - narrow, WIDE * sum(head.wide for head in heads))
    for head, need, most in zip(heads, needs, longest, strict=True):
        letters = left * most / sum(longest) if head.wide else need
        yield replace(head, share=letters / (narrow + (left if any(longest) else 0)))


def _lines(table: Table, picked: list[int]) -> Iterator[Line]:
    at = [table.names.index(name) for name in table.breaks]
    above: list[Cell] = [None] * len(at)
    for row in table.rows:
        for level, i in enumerate(at):
            if row[i] != above[level]:
                above[level:] = [row[i], *[None] * (len(at) - level - 1)]
                if row[i]:
                    yield Break(str(row[i]), level)
        reasons = reasons_of(dict(zip(table.names, row, strict=True)))
        yield tuple(shown(table.columns[i], row[i], reasons) for i in picked)


def shown(column: Column, value: Cell, reasons: dict[str, str]) -> str:
    """Print a cell; a hidden one is a dash, one that is truly empty is empty, a change that has none says why."""
    if value is not None:
        return printed(column, value)
    reason = reasons.get(column.name)
    if column.says_why and reason in WORDS:
        return WORDS[reason]
    return "–" if reason == HIDDEN else ""
