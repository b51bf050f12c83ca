"""From bytes to numbered lines: which sheet, which encoding, which separator, or a list of recipients."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from delphi.people.panel_files.columns import head_place
from delphi.people.panel_files.heads import EMAIL, FIRST, LAST, NAME, target_of
from delphi.people.panel_files.recipients import Recipient, recipients
from delphi.sheets.column_heads import LOOKED_AT, SheetLine
from delphi.sheets.encodings import Decoded, decode, possible, words_beyond_ascii
from delphi.sheets.errors import SheetError
from delphi.sheets.reading import MEGABYTE, Limits, csv_lines
from delphi.sheets.workbook import OLD_EXCEL, PROTECTED, ZIP, BookSheet, read_book

LIMITS = Limits(rows=10_000, columns=40)
MARKS = "\t;,|"
SAMPLE = 12  # words that show how an encoding reads


@dataclass(frozen=True)
class Choices:
    """What the person at the preview chose: a sheet, an encoding, what columns are (by their place)."""

    sheet: str = ""
    encoding: str = ""
    columns: Mapping[int, str] = field(default_factory=dict)
    unaddressed: bool = False  # rows with a name and no address are people, reached by a link that is handed over


@dataclass(frozen=True)
class OtherSheet:
    """A sheet that is not read: how many cells and addresses it holds."""

    name: str
    hidden: bool
    cells: int
    addresses: int


@dataclass(frozen=True)
class ReadEncoding:
    """By which encoding a text was read that is not UTF-8, words that show it, and the others to choose from."""

    name: str
    words: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Numbered lines of a table, or recipients; and where they come from."""

    lines: Sequence[SheetLine] = ()
    recipients: Sequence[Recipient] = ()
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


def source_of(data: bytes, choices: Choices) -> Source:
    """Find the lines or the recipients in a file.

    Raises
    ------
    SheetError
        It can be read by no means, or is too large.
    """
    if data.startswith(OLD_EXCEL):
        raise SheetError.at(1, "", PROTECTED)
    if data.startswith(ZIP):
        return _of_book(read_book(data, LIMITS), choices.sheet)
    if len(data) > LIMITS.size:
        raise SheetError.at(1, "", f"the file is larger than {LIMITS.size // MEGABYTE} MB")
    decoded = decode(data, choices.encoding)
    encoding = None if decoded.sure else _encoding(data, decoded)
    mark = separator(decoded.text)
    if mark is None:
        return Source(recipients=recipients(decoded.text), encoding=encoding)
    lines = csv_lines(decoded.text, LIMITS, mark)
    return Source([(line, cells) for line, cells in lines if any(map(str.strip, cells))], encoding=encoding)


def _encoding(data: bytes, decoded: Decoded) -> ReadEncoding:
    words = tuple(words_beyond_ascii(decoded.text)[:SAMPLE])
    return ReadEncoding(decoded.encoding, words, tuple(possible(data)))


def _of_book(sheets: Sequence[BookSheet], wanted: str) -> Source:
    if not sheets:
        raise SheetError.at(1, "", "the workbook has no sheet with cells")
    named = [sheet for sheet in sheets if sheet.name == wanted]
    chosen = named[0] if named else max(sheets, key=_fit)
    if len(chosen.lines) > LIMITS.rows + 1:
        raise SheetError.at(1, "", f"the sheet “{chosen.name}” has more than {LIMITS.rows} rows")
    others = [
        OtherSheet(sheet.name, sheet.hidden, filled(sheet.lines), addresses(sheet.lines))
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


def _fit(sheet: BookSheet) -> tuple[bool, bool, int]:
    """How well a sheet fits a panel: whether it is seen, has its head, and how many addresses it holds."""
    count = addresses(sheet.lines)
    return bool(count) and not sheet.hidden, head_place(sheet.lines) is not None, count


def filled(lines: Sequence[SheetLine]) -> int:
    """How many cells are filled."""
    return sum(bool(cell.strip()) for _line, cells in lines for cell in cells)


def addresses(lines: Sequence[SheetLine]) -> int:
    """How many cells hold an address."""
    return sum("@" in cell for _line, cells in lines for cell in cells)


def separator(text: str) -> str | None:
    r"""The mark between the columns of a table, or None: then these are recipients.

    Examples
    --------
    >>> separator("Naam;E-mailadres\nAda;a@x.org"), separator("Ada <a@x.org>; Ben <b@x.org>"), separator("Ada, a@x.org")
    (';', None, ',')
    """
    lines = [line for line in text.splitlines() if line.strip()]
    wanted = {EMAIL} if "@" in text else {EMAIL, NAME, FIRST, LAST}
    for line in lines[:LOOKED_AT]:
        for mark in MARKS:
            if "@" not in line and wanted & {target_of(cell) for cell in _cells(line, mark)}:
                return mark
    if re.search(r"<[^<>]*@[^<>]*>", text):
        return None
    return next((mark for mark in MARKS if _is_table([line for line in lines if "@" in line], mark)), None)


def _cells(line: str, mark: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(mark)]


def _is_table(lines: Sequence[str], mark: str) -> bool:
    """Whether each line has one address, always in the same column, and something beside it."""
    split = [_cells(line, mark) for line in lines]
    places = {tuple("@" in cell for cell in cells).index(True) for cells in split}
    return len(places) == 1 and all(
        sum("@" in cell for cell in cells) == 1 and sum(map(bool, cells)) > 1 for cells in split
    )
