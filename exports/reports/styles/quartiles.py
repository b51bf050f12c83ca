"""The styles of one figure a statement: median with quartiles, and mean with standard deviation."""

from exports.record.columns import POINTS, QUARTILES
from exports.record.record import Record
from exports.reports.styles.columns import CHANGE, MEDIAN, rated, share
from exports.reports.styles.frame import styled
from exports.reports.styles.verdicts import verdict_columns, with_verdicts
from exports.tables.table import Column, Table

CODES = "Scale codes are treated as numbers."


def medians(record: Record, number: int) -> Table:
    """Statement, n, median with quartiles, agreement, verdict."""
    columns = [
        rated("n"),
        MEDIAN,
        Column("q1", "float", "Q1", QUARTILES),
        Column("q3", "float", "Q3", QUARTILES),
        share("combined_pct", "Agreement %"),
        *verdict_columns(record, number),
        CHANGE,
    ]
    return styled(record, number, columns, with_verdicts(record, number), [])


def means(record: Record, number: int) -> Table:
    """Statement, n, mean and standard deviation, agreement."""
    columns = [
        rated("n"),
        Column("mean", "float", "Mean", POINTS),
        Column("sd", "float", "SD", POINTS),
        share("combined_pct", "Agreement %"),
        *verdict_columns(record, number),
    ]
    return styled(record, number, columns, with_verdicts(record, number), [CODES])
