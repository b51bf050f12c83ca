"""A file of counts, as it stands in a bundle: how often each option was chosen, by round, statement and group."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.fields import Field, filled, typed_rows, whole
from delphi.sheets.reading import Sheet

PEOPLE = ("n_invited", "n_blank", "n_nq")
HEAD = ("round", "position", "statement", "group", *PEOPLE)
OPTION = re.compile(r"k_-?[0-9]+")
Key = tuple[int, str, str]  # round, group, statement


@dataclass(frozen=True)
class CountsFile:
    """Counts by round, group and statement: invited, blank, opt-outs, then the options; statements stand as they were asked."""

    numbers: Mapping[Key, tuple[int, ...]]
    statements: Mapping[int, tuple[str, ...]]
    taken: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of groups in their order, everybody among them."""
        return tuple(dict.fromkeys(group for _, group, _ in self.numbers))


def is_counts(sheet: Sheet) -> bool:
    """Whether a sheet holds counts."""
    return set(HEAD) <= set(sheet.head)


def read_counts(sheet: Sheet, lo: int, hi: int) -> CountsFile:
    """Read counts of the options lo … hi.

    Raises
    ------
    SheetError
        An option is missing or on another scale, a count is none, or a row stands twice.
    """
    options = [f"k_{value}" for value in range(lo, hi + 1)]
    strange = [name for name in sheet.head if OPTION.fullmatch(name) and name not in options]
    if strange:
        raise SheetError([RowError(1, name, f"this option is not on the scale {lo} to {hi}") for name in strange])
    parsers: dict[str, Callable[[str], Any]] = {"statement": filled, "group": str, "round": whole, "position": whole}
    fields = [Field(name, parsers.get(name, _count)) for name in (*HEAD, *options)]
    rows = typed_rows(sheet, fields)
    known = {field.name for field in fields}
    return CountsFile(
        _numbers(rows, (*PEOPLE, *options)),
        _statements(rows),
        tuple(name for name in sheet.head if name in known),
        tuple(name for name in sheet.head if name not in known),
    )


def _count(text: str) -> int:
    number = whole(text)
    if number < 0:
        raise ValueError(f"{number} is no count")
    return number


def _numbers(rows: Sequence[tuple[int, dict[str, Any]]], names: Sequence[str]) -> dict[Key, tuple[int, ...]]:
    found: dict[Key, tuple[int, ...]] = {}
    errors = []
    for line, row in rows:
        key = row["round"], row["group"], row["statement"]
        if key in found:
            message = f"“{key[2]}” of “{key[1]}” in round {key[0]} stands twice"
            errors.append(RowError(line, "statement", message))
        found[key] = tuple(row[name] for name in names)
    if errors:
        raise SheetError(errors)
    return found


def _statements(rows: Sequence[tuple[int, dict[str, Any]]]) -> dict[int, tuple[str, ...]]:
    asked: dict[int, dict[str, int]] = {}
    for _, row in rows:
        asked.setdefault(row["round"], {}).setdefault(row["statement"], row["position"])
    return {number: tuple(sorted(places, key=places.__getitem__)) for number, places in sorted(asked.items())}
