"""Frozen results as a bundle tells them: what it must hide is hidden, what it cannot prove is marked with the reason."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from delphi.consensus.analysis import Definition
from delphi.consensus.disclosure.small_cells import may_release_change
from delphi.consensus.table.change_columns import CHANGES, DIFFERENCES
from delphi.consensus.table.result_row import EVERYBODY, ResultRow, hidden_reasons, read_reasons, write_reasons
from exports.data.records import Records
from exports.record import consensus
from exports.record.unproved import VERDICT_COLUMNS
from exports.tables.suppression import suppress
from exports.tables.table import HIDDEN

PlainRow = dict[str, Any]
MARKS = "not_recomputable"
UNNUMBERED = frozenset(("reasons", "ci_method", "rule_id", "relation", "decision", "decision_reason"))
IDENTITY = frozenset(("statement", "version", "kind", "section_no", "section", "text", "round", "group"))


class Withheld(StrEnum):
    """Why a bundle cannot prove a number."""

    HIDDEN = HIDDEN
    ROWS_CUT = "rows_cut_apart"  # somebody's rounds were cut apart, so the moves cannot be counted from the rows
    NO_GROUPS = "rows_without_groups"
    NO_RATINGS = "ratings_withheld"
    NO_COUNTS = "counts_withheld"
    GROUPS_LEFT_OUT = "groups_left_out"
    REMOVED = "answers_removed_after_release"


@dataclass
class ReleaseEntry:
    """One row of a release, and by column why it cannot be computed again."""

    row: PlainRow
    withheld: dict[str, Withheld] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "ReleaseEntry":
        """Take a frozen row; that of an imported study brings its marks along."""
        marks = {name: Withheld(why) for name, why in stored.get(MARKS, {}).items()}
        return cls({name: value for name, value in stored.items() if name != MARKS}, marks)

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

    def mark_removed(self) -> None:
        """Mark every number: somebody's answers were removed after the panel had seen them counted."""
        self.mark(set(self.row) - IDENTITY - UNNUMBERED, Withheld.REMOVED)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"row": self.row, MARKS: {name: why.value for name, why in sorted(self.withheld.items())}}


Release = dict[int, list[ReleaseEntry]]


def for_analysts(frozen: Mapping[int, Sequence[PlainRow]], records: Records, below: int) -> Release:
    """Tell the rows of every group that may be told; what nobody can follow in the records is marked or hidden."""
    release: Release = {}
    for r, (number, rows) in enumerate(frozen.items()):
        kept = [ReleaseEntry.of(row) for row in rows if row["group"] in (EVERYBODY, *records.groups)]
        left_out = len(kept) < len(rows)
        places = {item.statement: j for j, item in enumerate(records.waves[r].items.values())}
        for entry in kept:
            _judge_changes(entry, r, places[entry.row["statement"]], records, below)
            if left_out and entry.row["group"] == EVERYBODY and entry.row["group_rule"]:
                entry.hide(["verdict_basis"])
                entry.mark(VERDICT_COLUMNS, Withheld.GROUPS_LEFT_OUT)
        release[number] = kept
    return release


def _judge_changes(entry: ReleaseEntry, r: int, j: int, records: Records, below: int) -> None:
    group = entry.row["group"]
    unfollowed = int(records.hidden_pairs[r, group][j])
    if group != EVERYBODY and not records.grouped:
        entry.mark(CHANGES, Withheld.NO_GROUPS)
    elif 0 < unfollowed < below:
        entry.hide(CHANGES)
    elif unfollowed:
        entry.mark(CHANGES, Withheld.ROWS_CUT)
    if not (records.leaves[r] and records.leaves[r - 1]):
        entry.mark(CHANGES, Withheld.NO_RATINGS)


def for_the_public(frozen: Mapping[int, Sequence[PlainRow]], definition: Definition, below: int) -> Release:
    """Tell what the public may know; without single ratings no change can be counted again."""
    known = [ReleaseEntry.of(row) for of_round in frozen.values() for row in of_round]
    rows = [entry.row for entry in known]
    table = consensus.from_rows(rows, definition.as_dict())
    shown = {(row["round"], row["statement"], row["group"]): row for row in suppress(table, below).as_dicts()}
    whole = {(row["round"], row["statement"], row["group"]): row for row in rows}
    release: Release = {number: [] for number in frozen}
    for (key, row), before in zip(whole.items(), known, strict=True):
        entry = ReleaseEntry({name: shown[key][name] for name in row}, before.withheld)
        entry.withheld |= {name: Withheld.HIDDEN for name in row if row[name] is not None and entry.row[name] is None}
        if not _same_raters(row, whole, below):
            entry.hide(CHANGES)
        entry.mark(CHANGES, Withheld.NO_RATINGS)
        if not has_counts(entry.row, definition):
            entry.mark(set(row) - IDENTITY - UNNUMBERED, Withheld.NO_COUNTS)
        earlier = shown.get((row["previous_round"], row["statement"], row["group"]))
        if earlier is None or not has_counts(earlier, definition):
            entry.mark(DIFFERENCES, Withheld.NO_COUNTS)
        release[int(row["round"])].append(entry)
    for entries in release.values():
        _mark_group_verdicts(entries, definition)
    return release


def has_counts(row: PlainRow, definition: Definition) -> bool:
    """Whether the numbers of each option are told."""
    known = ResultRow(row)
    return known.counts(definition.scale.values) is not None and known.n_rated is not None


def _same_raters(row: PlainRow, whole: Mapping[tuple[int, str, str], PlainRow], below: int) -> bool:
    """Whether the raters of both rounds are the same, or differ by enough people (METHOD 12.3)."""
    before = whole.get((row["previous_round"], row["statement"], row["group"]))
    if before is None or row["n_paired"] is None:
        return True
    return may_release_change(before["n_rated"] - row["n_paired"], row["n_rated"] - row["n_paired"], below)


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
