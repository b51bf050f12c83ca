"""A file of ratings, long or wide.

Long: a row for each panelist, statement and round; blank or not, it means that the panelist was invited to the round and
saw the statement. Wide: a row for each panelist and round, a column for each statement; a statement that nobody answered in
a round was not asked in it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Literal

from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.fields import Field, filled, typed_rows, whole
from delphi.sheets.reading import LIMITS, Limits, Sheet
from delphi.sheets.workbook import read_sheet

NQ: Final = "NQ"
FileAnswer = int | Literal["NQ"] | None
COLUMNS = ("panelist", "statement", "rating", "round", "group", "kind", "section")
LONG, WIDE = ("statement", "rating"), ("panelist", "round", "group")
MARK = "statement "  # before the name of a statement's column, which may be that of another column here


@dataclass(frozen=True)
class StatementEntry:
    """A statement of the file."""

    name: str
    kind: str
    section: str


@dataclass(frozen=True)
class RoundAnswers:
    """One round: who was invited, what was asked, and what was answered, in order of first appearance."""

    number: int
    panelists: tuple[str, ...]
    statements: tuple[str, ...]
    answers: Mapping[tuple[str, str], FileAnswer]

    @property
    def analysed(self) -> tuple[str, ...]:
        """Panelists with at least one answer."""
        active = {panelist for (panelist, _), answer in self.answers.items() if answer is not None}
        return tuple(panelist for panelist in self.panelists if panelist in active)


@dataclass(frozen=True)
class RatingsFile:
    """All rounds of a file; ``groups`` holds the group of each panelist and is empty without such a column."""

    statements: tuple[StatementEntry, ...]
    groups: Mapping[str, str]
    rounds: tuple[RoundAnswers, ...]


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
    sources = columns or {}
    fields = [
        Field(name, parse, sources.get(name, ()), required=name in COLUMNS[:3] or name in sources)
        for name, parse in _parsers(lo, hi).items()
    ]
    sheet = read_sheet(data, limits)
    long = {name for name in LONG if name in sheet.head or name in sources}
    rows = _from_long(sheet, fields) if long else _from_wide(sheet, fields, partial(answer, lo=lo, hi=hi))
    builder = _RoundsBuilder({field.name: "+".join(field.columns) for field in fields})
    for line, row in rows:
        builder.add(line, row)
    return builder.finished()


def _from_long(sheet: Sheet, fields: Sequence[Field]) -> Iterator[tuple[int, dict[str, Any]]]:
    yield from typed_rows(sheet, fields)


def _from_wide(
    sheet: Sheet, fields: Sequence[Field], parse: Callable[[str], FileAnswer]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Make of a row with a column for each statement one row for each statement asked."""
    about = [field for field in fields if field.name in WIDE]
    known = {name for field in about for name in field.columns}
    names = [name for name in sheet.head if name not in known]
    if "" in names:
        raise SheetError.at(1, "", "a column between the others has no name; in a wide file its name is the statement")
    rows = typed_rows(sheet, [*about, *(Field(f"{MARK}{name}", parse, (name,)) for name in names)])
    asked = {(row.get("round", 1), name) for _, row in rows for name in names if row[MARK + name] is not None}
    if not asked:
        raise SheetError.at(1, "", "no row holds a rating")
    for line, row in rows:
        facts = {name: value for name, value in row.items() if name in WIDE}
        for name in names:
            if (row.get("round", 1), name) in asked:
                yield line, {**facts, "statement": name, "rating": row[MARK + name], "column": name}


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
        self._put(line, number, (panelist, statement), row["rating"], row.get("column", self.names["rating"]))

    def _same(self, line: int, what: str, whose: str, value: str) -> None:
        """Note a fact that may not change within the file."""
        first, where = self.facts.setdefault((what, whose), (value, line))
        if value != first:
            message = f"“{whose}” has “{value}” here and “{first}” in line {where}"
            self.errors.append(RowError(line, self.names[what], message))

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
        rounds = tuple(_round(number, answers) for number, answers in sorted(self.answers.items()))
        return RatingsFile(tuple(self.statements.values()), self.groups, rounds)


def _round(number: int, answers: Mapping[tuple[str, str], FileAnswer]) -> RoundAnswers:
    panelists = dict.fromkeys(panelist for panelist, _ in answers)
    statements = dict.fromkeys(statement for _, statement in answers)
    return RoundAnswers(number, tuple(panelists), tuple(statements), answers)
