"""What a bundle says that it cannot prove: whether that is so, and in words which numbers of which rounds these are."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from delphi.consensus.table.change_columns import CHANGES
from delphi.consensus.table.result_row import EVERYBODY, read_reasons
from delphi.consensus.vocabulary import Band, Stability, Verdict
from exports.archive import Bundle
from exports.bundle.reading import Contents
from exports.bundle.results import COMPARED, IDENTITY, MARKS, UNNUMBERED, PlainRow, Withheld
from exports.record.columns import consensus_columns
from exports.record.unproved import VERDICT_COLUMNS
from exports.tables.table import HIDDEN

WORDS = {
    Withheld.HIDDEN: "hidden, since they could tell single answers",
    Withheld.SEALED: "as sealed, not recomputable without single rows",
    Withheld.NO_COUNTS: "the counts they come from are not in the bundle",
    Withheld.GROUPS_LEFT_OUT: "a group whose counts are not in the bundle has a part in them",
    Withheld.RELEASED: "as version 0.1.0 released them, which cannot be computed again",
}
KINDS: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "int": (int,),
    "percent": (int, float),
    "float": (int, float),
    "bool": (bool,),
}
VOCABULARIES: Mapping[str, type[StrEnum]] = {"verdict": Verdict, "stable": Stability, "changed_band": Band}


def unproven(bundle: Bundle) -> list[str]:
    """Say which numbers cannot be computed again: round, groups, columns, and why."""
    found: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    for number in bundle.manifest["rounds"]:
        for entry in bundle.json(f"results/release-{number}.json")["rows"]:
            for name, why in entry[MARKS].items():
                found[number, why].append((entry["row"]["group"], name))
    return [
        f"results/release-{number}.json: {len(cells)} cells were not computed again, {WORDS[Withheld(why)]}: "
        f"{_listed(name for _, name in cells)}; of {_listed(group for group, _ in cells)}"
        for (number, why), cells in sorted(found.items())
    ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def unjustified(bundle: Bundle, contents: Contents) -> Iterator[str]:
    """Name the cells that a bundle excuses from being checked without a reason that the bundle itself shows."""
    known = _Known(bundle, contents)
    for number in bundle.manifest["rounds"]:
        for entry in bundle.json(f"results/release-{number}.json")["rows"]:
            row = entry["row"]
            place = f"results/release-{number}.json, {row['statement']}, {row['group']}"
            for name, why in entry[MARKS].items():
                if not known.may(why, name, row):
                    yield f"{place}: {name} is marked as {why}, which is not so in this bundle"
                if not known.fits(name, row):
                    yield f"{place}: {name} is {row.get(name)!r}, which is no value of this column"


class _Known:
    """What a bundle tells of itself, as the marks refer to it."""

    def __init__(self, bundle: Bundle, contents: Contents) -> None:
        self.counts = contents.counts
        self.places = {
            (number, item.statement): j for number, items in contents.items.items() for j, item in enumerate(items, 1)
        }
        self.groups = [group["key"] for group in bundle.json("protocol/facts.json")["groups"]]
        self.rows, self.older = contents.rows is not None, contents.older
        scale = next(iter(contents.definitions.values())).scale
        self.kinds = {column.name: KINDS[column.type] for column in consensus_columns(scale)}

    def may(self, why: str, name: str, row: PlainRow) -> bool:
        """Whether a cell may be marked so."""
        if name not in row:
            return False
        if why == HIDDEN:
            return row[name] is None and read_reasons(row["reasons"]).get(name) == HIDDEN
        if why == Withheld.SEALED:
            return name in CHANGES and not self.rows
        if why == Withheld.GROUPS_LEFT_OUT:
            return name in VERDICT_COLUMNS and self._asks_untold(row)
        if why not in (Withheld.NO_COUNTS, Withheld.RELEASED) or name in IDENTITY | UNNUMBERED:
            return False
        return self.older if why == Withheld.RELEASED else self._untold(name, row)

    def _untold(self, name: str, row: PlainRow) -> bool:
        """Whether the counts that a cell comes from are not told."""
        here, before = (self._counted(row, row["group"], row[number]) for number in ("round", "previous_round"))
        return not here or (name in COMPARED and row["previous_round"] is not None and not before)

    def _asks_untold(self, row: PlainRow) -> bool:
        """Whether the verdict of the panel rests on groups, and the counts of one are not told."""
        asks = row["group"] == EVERYBODY and bool(row["group_rule"])
        return asks and not all(self._counted(row, group, row["round"]) for group in self.groups)

    def _counted(self, row: PlainRow, group: str, number: int | None) -> bool:
        """Whether the counts of a statement are told for a group in a round."""
        return self.places.get((number or 0, row["statement"])) in self.counts.get((number or 0, group), {})

    def fits(self, name: str, row: Mapping[str, Any]) -> bool:
        """Whether a cell that nobody computes holds what its column can hold."""
        value = row.get(name)
        if value is None:
            return True
        if name in VOCABULARIES:
            return value in list(VOCABULARIES[name])
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return type(value) in self.kinds.get(name, ()) and (not is_number or math.isfinite(value))
