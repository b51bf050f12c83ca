"""Which column of a table is what: by its head, by what it holds, or by hand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from delphi.people.panel_files.heads import EMAIL, FIRST, GROUP, INFIX, LANGUAGE, LAST, NAME, TARGETS, target_of
from delphi.sheets.column_heads import LOOKED_AT, SheetLine
from delphi.sheets.lists.columns import KEEP, LEAVE, Column, described, heads_and_cells, once

NAMING = (NAME, FIRST, LAST)
LIKE_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.")
PARTS = (FIRST, INFIX, LAST)


def head_place(lines: Sequence[SheetLine]) -> int | None:
    """Where the head stands among the lines: the first that names an address, best with a name; or what stands above the first address."""
    targets = [{target_of(cell) for cell in cells} for _line, cells in lines[:LOOKED_AT]]
    for wanted in (NAMING, TARGETS):
        for place, found in enumerate(targets):
            if EMAIL in found and found & set(wanted) and not any("@" in cell for cell in lines[place][1]):
                return place
    if not any("@" in cell for _line, cells in lines for cell in cells):
        return next((place for place, found in enumerate(targets) if found & set(NAMING)), None)
    first = next((place for place, (_line, cells) in enumerate(lines) if any("@" in cell for cell in cells)), 0)
    above = lines[first - 1][1] if first else ()
    return first - 1 if sum(map(bool, map(str.strip, above))) > 1 else None


def columns_of(head: Sequence[str], body: Sequence[SheetLine], chosen: Mapping[int, str]) -> list[Column]:
    """Say of every column what it is."""
    heads, cells = heads_and_cells(head, body)
    found = [target_of(text) if text else None for text in heads]
    targets: list[str | None] = [chosen.get(place, target) for place, target in enumerate(found)]
    _one_address(targets, cells, chosen)
    _names(targets, cells, headed=any(heads))
    once(targets, chosen, {EMAIL}, instead=LEAVE)
    once(targets, chosen, {NAME, FIRST, INFIX, LAST, GROUP, LANGUAGE}, instead=KEEP)
    columns = described(heads, cells, targets, unknown=KEEP)
    return [replace(column, key=_key(column, columns)) for column in columns]


def _one_address(targets: list[str | None], cells: Sequence[Sequence[str]], chosen: Mapping[int, str]) -> None:
    """Keep one column of addresses: by hand, else the one with most, by its head or without."""
    count = [sum(bool(LIKE_ADDRESS.search(cell)) for cell in filled) for filled in cells]
    mostly = [2 * n > sum(map(bool, filled)) for n, filled in zip(count, cells, strict=True)]
    candidates = [
        place for place, target in enumerate(targets) if target == EMAIL or (target is None and mostly[place])
    ]
    by_hand = [place for place in chosen if chosen[place] == EMAIL and place < len(targets)]
    best = max(
        by_hand or candidates, key=lambda place: (count[place] > 0, targets[place] == EMAIL, count[place]), default=-1
    )
    for place in candidates:
        if place == best:
            targets[place] = EMAIL
        elif place not in chosen:
            targets[place] = LEAVE if mostly[place] else KEEP


def _names(targets: list[str | None], cells: Sequence[Sequence[str]], *, headed: bool) -> None:
    """Read “Nom, Prénom” and “Name, Surname” as two parts; without a head, the only other column holds the names."""
    if NAME in targets and FIRST in targets and LAST not in targets:
        targets[targets.index(NAME)] = LAST
    elif NAME in targets and LAST in targets and FIRST not in targets:
        targets[targets.index(NAME)] = FIRST
    left = [place for place, target in enumerate(targets) if target is None and any(cells[place])]
    if not headed and not set(NAMING) & set(targets) and len(left) == 1:
        targets[left[0]] = NAME


def _key(column: Column, columns: Sequence[Column]) -> str:
    """The name under which a column is kept: its head, with its number where it would stand twice."""
    if column.target != KEEP:
        return ""
    before = [other for other in columns if other.place < column.place and other.target == KEEP]
    taken = {NAME, EMAIL, GROUP, LANGUAGE} | {other.head for other in before}
    text = column.head or "column"
    return f"{text} {column.place + 1}" if text in taken or not column.head else text
