"""A row of a table: what it says of a person."""

import re
from typing import Any

from delphi.people.panel_files import cells as cell_of
from delphi.people.panel_files.columns import PARTS
from delphi.people.panel_files.heads import EMAIL, GROUP, LANGUAGE, NAME
from delphi.sheets.lists.columns import KEEP, LEAVE, Column
from delphi.sheets.lists.row import ListRow


class PersonRow(ListRow):
    """A row about a person; one without an address is an error unless it was said that there are such."""

    key_target = EMAIL
    unaddressed = False

    def values(self) -> dict[str, Any]:
        """What the row says of a person."""
        mail = self.said(EMAIL)
        within = re.fullmatch(r"(.*)<([^<>]+)>\s*", mail)
        beside, written = (within[1].strip(" \"'"), within[2]) if within else ("", mail)
        naming = [column for column in self.columns if column.target in (NAME, *PARTS)]
        values = {
            "name": self.parsed(
                naming[0].head if naming else "", self._name() or beside or ("" if naming else mail), cell_of.name
            ),
            "email": "" if self.unaddressed and not mail else self.parsed(self.key_head, written, cell_of.address),
        }
        for column in self.columns:
            if column.target == GROUP:
                values["group"] = self.parsed(column.head, self.cell(column), cell_of.group)
            elif column.target == LANGUAGE:
                values["language"] = self.parsed(column.head, self.cell(column), cell_of.language)
            elif column.target == KEEP:
                values[column.key] = self.parsed(column.head, self.cell(column), cell_of.characteristic)
        return values

    @property
    def has_only_a_name(self) -> bool:
        """Whether the row names somebody and has no address."""
        return bool(self._name()) and not self.said(EMAIL)

    def left_columns(self) -> list[Column]:
        """The columns that are not taken of this row: also the parts of a name that stands there whole."""
        whole = bool(self.said(NAME))
        return [column for column in self.columns if column.target == LEAVE or (whole and column.target in PARTS)]

    def _name(self) -> str:
        parts = [part for part in map(self.said, PARTS) if part]
        whole = [part for part in parts if not any(f" {part} " in f" {other} " for other in parts if other != part)]
        return self.said(NAME) or " ".join(whole)
