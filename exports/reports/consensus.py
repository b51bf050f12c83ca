"""The consensus table: one row for each statement, round and group (REPORTING 1.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from delphi.consensus.analysis import Analysis, Definition
from delphi.consensus.rows import consensus_rows
from exports.reports.columns import consensus_columns
from exports.table import Table, rows_of

SCHEMA = "consensus-table/1"
TITLE = "Consensus table"
ABBREVIATIONS = "NQ: opt-out such as “not qualified”. IQR: interquartile range. SD: sample standard deviation (n − 1)."
INTERVAL = "The interval is Wilson’s 95 % interval of combined agreement; it describes this panel."


def build(analysis: Analysis, *, by_group: bool = False) -> Table:
    """Build the table: all panelists first, then the groups if asked."""
    definition = analysis.definition
    return from_rows(consensus_rows(analysis, by_group=by_group), definition.as_dict() | {"id": definition.id})


def from_rows(rows: Sequence[Mapping[str, Any]], definition: Mapping[str, Any]) -> Table:
    """Build the table again from rows that were frozen as JSON."""
    known = Definition.from_dict(definition)
    columns = consensus_columns(known.scale)
    statements = len({row["statement"] for row in rows})
    caption = (
        f"{statements} statements. {known.describe()} "
        "Percentages are printed from exact counts and need not add up to 100."
    )
    return Table(SCHEMA, TITLE, caption, columns, rows_of(columns, rows), (ABBREVIATIONS, INTERVAL), definition)
