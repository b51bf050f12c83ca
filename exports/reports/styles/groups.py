"""Groups side by side: the style of core outcome sets."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from delphi.consensus.scale import Scale
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import EVERYBODY, ResultRow, hidden_reasons, read_reasons, write_reasons
from exports.record.record import Record, of_round
from exports.reports.styles.columns import share
from exports.reports.styles.frame import OUTCOME, styled
from exports.reports.styles.verdicts import verdict_columns, with_verdicts
from exports.tables.table import Column, Table

PRINTED = {"n": "n_rated", "high": "combined_pct", "low": "disagree_pct", "nq": "nq_pct"}


def groups(record: Record, number: int) -> Table:
    """Outcome, then for each group n, agreement, disagreement and unable; the verdict last."""
    rows = of_round(record, number, None)
    names = list(dict.fromkeys(row.group for row in rows if not row.is_panel)) or [EVERYBODY]
    columns = [column for i, name in enumerate(names, 1) for column in _columns(i, name, record.definition.scale)]
    by_group = {(row.statement, row.group): row for row in rows}
    verdicts = with_verdicts(record, number)

    def filled(row: ResultRow) -> dict[str, Cell]:
        cells = verdicts(row)
        own, reasons = _of_groups([by_group.get((row.statement, name)) for name in names])
        return cells | own | {"reasons": write_reasons(read_reasons(cells["reasons"]) | reasons)}

    return styled(record, number, [*columns, *verdict_columns(record, number)], filled, [], OUTCOME)


def _columns(i: int, name: str, scale: Scale) -> Iterator[Column]:
    """Columns of one group, under its name."""
    high, low = (f"{zone[0]}–{zone[-1]} %" if zone else "%" for zone in (scale.combined, scale.disagree))
    label, over = ("", "") if name == EVERYBODY else (f"{name}: ", name)
    own = (
        Column(f"n_{i}", "int", f"{label}n"),
        share(f"high_{i}", f"{label}{high}"),
        share(f"low_{i}", f"{label}{low}"),
        share(f"nq_{i}", f"{label}unable %"),
    )
    return (replace(column, over=over) for column in own)


def _of_groups(rows: Sequence[ResultRow | None]) -> tuple[dict[str, Cell], dict[str, str]]:
    """Cells of every group, and why some of them are empty."""
    cells: dict[str, Cell] = {}
    reasons: dict[str, str] = {}
    for i, row in enumerate(rows, 1):
        cells |= {f"{name}_{i}": row[column] if row else None for name, column in PRINTED.items()}
        reasons |= hidden_reasons(f"{name}_{i}" for name, column in PRINTED.items() if row and row.is_hidden(column))
    return cells, reasons
