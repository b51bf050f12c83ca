"""Ratings for an analysis: a file that somebody made, and every shape of ratings that is written here."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, BinaryIO

from delphi.consensus.analysis import Analysis, Definition, Item
from delphi.consensus.counts_file import analysis_of_counts, left_out
from delphi.consensus.panel import RoundPanel
from delphi.consensus.ratings_file import Items, analysis_of, panels_of
from delphi.consensus.vocabulary import EVERYBODY, Relation
from delphi.sheets.answer_status import NOT_SHOWN
from delphi.sheets.counts_file import CountsFile, is_counts, read_counts
from delphi.sheets.ratings import RatingsFile, ratings_of
from delphi.sheets.reading import Limits, Sheet, read_csv
from delphi.sheets.stats_files import read_stats_file
from delphi.sheets.workbook import read_sheet
from exports.archive import BadBundle, Bundle
from exports.record.unproved import Unproved, unproved_by, unproved_by_counts

LIMITS = Limits(size=2**30, rows=20_000_000, columns=100_000)
LONG, STUDY = "ratings/long.csv", "ratings/study.json"
Columns = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Brought:
    """What an archive of ratings says of its study."""

    definitions: Mapping[int, Definition] = field(default_factory=dict)
    items: Items = field(default_factory=dict)
    groups: tuple[str, ...] = ()


NOTHING = Brought()


@dataclass(frozen=True)
class ReadRatings:
    """An analysis of what was read, and what the file does not tell; ``complete`` whether all groups are known."""

    file: RatingsFile | CountsFile
    analysis: Analysis
    unproved: Unproved
    complete: bool = False

    @cached_property
    def panels(self) -> tuple[RoundPanel, ...]:
        """Matrix of every round; none of counts."""
        return panels_of(self.file, self.analysis.definition) if isinstance(self.file, RatingsFile) else ()

    @property
    def grouped(self) -> bool:
        """Whether there are groups to be told apart in every round."""
        if isinstance(self.file, RatingsFile):
            hidden = {"", NOT_SHOWN} if self.file.written_here else set()
            return not set(self.file.groups.values()) <= hidden
        return all(round_.counts.groups != (EVERYBODY,) for round_ in self.analysis.rounds)

    def lacking(self, report: str) -> str:
        """Say why a report beside the consensus table cannot be made of this file; nothing if it can."""
        if report in ("agreement", "attrition", "stability") and isinstance(self.file, CountsFile):
            return "needs single ratings, and the file holds counts"
        if report == "attrition" and isinstance(self.file, RatingsFile) and self.file.written_here:
            return "needs those who were invited, and the file holds those who answered"
        if report == "stability" and self.unproved.changes:
            return "needs everybody’s rounds under one code, or their wordings, and the file does not hold them"
        if report in JUDGING and self.unproved.group_verdicts and self._judged_by_groups():
            return "rests on groups that are left out of the file"
        return ""

    def _judged_by_groups(self) -> bool:
        return any(any(self.analysis.definition.judge(round_.counts).groups) for round_ in self.analysis.rounds)

    def remarks(self) -> list[str]:
        """Say what was taken and what was left."""
        said = [f"read: {_named(self.file.taken)}"]
        if self.file.left:
            said.append(f"not used, {len(self.file.left)} columns: {', '.join(self.file.left)}")
        if isinstance(self.file, CountsFile):
            said += [f"left out, it has no counts of the whole panel: {s}, round {n}" for n, s in left_out(self.file)]
        if isinstance(self.file, CountsFile) and not self.grouped:
            said.append("groups are not used: they are not the whole panel in every round")
        if (
            isinstance(self.file, RatingsFile)
            and self.file.written_here
            and not self.complete
            and self._judged_by_groups()
        ):
            said.append("verdicts rest on the groups in the file: one of which nobody answered would not be in it")
        return said + ([TOLD] if self.unproved.cells else [])


JUDGING = ("sensitivity", "robustness")
TOLD = "what the file does not tell of the study is empty in the table, with its reason"
MOST_NAMED = 12


def _named(names: tuple[str, ...]) -> str:
    """List names; of a wide file only the first."""
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def read(data: bytes, definition: Definition, columns: Columns) -> ReadRatings:
    """Read a file of ratings, long or wide, or of counts.

    Raises
    ------
    SheetError
        With everything that is wrong with the file.
    """
    return read_rows(read_stats_file(data, LIMITS) or read_sheet(data, LIMITS), definition, columns)


def read_rows(sheet: Sheet, definition: Definition, columns: Columns, brought: Brought = NOTHING) -> ReadRatings:
    """Read the ratings, or the counts, of a sheet."""
    lo, hi = definition.scale.lo, definition.scale.hi
    if is_counts(sheet):
        counts = read_counts(sheet, lo, hi)
        analysis = analysis_of_counts(counts, definition)
        return ReadRatings(counts, analysis, unproved_by_counts({r.number: r.counts for r in analysis.rounds}))
    file = ratings_of(sheet, lo, hi, columns)
    unproved = unproved_by(file, items=bool(brought.items))
    file = replace(file, group_order=brought.groups or file.group_order)
    return ReadRatings(file, analysis_of(file, definition, brought.items), unproved, bool(brought.groups))


def long_sheet(bundle: Bundle) -> Sheet:
    """Read the long file of an archive of ratings."""
    return read_csv(bundle.archive.read(LONG), LIMITS)


def brought_by(bundle: Bundle) -> Brought:
    """Read definitions and items of an archive of ratings; an older one has none."""
    if STUDY not in bundle.manifest["files"]:
        return Brought()
    told = bundle.json(STUDY)
    try:
        definitions = {int(number): Definition.from_dict(one) for number, one in told["definitions"].items()}
        items = {(row["round"], row["statement"]): _item(row) for row in told["items"]}
        groups = tuple(map(str, told["groups"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadBundle("%(name)s is not as it must be.", name=STUDY) from None
    return Brought(definitions, items, groups)


def _item(row: Mapping[str, Any]) -> Item:
    rest = {name: value for name, value in row.items() if name not in ("round", "relation")}
    return Item(relation=Relation(row["relation"]), **rest)


def is_package(file: BinaryIO) -> bool:
    """Whether an archive holds ratings alone, as `delphi data` writes it; a bundle holds results, too."""
    names = zipfile.ZipFile(file).namelist()
    file.seek(0)
    return LONG in names and not any(name.startswith("results/") for name in names)
