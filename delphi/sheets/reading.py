"""Reading CSV as people save it: any of three separators, UTF-8 or what it was before; cells stay text."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from delphi.sheets.column_heads import Heads, SheetLine
from delphi.sheets.encodings import proposed
from delphi.sheets.errors import SheetError

SEPARATORS = ",;\t"
MEGABYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """Sizes above which a file is refused before it is read further."""

    size: int = 5 * MEGABYTE
    rows: int = 200_000
    columns: int = 500


LIMITS = Limits()


@dataclass(frozen=True)
class Sheet:
    """Names of the columns, and the filled rows with the line each begins on; columns may have labels beside their names."""

    head: tuple[str, ...]
    rows: tuple[SheetLine, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


def decoded(data: bytes) -> str:
    """Read bytes as UTF-8, with or without a mark at the start, else by the encoding in which the words look best.

    Examples
    --------
    >>> decoded("é".encode("cp1252")), decoded("é".encode("utf-8-sig"))
    ('é', 'é')
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetError.at(1, "", "the file is saved as UTF-16; save it as “CSV UTF-8”")
    if b"\0" in data:
        raise SheetError.at(data[: data.index(b"\0")].count(b"\n") + 1, "", "this is not a text file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(proposed(data), errors="replace")


def separator(text: str) -> str:
    """Guess the separator from the head: the most frequent one outside quotes.

    Examples
    --------
    >>> separator('"a,b";c;d')
    ';'
    """
    head = "".join(text.splitlines()[:1]).split('"')[::2]
    return max(SEPARATORS, key=lambda mark: sum(part.count(mark) for part in head))


def read_csv(data: bytes, limits: Limits = LIMITS, heads: Heads | None = None) -> Sheet:
    """Read a CSV file.

    Raises
    ------
    SheetError
        It is too large, no text, or its lines do not fit its head.
    """
    if len(data) > limits.size:
        raise SheetError.at(1, "", f"the file is larger than {limits.size // MEGABYTE} MB")
    text = decoded(data)
    mark = (heads.separator(text, SEPARATORS) if heads else None) or separator(text)
    return sheet_of(csv_lines(text, limits, mark), limits, heads)


def sheet_of(lines: Iterable[SheetLine], limits: Limits = LIMITS, heads: Heads | None = None) -> Sheet:
    """Make a sheet of numbered lines: the first filled one is the head, empty ones are left out.

    With ``heads`` the head is the first line that names the required columns, in whatever words.
    """
    filled: Iterator[SheetLine] = ((line, cells) for line, cells in lines if any(cell.strip() for cell in cells))
    if heads is not None:
        filled = iter(heads.from_head(list(filled)))
    head = _trimmed(next(filled, (1, ()))[1])
    _check_head(head, limits)
    rows = tuple((line, _fitted(line, cells, len(head))) for line, cells in filled)
    if not rows:
        raise SheetError.at(1, "", "the file has no rows below its head")
    return Sheet(head, rows)


def csv_lines(text: str, limits: Limits, mark: str) -> Iterator[SheetLine]:
    """Yield rows with the line each begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    begin, count = 1, 0
    try:
        for cells in reader:
            yield begin, tuple(cells)
            count += 1
            if count > limits.rows + 1:
                raise SheetError.at(begin, "", f"the file has more than {limits.rows} rows")
            begin = reader.line_num + 1
    except csv.Error as error:
        raise SheetError.at(begin, "", f"the quotes of this line do not close properly ({error})") from None


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the head without the empty ones at its end."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _check_head(head: tuple[str, ...], limits: Limits) -> None:
    if not head:
        raise SheetError.at(1, "", "the file is empty")
    if len(head) > limits.columns:
        raise SheetError.at(1, "", f"the file has more than {limits.columns} columns")
    twice = sorted({name for name in head if name and head.count(name) > 1})
    if twice:
        raise SheetError.at(1, twice[0], "two columns have this name")


def _fitted(line: int, cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Fill a short row; refuse one with more cells than the head."""
    if any(cell.strip() for cell in cells[width:]):
        raise SheetError.at(line, "", f"{len(cells)} cells under {width} column names")
    return (*cells[:width], *[""] * (width - len(cells)))
