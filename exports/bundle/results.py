"""Sealed results as a bundle tells them: what it must hide is hidden, what it cannot prove is marked with the reason."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from delphi.consensus.analysis import Definition
from delphi.consensus.table.change_columns import CHANGES, DIFFERENCES
from delphi.consensus.table.result_row import EVERYBODY, ResultRow, hidden_reasons, read_reasons, write_reasons
from exports.record import consensus
from exports.record.unproved import VERDICT_COLUMNS
from exports.tables.suppression import suppress
from exports.tables.table import HIDDEN

PlainRow = dict[str, Any]
MARKS = "not_recomputable"
UNNUMBERED = frozenset(("reasons", "ci_method", "rule_id", "relation", "decision", "decision_reason"))
IDENTITY = frozenset(("statement", "version", "kind", "section_no", "section", "text", "round", "group"))
COMPARED = (*DIFFERENCES, "flags")  # from the counts of two rounds


class Withheld(StrEnum):
    """Why a bundle cannot prove a number."""

    HIDDEN = HIDDEN
    SEALED = "as_sealed"  # who moved stands in the seal in bands, and single rows are not in the bundle
    NO_COUNTS = "counts_withheld"
    GROUPS_LEFT_OUT = "groups_left_out"
    RELEASED = "as_released"  # by version 0.1.0: defined otherwise then, or its single ratings were cut apart


@dataclass
class ReleaseEntry:
    """One row of a release, and by column why it cannot be computed again."""

    row: PlainRow
    withheld: dict[str, Withheld] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "ReleaseEntry":
        """Take a row with its marks, as `as_dict` wrote it."""
        return cls(stored["row"], {name: Withheld(why) for name, why in stored[MARKS].items()})

    @classmethod
    def stored(cls, row: Mapping[str, Any]) -> "ReleaseEntry":
        """Take a row of the table; one that version 0.1.0 released brings its marks along."""
        marks = {name: Withheld(why) for name, why in row.get(MARKS, {}).items()}
        return cls({name: value for name, value in row.items() if name != MARKS}, marks)

    def mark(self, columns: Iterable[str], why: Withheld) -> None:
        """Mark the columns that hold something and are not marked yet."""
        for column in columns:
            if self.row.get(column) is not None:
                self.withheld.setdefault(column, why)

    def hide(self, columns: Iterable[str]) -> None:
        """Empty columns and give the reason in the row."""
        names = [column for column in columns if self.row.get(column) is not None]
        reasons = write_reasons(read_reasons(self.row["reasons"]) | hidden_reasons(names))
        self.row |= dict.fromkeys(names) | {"reasons": reasons}
        self.withheld |= dict.fromkeys(names, Withheld.HIDDEN)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"row": self.row, MARKS: {name: why.value for name, why in sorted(self.withheld.items())}}


Release = dict[int, list[ReleaseEntry]]


def as_sealed(frozen: Mapping[int, Sequence[PlainRow]], *, rows: bool) -> Release:
    """Tell the rows as they are; ``rows`` whether single rows are there, from which the moves are counted again."""
    release = {number: [ReleaseEntry.stored(row) for row in rows_] for number, rows_ in frozen.items()}
    for entry in (entry for entries in release.values() for entry in entries if not rows):
        entry.mark(CHANGES, Withheld.SEALED)
    return release


def for_the_public(frozen: Mapping[int, Sequence[PlainRow]], definition: Definition, below: int) -> Release:
    """Tell what the public may know: the coarser forms for small numbers."""
    known = [ReleaseEntry.stored(row) for of_round in frozen.values() for row in of_round]
    rows = [entry.row for entry in known]
    table = consensus.from_rows(rows, definition.as_dict())
    shown = {_key(row): row for row in suppress(table, below).as_dicts()}
    release: Release = {number: [] for number in frozen}
    for row, before in zip(rows, known, strict=True):
        entry = ReleaseEntry({name: shown[_key(row)][name] for name in row}, before.withheld)
        entry.withheld |= {name: Withheld.HIDDEN for name in row if row[name] is not None and entry.row[name] is None}
        entry.mark(CHANGES, Withheld.SEALED)
        if not has_counts(entry.row, definition):
            entry.mark(set(row) - IDENTITY - UNNUMBERED, Withheld.NO_COUNTS)
        release[int(row["round"])].append(entry)
    told = {_key(e.row) for entries in release.values() for e in entries if has_counts(e.row, definition)}
    for entries in release.values():
        _mark_group_verdicts(entries, definition)
        for entry in entries:
            earlier = (entry.row["previous_round"], entry.row["statement"], entry.row["group"])
            if earlier[0] is not None and earlier not in told:
                entry.mark(COMPARED, Withheld.NO_COUNTS)
    return release


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["round"], row["statement"], row["group"]


def has_counts(row: PlainRow, definition: Definition) -> bool:
    """Whether the numbers of each option are told."""
    known = ResultRow(row)
    return known.counts(definition.scale.values) is not None and known.n_rated is not None


def _mark_group_verdicts(rows: Sequence[ReleaseEntry], definition: Definition) -> None:
    """Mark the verdict of the whole panel where it rests on groups whose counts are not told."""
    short = {entry.row["statement"] for entry in rows if not has_counts(entry.row, definition)}
    for entry in rows:
        if entry.row["group"] == EVERYBODY and entry.row["group_rule"] and entry.row["statement"] in short:
            entry.hide(["verdict_basis"])
            entry.mark(VERDICT_COLUMNS, Withheld.GROUPS_LEFT_OUT)


def summary(release: Release) -> dict[str, int]:
    """Count the cells by why they cannot be computed again."""
    cells = Counter(why.value for rows in release.values() for entry in rows for why in entry.withheld.values())
    return dict(sorted(cells.items()))
