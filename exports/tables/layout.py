"""A table as it is printed: heads, headings above rows, cells as text, notes. What every page format sees."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from delphi.consensus.table.columns import Cell
from exports.tables.bounds import HIDING
from exports.tables.document import Block, Document, Heading
from exports.tables.house import PLAIN, House
from exports.tables.printing import USUAL, decimals_of, printed
from exports.tables.table import HIDDEN, Column, Row, Table, reasons_of

LINE_END = "\n"
LEAST, WIDE, EASY = (
    4,
    24,
    30,
)  # letters: the narrowest column, the least of a wide one, and what it needs to be read easily
SIDES, LONG = 3, 120  # letters: what stands left and right in a cell, and beyond what a text only gets longer
MORE_DECIMALS = "A figure has a decimal more where rounding would hide on which side of the threshold it lies."
WORDS = {"wording_changed": "reworded", "merged": "merged", "split": "split", "new": "new"}


@dataclass(frozen=True)
class Layout:
    """Points of a letter, letters on a line, and whether the page is on its side."""

    points: int
    room: int
    turned: bool = False


LAYOUTS = (Layout(9, 100), Layout(8, 114), Layout(8, 170, turned=True), Layout(7, 195, turned=True))
LAST = Layout(6, 230, turned=True)


@dataclass(frozen=True)
class Head:
    """Head of a printed column.

    Attributes
    ----------
    share
        Its part of the width; all of them together are 1.
    over
        A heading above this one and those beside it.
    apart
        A text beside a number, which would run into each other.
    """

    text: str
    number: bool
    wide: bool
    share: float = 0.0
    over: str = ""
    apart: bool = False


@dataclass(frozen=True)
class Break:
    """A heading above rows, over the whole width; level 0 is the outermost."""

    text: str
    level: int


Line = Break | tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A printed table.

    Attributes
    ----------
    title
        Set bold: with its label where the house style has one.
    below
        Whether title and caption stand below the table.
    bare
        The title without its label.
    """

    title: str
    caption: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    layout: Layout = LAYOUTS[0]
    below: bool = False
    bare: str = ""

    @property
    def spans(self) -> tuple[tuple[str, int], ...]:
        """Headings above the heads with the number of columns under each, those without one by themselves; or nothing."""
        runs: list[tuple[str, int]] = []
        for head in self.heads:
            if head.over and runs and runs[-1][0] == head.over:
                runs[-1] = (head.over, runs[-1][1] + 1)
            else:
                runs.append((head.over, 1))
        return tuple(runs) if any(over for over, _ in runs) else ()


def sheet_of(table: Table) -> Sheet:
    """Print a table."""
    picked = picked_of(table)
    lines = tuple(_lines(table, picked))
    texts = [line for line in lines if not isinstance(line, Break)]
    cells = [[line[at] for line in texts] for at in range(len(picked))]
    heads = [_head(table.columns[i], column, table.house) for i, column in zip(picked, cells, strict=True)]
    heads = [replace(b, apart=a.number and not b.number) for a, b in pairwise([heads[0], *heads])] if heads else []
    layout, needs = _laid_out(heads, cells)
    widths = tuple(_shared(heads, cells, needs, layout.room))
    house = table.house
    notes = [house.spelled(house.abbreviations(note)) for note in table.notes if not _is_other_mark(note, house)]
    notes += list(_of_rounding(table, picked))
    caption = house.spelled(table.caption)
    return Sheet(
        _titled(table),
        caption,
        widths,
        lines,
        tuple(notes),
        layout,
        house.below,
        house.captioned(table.number, table.title)[1],
    )


def _titled(table: Table) -> str:
    label, title = table.house.captioned(table.number, table.title)
    return f"{label}{'' if not label or label.endswith(LINE_END) else ' '}{title}"


def _is_other_mark(note: str, house: House) -> bool:
    """Whether a note explains a mark that the house style does not print."""
    return house is not PLAIN and note.startswith("0*:") and house.nearly[0] != "0*"


def _of_rounding(table: Table, picked: list[int]) -> Iterator[str]:
    """Explain why some figures have more decimals than others beside them, or a mark."""
    bounded = [i for i in picked if table.columns[i].bounds]
    cells = [(table.columns[i], value) for row in table.rows for i in bounded if isinstance(value := row[i], float)]
    decimals = [(decimals_of(column, value), USUAL.get(column.type, 2)) for column, value in cells]
    if any(own is not None and own > usual for own, usual in decimals):
        yield MORE_DECIMALS
    if any(own is None for own, _ in decimals):
        yield f"{HIDING}: on which side of its threshold the figure lies is hidden by rounding; the exact count decided."


def picked_of(table: Table) -> list[int]:
    """Places of the columns that are printed."""
    return [i for i, column in enumerate(table.columns) if column.name not in (*table.unprinted, *table.breaks)]


def _laid_out(heads: list[Head], cells: list[list[str]]) -> tuple[Layout, list[int]]:
    """Choose the largest letters that fit, upright if they do; texts on one line, or by their longest word."""
    for layout in (*LAYOUTS, LAST):
        for whole in (True, False):
            needs = [_needed(head, column, whole=whole) for head, column in zip(heads, cells, strict=True)]
            if sum(EASY if head.wide else need for head, need in zip(heads, needs, strict=True)) <= layout.room:
                return layout, needs
    return LAST, needs


def leaves(document: Document) -> list[tuple[bool, list[Block]]]:
    """Cut a document into runs of pages, upright or on their side; a heading goes with what stands under it."""
    runs: list[tuple[bool, list[Block]]] = []
    waiting: list[Block] = []
    for block in document.blocks:
        waiting.append(block)
        if not isinstance(block, Heading):
            turned = isinstance(block, Table) and sheet_of(block).layout.turned
            if runs and runs[-1][0] == turned:
                runs[-1][1].extend(waiting)
            else:
                runs.append((turned, waiting))
            waiting = []
    return [*runs, (False, waiting)] if waiting or not runs else runs


def _head(column: Column, texts: list[str], house: House) -> Head:
    wide = column.type == "text" and max(map(len, texts), default=0) > WIDE
    label = column.label.removeprefix(f"{column.over}: ")
    if label.endswith(" %"):
        label = label.removesuffix(" %") + house.head_sign
    return Head(label, column.type not in ("text", "bool"), wide, over=column.over)


def _needed(head: Head, texts: list[str], *, whole: bool) -> int:
    """Count the letters of the longest text or word; the head is bold."""
    words = [len(word) for text in texts for word in ([text] if whole else text.split())]
    words += [len(word) + 1 for word in head.text.split()]
    return min(WIDE, (SIDES + 2 if head.apart else SIDES) + max([LEAST, *words]))


def _shared(heads: list[Head], cells: list[list[str]], needs: list[int], room: int) -> Iterator[Head]:
    """Heads with their share of the line: narrow columns as their longest word needs, wide ones the rest, never too little."""
    longest = [
        min(LONG, max(map(len, column), default=0)) if head.wide else 0
        for head, column in zip(heads, cells, strict=True)
    ]
    narrow = sum(need for need, head in zip(needs, heads, strict=True) if not head.wide)
    left = max(room - narrow, WIDE * sum(head.wide for head in heads))
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
        yield _printed(table, row, picked)


def printed_rows(table: Table) -> list[tuple[str, ...]]:
    """Print the cells of every row, without headings between them."""
    picked = picked_of(table)
    return [_printed(table, row, picked) for row in table.rows]


def _printed(table: Table, row: Row, picked: list[int]) -> tuple[str, ...]:
    reasons = reasons_of(dict(zip(table.names, row, strict=True)))
    return tuple(shown(table.columns[i], row[i], reasons, table.house) for i in picked)


def shown(column: Column, value: Cell, reasons: dict[str, str], house: House = PLAIN) -> str:
    """Print a cell; a hidden one is a dash, one that is truly empty is empty, a change that has none says why."""
    if value is not None:
        return printed(column, value, house)
    reason = reasons.get(column.name)
    if column.says_why and reason in WORDS:
        return WORDS[reason]
    return "–" if reason == HIDDEN else house.empty
