"""A file or a paste of people, read whole: who is in it, what is left out and why; every filled cell is accounted for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from delphi.people.panel_files import cells as cell_of
from delphi.people.panel_files.columns import PARTS, columns_of, head_place
from delphi.people.panel_files.heads import EMAIL, FIRST, LAST, NAME, target_of
from delphi.people.panel_files.recipients import Recipient, recipients
from delphi.people.panel_files.row import PersonRow
from delphi.sheets.column_heads import LOOKED_AT, SheetLine
from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.lists.columns import KEEP
from delphi.sheets.lists.file import Left, ListFile, fill
from delphi.sheets.lists.source import Choices, filled, source_of
from delphi.sheets.reading import Limits

MARKS = "\t;,|"


@dataclass(frozen=True)
class PanelChoices(Choices):
    """What was chosen at the preview of a panel: also whether rows without an address are people."""

    unaddressed: bool = False


class Panel:
    """How a list of people is known: by a head that names addresses, and by the addresses in it."""

    limits = Limits(rows=10_000, columns=40)

    def separator(self, text: str) -> str | None:
        r"""The mark between the columns of a table, or None: then these are recipients.

        Examples
        --------
        >>> separator = Panel().separator
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

    def pieces(self, text: str) -> Sequence[Recipient]:
        """Recipients."""
        return recipients(text)

    def head_place(self, lines: Sequence[SheetLine]) -> int | None:
        """Where the head stands."""
        return head_place(lines)

    def weight(self, lines: Sequence[SheetLine]) -> int:
        """How many cells hold an address."""
        return sum("@" in cell for _line, cells in lines for cell in cells)


PANEL = Panel()


def _cells(line: str, mark: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(mark)]


def _is_table(lines: Sequence[str], mark: str) -> bool:
    """Whether each line has one address, always in the same column, and something beside it."""
    split = [_cells(line, mark) for line in lines]
    places = {tuple("@" in cell for cell in cells).index(True) for cells in split}
    return len(places) == 1 and all(
        sum("@" in cell for cell in cells) == 1 and sum(map(bool, cells)) > 1 for cells in split
    )


@dataclass
class PanelFile(ListFile):
    """The people of a file."""

    names: Sequence[str] = ("email",)
    unaddressed: int = 0  # rows with a name and no address, taken or not
    by_hand: bool = False  # whether these are taken
    first: dict[str, tuple[int, Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def choice(self) -> str:
        """Whether rows without an address are people."""
        return str(self.by_hand)

    @property
    def nameless(self) -> bool:
        """Whether somebody must say which column holds the names or the addresses before anything is taken."""
        targets = {column.target for column in self.columns}
        open_ = KEEP in targets or any(not column.known and column.example for column in self.columns)
        named = bool(targets & {NAME, *PARTS})
        return bool(self.columns) and ((EMAIL not in targets and not (named and self.by_hand)) or (open_ and not named))

    def row(self, line: int, cells: Sequence[str], width: int) -> PersonRow:
        """A row about a person."""
        row = PersonRow(self.columns, self.source.merged, line, cells, width)
        row.unaddressed = self.by_hand
        self.unaddressed += row.has_only_a_name
        return row

    def add(self, line: int, values: Mapping[str, Any], count: int) -> None:
        """Take a person; one who stands there already with all of it is left out, with something else it is an error."""
        who = values["email"] or values["name"]
        before, known = self.first.setdefault(who, (line, values))
        if known is values:
            super().add(line, values, count)
        elif known == values and values["email"]:
            self.twice.append((line, before))
            self.left[Left.TWICE] += count
        else:
            raise ValueError(f"“{who}” stands on line {before} already, with something else beside it")


def read(data: bytes, choices: PanelChoices | None = None) -> PanelFile:
    """Read people from a file or a paste.

    Raises
    ------
    SheetError
        Nobody in it can be taken; it names every cell that is wrong.
    """
    chosen = choices or PanelChoices()
    source = source_of(data, chosen, PANEL)
    file = PanelFile(source, in_file=len(source.pieces) or filled(source.lines), by_hand=chosen.unaddressed)
    if source.pieces:
        _take_recipients(file)
    else:
        fill(file, PANEL, columns_of, chosen)
    if not file.rows and not file.nameless:
        raise SheetError(file.errors or [RowError(1, "", "nobody is in it")])
    return file


def _take_recipients(file: PanelFile) -> None:
    for one in file.source.pieces:
        try:
            file.add(one.line, _person(one), 1)
        except ValueError as error:
            file.refuse(one.line, (one.text,), [RowError(one.line, "", str(error))], 1)


def _person(one: Recipient) -> dict[str, Any]:
    if not one.address:
        raise ValueError(f"“{one.text[:60]}” is no name with a mail address")
    mail = cell_of.address(one.address)
    return {"name": cell_of.name(one.name or mail), "email": mail}
