"""From bytes to numbered lines: which sheet, which encoding, which separator, or a text of another form than a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from delphi.sheets.column_heads import SheetLine
from delphi.sheets.encodings import Decoded, decode, possible, words_beyond_ascii
from delphi.sheets.errors import SheetError
from delphi.sheets.file_kinds import refuse_other_kinds
from delphi.sheets.reading import MEGABYTE, Limits, csv_lines
from delphi.sheets.workbook import OLD_EXCEL, PROTECTED, ZIP, BookSheet, read_book

SAMPLE = 12  # words that show how an encoding reads


class ListKind(Protocol):
    """What a list holds: how its head is known, how a sheet fits, and what a text is that is no table."""

    limits: Limits

    def separator(self, text: str) -> str | None:
        """The mark between the columns of a table, or None: then it is a text of pieces."""

    def pieces(self, text: str) -> Sequence[Any]:
        """What a text holds that is no table."""

    def head_place(self, lines: Sequence[SheetLine]) -> int | None:
        """Where the head stands among the lines."""

    def weight(self, lines: Sequence[SheetLine]) -> int:
        """How many cells say that this is such a list."""


@dataclass(frozen=True)
class Choices:
    """What the person at the preview chose: a sheet, an encoding, what columns are (by their place)."""

    sheet: str = ""
    encoding: str = ""
    columns: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OtherSheet:
    """A sheet that is not read: how many cells it holds, and how many that say it is such a list."""

    name: str
    hidden: bool
    cells: int
    weight: int


@dataclass(frozen=True)
class ReadEncoding:
    """By which encoding a text was read that is not UTF-8, words that show it, and the others to choose from."""

    name: str
    words: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Numbered lines of a table, or pieces of a text; and where they come from."""

    lines: Sequence[SheetLine] = ()
    pieces: Sequence[Any] = ()
    merged: Mapping[tuple[int, int], str] = field(default_factory=dict)
    sheet: str = ""
    hidden: bool = False
    hidden_lines: int = 0
    others: tuple[OtherSheet, ...] = ()
    encoding: ReadEncoding | None = None

    @property
    def sheets(self) -> list[str]:
        """The names of all sheets that can be read."""
        return [self.sheet, *(other.name for other in self.others)]


def source_of(data: bytes, choices: Choices, kind: ListKind) -> Source:
    """Find the lines or the pieces in a file.

    Raises
    ------
    SheetError
        It can be read by no means, or is too large.
    """
    refuse_other_kinds(data)
    if data.startswith(OLD_EXCEL):
        raise SheetError.at(1, "", PROTECTED)
    if data.startswith(ZIP):
        return _of_book(read_book(data, kind.limits), choices.sheet, kind)
    if len(data) > kind.limits.size:
        raise SheetError.at(1, "", f"the file is larger than {kind.limits.size // MEGABYTE} MB")
    decoded = decode(data, choices.encoding)
    encoding = None if decoded.sure else _encoding(data, decoded)
    mark = kind.separator(decoded.text)
    if mark is None:
        return Source(pieces=kind.pieces(decoded.text), encoding=encoding)
    lines = csv_lines(decoded.text, kind.limits, mark)
    return Source([(line, cells) for line, cells in lines if any(map(str.strip, cells))], encoding=encoding)


def _encoding(data: bytes, decoded: Decoded) -> ReadEncoding:
    words = tuple(words_beyond_ascii(decoded.text)[:SAMPLE])
    return ReadEncoding(decoded.encoding, words, tuple(possible(data)))


def _of_book(sheets: Sequence[BookSheet], wanted: str, kind: ListKind) -> Source:
    if not sheets:
        raise SheetError.at(1, "", "the workbook has no sheet with cells")
    named = [sheet for sheet in sheets if sheet.name == wanted]
    chosen = named[0] if named else max(sheets, key=lambda sheet: _fit(sheet, kind))
    if len(chosen.lines) > kind.limits.rows + 1:
        raise SheetError.at(1, "", f"the sheet “{chosen.name}” has more than {kind.limits.rows} rows")
    others = [
        OtherSheet(sheet.name, sheet.hidden, filled(sheet.lines), kind.weight(sheet.lines))
        for sheet in sheets
        if sheet is not chosen
    ]
    return Source(
        chosen.lines,
        merged=chosen.merged,
        sheet=chosen.name,
        hidden=chosen.hidden,
        hidden_lines=chosen.hidden_lines,
        others=tuple(others),
    )


def _fit(sheet: BookSheet, kind: ListKind) -> tuple[bool, bool, int]:
    """How well a sheet fits a list: whether it is seen, has its head, and how much says so."""
    weight = kind.weight(sheet.lines)
    return bool(weight) and not sheet.hidden, kind.head_place(sheet.lines) is not None, weight


def filled(lines: Sequence[SheetLine]) -> int:
    """How many cells are filled."""
    return sum(bool(cell.strip()) for _line, cells in lines for cell in cells)
