"""The style of RAND/UCLA appropriateness studies."""

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import ResultRow, write_reasons
from delphi.consensus.vocabulary import Verdict
from delphi.statistics.base.result import Reason
from exports.record.columns import POINTS, SHARES
from exports.record.record import Record
from exports.reports.styles.columns import MEDIAN, rated
from exports.reports.styles.frame import INDICATION, styled
from exports.tables.table import Column, Table

CLASSIFICATIONS = {
    Verdict.IN: "appropriate",
    Verdict.OUT: "inappropriate",
    Verdict.NONE: "uncertain",
    Verdict.TOO_FEW: "too few ratings",
}
COLUMNS = (
    rated("n"),
    MEDIAN,
    Column("p30", "float", "P30", POINTS),
    Column("p70", "float", "P70", POINTS),
    Column("di", "float", "DI", POINTS),
    Column("disagreement", "bool", "Disagreement", SHARES),
    Column("classification", "text", "Classification", SHARES, brief=True),
)


def rand(record: Record, number: int) -> Table:
    """Indication, n, median, 30th and 70th percentile, disagreement index, classification."""

    def filled(row: ResultRow) -> dict[str, Cell]:
        percentiles, why = _percentiles(record.definition, row)
        reasons = row.reasons | (dict.fromkeys(percentiles, why.value) if why else {})
        named = None if row.verdict is None else CLASSIFICATIONS[Verdict(row.verdict)]
        return {**row, **percentiles, "classification": named, "reasons": write_reasons(reasons)}

    return styled(record, number, COLUMNS, filled, [], INDICATION)


def _percentiles(definition: Definition, row: ResultRow) -> tuple[dict[str, Cell], Reason | None]:
    """Percentiles on which the index rests, by the rule itself; or why there are none."""
    counts = row.counts(definition.scale.values)
    none: dict[str, Cell] = {"p30": None, "p70": None}
    if counts is None:
        return none, Reason.SUPPRESSED_DISCLOSURE
    [detail] = definition.judge(Counts.of(counts)).detail
    if detail.get("p30") is None:
        return none, Reason.NO_RATINGS if "p30" in detail else Reason.NOT_APPLICABLE
    return {name: float(detail[name]) for name in none}, None
