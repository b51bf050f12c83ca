"""What a report is built from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from delphi.consensus.analysis import Analysis, Definition, Population, RoundData
from delphi.consensus.panel import RoundPanel
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import EVERYBODY, read_reasons, write_reasons
from exports.record.reader_profile import Watch, unwatched
from exports.record.unproved import NOTHING, Unproved
from exports.tables.table import Column


@dataclass(frozen=True)
class Material:
    """An analysis; the matrices of its rounds, where panel-wide figures are asked for; and how to build.

    Attributes
    ----------
    watch
        Goes through something long and shows how far it is.
    definitions
        By round, where a protocol was amended between two.
    unproved
        What the ratings at hand do not tell of the study.
    """

    analysis: Analysis
    panels: tuple[RoundPanel, ...] = ()
    by_group: bool = False
    watch: Watch = unwatched
    definitions: Mapping[int, Definition] = field(default_factory=dict)
    unproved: Unproved = NOTHING

    @property
    def definition(self) -> Definition:
        """The definition of consensus."""
        return self.analysis.definition

    def definition_dict(self) -> dict[str, Any]:
        """The definition with its id, as tables carry it."""
        return self.definition.as_dict() | {"id": self.definition.id}

    def judged(self) -> Iterator[Analysis]:
        """Every round under its own definition."""
        for round_ in self.analysis.chained():
            yield Analysis(self.definitions.get(round_.number, self.definition), (round_,))

    def populations(self) -> Iterator[tuple[RoundData, Population]]:
        """Every round: all panelists first, then the groups if asked."""
        for round_ in self.analysis.rounds:
            for population in round_.populations(by_group=self.by_group):
                yield round_, population

    def panels_by_group(self) -> Iterator[tuple[str, RoundPanel]]:
        """Every matrix: all panelists first, then the groups if asked."""
        for panel in self.panels:
            yield EVERYBODY, panel
            if self.by_group and panel.groups != ("",):
                yield from ((name, panel.only(name)) for name in panel.groups)


def place(*, statement: bool = True) -> tuple[Column, ...]:
    """Name the columns that say what a row is about."""
    named = (Column("statement", "text", "Statement", brief=True),) if statement else ()
    return (*named, Column("round", "int", "Round", brief=True), Column("group", "text", "Group", brief=True))


REASONS = Column("reasons", "text", "Why cells are empty")


def row_of(parts: Iterable[tuple[Mapping[str, Cell], Mapping[str, str]]]) -> dict[str, Cell]:
    """Join cells, each part with the reasons of those that are empty."""
    row: dict[str, Cell] = {}
    for cells, why in parts:
        row = joined(row, cells, why)
    return row


def joined(row: Mapping[str, Cell], cells: Mapping[str, Cell], why: Mapping[str, str]) -> dict[str, Cell]:
    """Add cells to a row, and to its reasons those of the cells that are empty."""
    return {**row, **cells, "reasons": write_reasons(read_reasons(row.get("reasons")) | dict(why))}
