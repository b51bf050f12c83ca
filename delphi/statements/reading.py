"""A file or a paste of statements, read whole: what is in it, what is left out and why; every filled cell is accounted for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from delphi.model.statement import Kind
from delphi.sheets.column_heads import LOOKED_AT, SheetLine
from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.fields import filled as not_empty
from delphi.sheets.fields import short, whole
from delphi.sheets.lists.columns import LEAVE, Column, described, heads_and_cells, once
from delphi.sheets.lists.file import Left, ListFile, fill
from delphi.sheets.lists.row import ListRow
from delphi.sheets.lists.source import Choices, filled, source_of
from delphi.sheets.reading import Limits
from delphi.statements.heads import CODE, KIND, ROUND, SECTION, TARGETS, TEXT, target_of

LONGEST_SECTION, LAST_ROUND, LONGEST_TEXT = 200, 100, 5000
BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+")
MARKS = "\t;,"


class Statements:
    """How a list of statements is known: by a head that names them; a text without one has a statement a line."""

    limits = Limits(rows=1000, columns=40)

    def separator(self, text: str) -> str | None:
        r"""The mark between the columns of a table, or None: then it is one statement a line.

        Examples
        --------
        >>> separator = Statements().separator
        >>> separator("No.;Domain;Outcome\n1;Pain;Pain, at night"), separator("Care, at night, is needed.\nBeds are needed.")
        (';', None)
        """
        lines = [line for line in text.splitlines() if line.strip()]
        for line in lines[:LOOKED_AT]:
            for mark in MARKS:
                cells = [cell.strip().strip('"') for cell in line.split(mark)]
                known = {target_of(cell) for cell in cells} - {None}
                named = len(known) > 1 or (TEXT in known and not line.rstrip().endswith((".", "!", "?")))
                if len(cells) > 1 and (named or (known and _even(lines, mark))):
                    return mark
        if lines and all("\t" in line for line in lines):
            return "\t"
        headed = bool(lines) and target_of(lines[0].strip().strip('"')) == TEXT
        return "," if headed and any(line.startswith('"') for line in lines[1:]) else None

    def pieces(self, text: str) -> Sequence[tuple[int, str]]:
        """Lines with something on them."""
        return [(line, words.strip()) for line, words in enumerate(text.splitlines(), 1) if words.strip()]

    def head_place(self, lines: Sequence[SheetLine]) -> int | None:
        """Where the head stands: the first line that names the statements, else one that names two columns."""
        named = [{target_of(cell) for cell in cells if cell.strip()} - {None} for _line, cells in lines[:LOOKED_AT]]
        for place, found in enumerate(named):
            if TEXT in found and all(len(cell) < LONGEST_SECTION for cell in lines[place][1]):
                return place
        return next((place for place, found in enumerate(named) if found), None)

    def weight(self, lines: Sequence[SheetLine]) -> int:
        """How many cells stand in a sheet that has a head; a few in one that has none."""
        return filled(lines) if self.head_place(lines) is not None else min(1, filled(lines))


STATEMENTS = Statements()


def _even(lines: Sequence[str], mark: str) -> bool:
    """Whether a mark cuts every line into the same number of cells."""
    return len({line.count(mark) for line in lines}) == 1


def columns_of(head: Sequence[str], body: Sequence[SheetLine], chosen: Mapping[int, str]) -> list[Column]:
    """Say of every column what it is; the only column that has cells holds the statements."""
    heads, cells = heads_and_cells(head, body)
    targets = [chosen.get(place, target_of(text) if text else None) for place, text in enumerate(heads)]
    used = [place for place, below in enumerate(cells) if any(below)]
    if TEXT not in targets and len(used) == 1 and targets[used[0]] is None:
        targets[used[0]] = TEXT
    once(targets, chosen, set(TARGETS) - {LEAVE}, instead=LEAVE)
    return described(heads, cells, targets, unknown=LEAVE)


class StatementRow(ListRow):
    """A row about a statement."""

    key_target = CODE

    def values(self) -> dict[str, Any]:
        """What the row says of a statement: of the columns that are there."""
        parse = {CODE: short, TEXT: _text, KIND: _kind, SECTION: _section, ROUND: _round}
        wanted = [column for column in self.columns if column.target in TARGETS and column.target != LEAVE]
        return {
            column.target: self.parsed(column.head, self.cell(column), parse.get(column.target, str))
            for column in wanted
        }


@dataclass
class StatementFile(ListFile):
    """The statements of a file; ``twice`` are those that say the same, which are taken all the same."""

    names: Sequence[str] = ("text",)
    codes: dict[str, int] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)

    @property
    def nameless(self) -> bool:
        """Whether somebody must say which column holds the statements."""
        return bool(self.columns) and TEXT not in {column.target for column in self.columns}

    def row(self, line: int, cells: Sequence[str], width: int) -> StatementRow:
        """A row about a statement; of a table without statements nothing is wrong yet."""
        return StatementRow(self.columns, self.source.merged, line, cells, width)

    def add(self, line: int, values: Mapping[str, Any], count: int) -> None:
        """Take a statement; a code may stand once, and a wording that stands again is pointed out."""
        code = values.get(CODE)
        if code and (before := self.codes.setdefault(code, line)) != line:
            raise ValueError(f"“{code}” stands on line {before} already")
        same = self.texts.setdefault(same_words(values.get(TEXT, "")), line)
        if same != line:
            self.twice.append((line, same))
        super().add(line, values, count)


def same_words(text: str) -> str:
    """A wording without what does not make another one: case, spaces, a last full stop.

    Examples
    --------
    >>> same_words("Beds  are needed.") == same_words("beds are needed")
    True
    """
    return " ".join(text.casefold().split()).rstrip(".")


def read(data: bytes, choices: Choices | None = None) -> StatementFile:
    """Read statements from a file or a paste.

    Raises
    ------
    SheetError
        None in it can be taken; it names every cell that is wrong.
    """
    chosen = choices or Choices()
    source = source_of(data, chosen, STATEMENTS)
    file = StatementFile(source, in_file=len(source.pieces) or filled(source.lines))
    if source.pieces:
        _take_lines(file)
    else:
        fill(file, STATEMENTS, columns_of, chosen)
    if not file.rows and not file.nameless:
        raise SheetError(file.errors or [RowError(1, "", "no statement is in it")])
    return file


def _take_lines(file: StatementFile) -> None:
    if len(file.source.pieces) > STATEMENTS.limits.rows:
        raise SheetError.at(1, "", f"more than {STATEMENTS.limits.rows} statements")
    for place, (line, words) in enumerate(file.source.pieces):
        if not place and len(file.source.pieces) > 1 and target_of(words) == TEXT:
            file.left[Left.HEAD] += 1
            continue
        try:
            file.add(line, {TEXT: _text(BULLET.sub("", words).strip())}, 1)
        except ValueError as error:
            file.refuse(line, (words,), [RowError(line, "", str(error))], 1)


def _text(cell: str) -> str:
    if len(cell) > LONGEST_TEXT:
        raise ValueError(f"{len(cell)} characters; at most {LONGEST_TEXT} fit")
    return not_empty(cell)


def _kind(cell: str) -> Kind:
    if cell and cell.lower() not in set(Kind):
        raise ValueError(f"“{cell}” is neither statement nor recommendation")
    return Kind(cell.lower()) if cell else Kind.STATEMENT


def _section(cell: str) -> str:
    if len(cell) > LONGEST_SECTION:
        raise ValueError(f"{len(cell)} characters; at most {LONGEST_SECTION} fit")
    return cell


def _round(cell: str) -> int:
    number = whole(cell) if cell else 1
    if not 1 <= number <= LAST_ROUND:
        raise ValueError(f"round {number} does not exist; the first is 1, the last {LAST_ROUND}")
    return number
