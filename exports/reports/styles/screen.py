"""The style of pages and terminals: the columns of the agreement style, short enough for a screen."""

from collections.abc import Sequence

from delphi.consensus.analysis import Definition
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import ResultRow, write_reasons
from exports.record.columns import POINTS, SHARES
from exports.reports.styles.columns import CHANGE, CLOSING, GRADE, IQR, MEDIAN, opt_out_head, rated, shares_of
from exports.tables.table import Column, Table, rows_of


def screen(rows: Sequence[ResultRow], definition: Definition) -> Table:
    """Print rows of one kind: code, wording, grade, each option, N, opt-outs, median, IQR, change."""
    columns = (
        Column("section", "text", "Section"),
        Column("statement", "text", "No."),
        Column("text", "text", "Statement"),
        GRADE,
        *_figures(definition),
        *CLOSING,
    )
    filled = [_filled(row, definition) for row in rows]
    title, caption = "Consensus table", definition.describe()
    return Table("screen-table/1", title, caption, columns, rows_of(columns, filled), breaks=("section",))


def _figures(definition: Definition) -> tuple[Column, ...]:
    scale = definition.scale
    return (
        *(Column(f"share_{i}", "percent", short, POINTS) for i, (short, _, _) in enumerate(scale.printed_options, 1)),
        rated(),
        *([Column("nq_pct", "percent", opt_out_head(scale), SHARES)] if scale.opt_out else []),
        MEDIAN,
        IQR,
        CHANGE,
    )


def _filled(row: ResultRow, definition: Definition) -> dict[str, Cell]:
    """Cells of a row; in the first round all statements are new, and none says so."""
    first = row.round == 1 and row["previous_round"] is None
    reasons = {name: why for name, why in row.reasons.items() if not (first and name == CHANGE.name)}
    shares = shares_of(row, definition.scale.printed_options)
    return {**row, **shares, "reasons": write_reasons(reasons)}
