"""Columns that several styles print, and how a share of some options is counted."""

from collections.abc import Iterable

from delphi.consensus.scale import Scale, Values
from delphi.consensus.table.result_row import ResultRow
from exports.record.columns import QUARTILES, SHARES
from exports.tables.table import Column

MARKS = ("0*", "100†")
CLOSING = (Column("reasons", "text", "Why cells are empty"),)
CHANGE = Column("delta_combined_pp", "float", "Change", SHARES, signed=True, says_why=True)
MEDIAN = Column("median", "float", "Median", QUARTILES)
IQR = Column("iqr", "float", "IQR", QUARTILES)
GRADE = Column("grade", "text", "Grade", SHARES, brief=True)
VERDICT = Column("verdict", "text", "Verdict", SHARES, brief=True)


def rated(label: str = "N") -> Column:
    """Column of the number who rated."""
    return Column("n_rated", "int", label, SHARES)


def share(name: str, label: str, floor: int = SHARES) -> Column:
    """Column of percentages in the style of journals."""
    return Column(name, "percent", label, floor, marks=MARKS)


def share_of(row: ResultRow, values: Values) -> float | None:
    """Share of those who chose one of these options, in per cent."""
    counts = row.counts(values)
    return None if counts is None or not row.n_rated else 100 * sum(counts) / row.n_rated


def shares_of(row: ResultRow, options: Iterable[tuple[str, str, Values]]) -> dict[str, float | None]:
    """Share of every printed option, under the names of its columns."""
    return {f"share_{i}": share_of(row, values) for i, (_, _, values) in enumerate(options, 1)}


def opt_out_head(scale: Scale) -> str:
    """Head the column of the opt-out: its usual letters only where the study calls it so."""
    return "NQ" if "not qualified" in (scale.opt_out or "") else "Opt-out"
