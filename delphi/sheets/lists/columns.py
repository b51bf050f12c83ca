"""Columns of a list as it came: what each is, and whether that was recognised."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from delphi.sheets.column_heads import SheetLine

KEEP, LEAVE = "keep", "leave"


@dataclass(frozen=True)
class Column:
    """A column of the file: its place, its head, a cell of it, what it is here, and whether that was recognised."""

    place: int
    head: str
    example: str
    target: str
    known: bool
    key: str = ""  # the name under which it is kept, where a list keeps what it does not know


def heads_and_cells(head: Sequence[str], body: Sequence[SheetLine]) -> tuple[list[str], list[list[str]]]:
    """The heads in one line each, and the cells below each."""
    cells = [[row[place].strip() for _line, row in body if place < len(row)] for place in range(len(head))]
    return [" ".join(cell.split()) for cell in head], cells


def described(
    heads: Sequence[str], cells: Sequence[Sequence[str]], targets: Sequence[str | None], *, unknown: str
) -> list[Column]:
    """Every column that has a head or a cell; what was not recognised is ``unknown``, and left out where it has no head."""
    examples = [next(filter(None, filled), "") for filled in cells]
    columns = [
        Column(place, text, example[:60], target or (unknown if text else LEAVE), target is not None)
        for place, (text, example, target) in enumerate(zip(heads, examples, targets, strict=True))
    ]
    return [column for column in columns if column.head or column.example]


def once(targets: list[str | None], chosen: Mapping[int, str], single: Collection[str], *, instead: str) -> None:
    """Keep the first column of a kind that a list has once; a choice by hand goes before what was recognised."""
    seen: set[str] = set()
    for place in sorted(range(len(targets)), key=lambda place: place not in chosen):
        target = targets[place]
        if target in single and target in seen:
            targets[place] = instead
        elif target is not None:
            seen.add(target)
