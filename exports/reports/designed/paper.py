"""The tables of a study's paper: the house style and the designs that it keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from exports.record.record import Record
from exports.reports.designed.building import build
from exports.reports.designed.design import Design
from exports.tables.document import Document, Paragraph
from exports.tables.house import HOUSES, PLAIN, House
from exports.tables.table import Table

MOST_TABLES = 12
NONE = "No table is designed yet. Design one on the page of tables."


@dataclass(frozen=True)
class Paper:
    """House style and designs, as plain values."""

    style: str = ""
    tables: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """Read what a study keeps."""
        return cls(str(plain.get("style", "")), tuple(plain.get("tables", ())))

    @property
    def house(self) -> House:
        """The house style; as the platform prints it where none is chosen."""
        return HOUSES.get(self.style, PLAIN)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, to be kept."""
        return {"style": self.style, "tables": [dict(table) for table in self.tables]}

    def with_table(self, at: int, design: Mapping[str, Any] | None) -> Self:
        """Put a design into its place, at the end, or (None) take it out."""
        tables = [*self.tables[:at], *([design] if design is not None else []), *self.tables[at + 1 :]]
        return replace(self, tables=tuple(tables[:MOST_TABLES]))


def tables_of(record: Record) -> tuple[Table, ...]:
    """Build every designed table of a study."""
    paper = Paper.of(record.study.paper)
    return tuple(
        replace(build(record, Design.from_dict(plain), paper.house), number=number)
        for number, plain in enumerate(paper.tables, 1)
    )


def document(record: Record) -> Document:
    """Put the designed tables one after the other."""
    return Document(f"{record.study.title}: tables", tables_of(record) or (Paragraph(NONE),))
