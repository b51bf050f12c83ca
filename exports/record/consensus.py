"""The consensus table: one row for each statement, round and group (REPORTING 1.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from delphi.consensus.analysis import Definition
from exports.record.columns import consensus_columns
from exports.tables.table import Column, Table, rows_of

SCHEMA = "consensus-table/1"
TITLE = "Consensus table"
ABBREVIATIONS = "IQR: interquartile range. SD: sample standard deviation (n − 1)."
INTERVAL = "The interval is Wilson’s 95 % interval of combined agreement; it describes this panel."


def from_rows(
    rows: Sequence[Mapping[str, Any]],
    definition: Mapping[str, Any],
    more: tuple[Column, ...] = (),
    notes: tuple[str, ...] = (),
) -> Table:
    """Build the table again from rows that were frozen as JSON; ``more`` columns stand before the reasons."""
    known = Definition.from_dict(definition)
    *columns, last = consensus_columns(known.scale)
    names = (*columns, *more, last)
    opt_out = known.scale.opt_out
    abbreviations = f"NQ: “{opt_out}”. {ABBREVIATIONS}" if opt_out else ABBREVIATIONS
    statements = len({row["statement"] for row in rows})
    caption = (
        f"{statements} statements. {known.describe()} "
        "Percentages are printed from exact counts and need not add up to 100."
    )
    return Table(SCHEMA, TITLE, caption, names, rows_of(names, rows), (abbreviations, INTERVAL, *notes), definition)
