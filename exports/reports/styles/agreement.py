"""Grade and share of every option: the style of Nature 2022;611:332, table 2."""

from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import ResultRow, hidden_reasons, write_reasons
from exports.record.columns import POINTS
from exports.record.record import Record
from exports.reports.styles.columns import CHANGE, GRADE, IQR, MEDIAN, VERDICT, opt_out_head, rated, share, shares_of
from exports.reports.styles.frame import styled
from exports.tables.table import HIDDEN, Column, Table


def agreement(record: Record, number: int) -> Table:
    """Statement, grade, each option, N, opt-outs, median, IQR, change."""
    scale = record.definition.scale
    options = scale.printed_options
    columns: list[Column] = [GRADE if record.definition.rule.has_grades else VERDICT]
    columns += [share(f"share_{i}", f"{short} %", POINTS) for i, (short, _, _) in enumerate(options, 1)]
    columns += [share("combined_pct", "Combined %"), rated()]
    columns += [share("nq_pct", f"{opt_out_head(scale)} %")] if scale.opt_out else []
    columns += [MEDIAN, IQR, CHANGE]

    def filled(row: ResultRow) -> dict[str, Cell]:
        shares = shares_of(row, options)
        reasons = row.reasons | (hidden_reasons(shares) if _counts_hidden(row) else {})
        return {**row, **shares, "reasons": write_reasons(reasons)}

    legend = "; ".join(f"{short}, {label}" for short, label, _ in options if short != label)
    return styled(record, number, columns, filled, [f"{legend}." if legend else ""])


def _counts_hidden(row: ResultRow) -> bool:
    reasons = row.reasons
    return any(name.startswith("k_") for name in reasons) and HIDDEN in reasons.values()
