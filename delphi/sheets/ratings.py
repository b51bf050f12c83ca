"""A file of ratings, long or wide: one that somebody made, or one that was written here.

Long: a row for each panelist, statement and round; blank or not, it means that the panelist was invited to the round and
saw the statement. Wide: a row for each panelist and round, a column for each statement; a statement that nobody answered in
a round was not asked in it.

A file written here says the status of each answer in words, and holds those who answered: it says nothing of the invited.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, Literal

from delphi.sheets.answer_status import Status, contradiction, status
from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.fields import Field, filled, typed_rows, whole
from delphi.sheets.reading import LIMITS, Limits, Sheet
from delphi.sheets.stats_files import read_stats_file
from delphi.sheets.wide_ratings import ENDING, Rows, pairs_of, rows_of_statements, rows_with_status
from delphi.sheets.workbook import read_sheet

NQ: Final = "NQ"
FileAnswer = int | Literal["NQ"] | None
COLUMNS = ("panelist", "statement", "rating", "round", "group", "kind", "section")
CODE_OF_0_1 = re.compile("P[0-9A-HJKMNP-TV-Z]{7}")
LONG, STATUS, VERSION = ("statement", "rating"), "status", "version"


@dataclass(frozen=True)
class StatementEntry:
    """A statement of the file."""

    name: str
    kind: str
    section: str


@dataclass(frozen=True)
class RoundAnswers:
    """One round: who was invited, what was asked, and what was answered, in order of first appearance.

    ``versions`` holds the wording of each statement where the file tells it.
    """

    number: int
    panelists: tuple[str, ...]
    statements: tuple[str, ...]
    answers: Mapping[tuple[str, str], FileAnswer]
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def analysed(self) -> tuple[str, ...]:
        """Panelists with at least one answer."""
        active = {panelist for (panelist, _), answer in self.answers.items() if answer is not None}
        return tuple(panelist for panelist in self.panelists if panelist in active)


@dataclass(frozen=True)
class RatingsFile:
    """All rounds of a file; ``groups`` holds the group of each panelist and is empty without such a column.

    Attributes
    ----------
    written_here
        Whether it says the status of each answer, as our files do.
    group_order
        Groups as they are listed, also one of which nobody answered; in order of first appearance if empty.
    taken, left
        Columns that were read, and those that were not.
    """

    statements: tuple[StatementEntry, ...]
    groups: Mapping[str, str]
    rounds: tuple[RoundAnswers, ...]
    written_here: bool = False
    group_order: tuple[str, ...] = ()
    taken: tuple[str, ...] = field(default=(), compare=False)
    left: tuple[str, ...] = field(default=(), compare=False)

    @property
    def may_be_cut(self) -> bool:
        """Whether the rounds of somebody may stand under several codes: version 0.1.0 cut them apart, and its codes tell."""
        return self.written_here and all(CODE_OF_0_1.fullmatch(who) for one in self.rounds for who in one.panelists)


def answer(text: str, lo: int, hi: int) -> FileAnswer:
    """Read one rating: a whole number on the scale, NQ, or blank.

    Examples
    --------
    >>> answer("4.0", 1, 4), answer("nq", 1, 4), answer("", 1, 4)
    (4, 'NQ', None)
    """
    if not text:
        return None
    if text.upper() == NQ:
        return NQ
    try:
        value = whole(text)
    except ValueError:
        raise ValueError(f"“{text}” is neither a whole number nor NQ nor blank") from None
    if not lo <= value <= hi:
        raise ValueError(f"{value} is not on the scale {lo} to {hi}")
    return value


def read_ratings(
    data: bytes,
    lo: int,
    hi: int,
    columns: Mapping[str, tuple[str, ...]] | None = None,
    limits: Limits = LIMITS,
) -> RatingsFile:
    """Read a file of ratings on the scale lo … hi; it is wide if it has neither a column statement nor a column rating.

    Parameters
    ----------
    columns
        Names in the file of the columns of `COLUMNS`, where they differ; several are joined with a space.

    Raises
    ------
    SheetError
        With everything that is wrong with the file.
    """
    return ratings_of(read_stats_file(data, limits) or read_sheet(data, limits), lo, hi, columns)


def ratings_of(sheet: Sheet, lo: int, hi: int, columns: Mapping[str, tuple[str, ...]] | None = None) -> RatingsFile:
    """Read the ratings of a sheet, as `read_ratings` those of a file."""
    sources = columns or {}
    fields = [
        Field(name, parse, sources.get(name, ()), required=name in COLUMNS[:3] or name in sources)
        for name, parse in _parsers(lo, hi).items()
    ]
    long = any(name in sheet.head or name in sources for name in LONG)
    ours = _has_status(sheet) if long else bool(pairs_of(sheet))
    builder = _RoundsBuilder({field.name: "+".join(field.columns) for field in fields})
    for line, row in _rows(sheet, fields, long=long, ours=ours):
        builder.add(line, row)
    taken = _taken(sheet, fields, long=long, ours=ours)
    left = tuple(name for name in sheet.head if name not in set(taken))
    order = tuple(sorted(set(builder.groups.values()))) if ours else ()  # the rows of our files stand in a random order
    return replace(builder.finished(), written_here=ours, group_order=order, taken=taken, left=left)


def _rows(sheet: Sheet, fields: Sequence[Field], *, long: bool, ours: bool) -> Rows:
    """Yield one row an answer, whatever the shape."""
    if long:
        more = (Field(STATUS, status), Field(VERSION, whole, required=False)) if ours else ()
        return iter(typed_rows(sheet, [*fields, *more]))
    parse = next(field.parse for field in fields if field.name == "rating")
    return (rows_with_status if ours else rows_of_statements)(sheet, fields, parse)


def _taken(sheet: Sheet, fields: Sequence[Field], *, long: bool, ours: bool) -> tuple[str, ...]:
    """Name the columns that are read."""
    if not long and not ours:
        return sheet.head
    wanted = fields if long else [field for field in fields if field.name in ("panelist", "group")]
    names = {name for field in wanted if set(field.columns) <= set(sheet.head) for name in field.columns}
    if ours:
        names |= {STATUS, VERSION} if long else {end for name in pairs_of(sheet) for end in (name, name + ENDING)}
    return tuple(name for name in sheet.head if name in names)


def _has_status(sheet: Sheet) -> bool:
    """Whether a column status speaks our words; another of this name is none of ours."""
    if STATUS not in sheet.head:
        return False
    at = sheet.head.index(STATUS)
    return any(cells[at].strip() in set(Status) for _, cells in sheet.rows)


def _parsers(lo: int, hi: int) -> dict[str, Callable[[str], Any]]:
    return {
        "panelist": filled,
        "statement": filled,
        "rating": partial(answer, lo=lo, hi=hi),
        "round": whole,
        "group": str,
        "kind": str,
        "section": str,
    }


@dataclass
class _RoundsBuilder:
    """Rows sorted into rounds, and what contradicts itself."""

    names: Mapping[str, str]
    answers: dict[int, dict[tuple[str, str], FileAnswer]] = field(default_factory=dict)
    facts: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    statements: dict[str, StatementEntry] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    lines: dict[tuple[int, str, str], int] = field(default_factory=dict)
    versions: dict[int, dict[str, int]] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)

    def add(self, line: int, row: Mapping[str, Any]) -> None:
        panelist, statement, number = row["panelist"], row["statement"], row.get("round", 1)
        kind, section = row.get("kind") or "statement", row.get("section", "")
        self.statements.setdefault(statement, StatementEntry(statement, kind, section))
        if "group" in row:
            self.groups.setdefault(panelist, row["group"])
            self._same(line, "group", panelist, row["group"])
        self._same(line, "kind", statement, kind)
        self._same(line, "section", statement, section)
        if VERSION in row:
            self.versions.setdefault(number, {}).setdefault(statement, row[VERSION])
            self._same(line, VERSION, f"{statement}, round {number}", str(row[VERSION]))
        if STATUS in row and not self._fits_status(line, row):
            return
        given: FileAnswer = NQ if row.get(STATUS) is Status.NQ else row["rating"]
        self._put(line, number, (panelist, statement), given, row.get("column", self.names["rating"]))

    def _fits_status(self, line: int, row: Mapping[str, Any]) -> bool:
        """Whether a row holds an answer ; what its status contradicts is noted."""
        told, given = row[STATUS], row["rating"]
        if problem := contradiction(told, rated=isinstance(given, int), opted_out=given == NQ):
            self.errors.append(RowError(line, row.get("column", self.names["rating"]), problem))
        return told is not Status.ABSENT

    def _same(self, line: int, what: str, whose: str, value: str) -> None:
        """Note a fact that may not change within the file."""
        first, where = self.facts.setdefault((what, whose), (value, line))
        if value != first:
            message = f"“{whose}” has “{value}” here and “{first}” in line {where}"
            self.errors.append(RowError(line, self.names.get(what, what), message))

    def _put(self, line: int, number: int, key: tuple[str, str], answer: FileAnswer, column: str) -> None:
        answers = self.answers.setdefault(number, {})
        if key not in answers:
            answers[key] = answer
            self.lines[number, *key] = line
            return
        other, where = answers[key], self.lines[number, *key]
        both = other is not None and answer is not None and (answer == NQ) != (other == NQ)
        what = "a rating beside NQ, a contradiction that a person must decide" if both else "stands twice"
        panelist, statement = key
        message = f"“{statement}” of “{panelist}” in round {number}: {what} (first in line {where})"
        self.errors.append(RowError(line, column, message))

    def finished(self) -> RatingsFile:
        if self.errors:
            raise SheetError(self.errors)
        if not self.answers:
            raise SheetError.at(1, "", "no row holds an answer")
        rounds = tuple(
            _round(number, answers, self.versions.get(number, {})) for number, answers in sorted(self.answers.items())
        )
        return RatingsFile(tuple(self.statements.values()), self.groups, rounds)


def _round(number: int, answers: Mapping[tuple[str, str], FileAnswer], versions: Mapping[str, int]) -> RoundAnswers:
    panelists = dict.fromkeys(panelist for panelist, _ in answers)
    statements = dict.fromkeys(statement for _, statement in answers)
    return RoundAnswers(number, tuple(panelists), tuple(statements), answers, versions)
