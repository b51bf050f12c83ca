"""The style of RAND/UCLA appropriateness studies."""

from collections.abc import Sequence

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts
from delphi.consensus.disagreement import rand_classic_cutoffs
from delphi.consensus.rules.rand_ucla import DisagreementMethod, RandAppropriateness
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import ResultRow, write_reasons
from delphi.consensus.vocabulary import Verdict
from delphi.statistics.base.result import Reason
from exports.record.columns import POINTS, SHARES
from exports.record.record import Record, of_round
from exports.reports.styles.columns import MEDIAN, rated
from exports.reports.styles.frame import INDICATION, styled
from exports.tables.table import Column, Table

CLASSIFICATIONS = {
    Verdict.IN: "appropriate",
    Verdict.OUT: "inappropriate",
    Verdict.NONE: "uncertain",
    Verdict.TOO_FEW: "too few ratings",
}
HEAD = (rated("n"), MEDIAN)
INDEX = (
    Column("p30", "float", "P30", POINTS),
    Column("p70", "float", "P70", POINTS),
    Column("di", "float", "DI", POINTS),
)
ENDS = (
    Column("disagree_k", "int", "Ratings 1–3", SHARES),
    Column("combined_k", "int", "Ratings 7–9", SHARES),
)
LAST = (
    Column("disagreement", "bool", "Disagreement", SHARES),
    Column("classification", "text", "Classification", SHARES, brief=True),
)


def rand(record: Record, number: int) -> Table:
    """Indication, n, median, what decides of disagreement (percentiles with index, or ratings at the ends), classification."""
    rule = record.definition.rule
    by_table = isinstance(rule, RandAppropriateness) and rule.disagreement == DisagreementMethod.CLASSIC
    columns = (*HEAD, *(ENDS if by_table else INDEX), *LAST)

    def filled(row: ResultRow) -> dict[str, Cell]:
        percentiles, why = _percentiles(record.definition, row)
        reasons = row.reasons | (dict.fromkeys(percentiles, why.value) if why else {})
        named = None if row.verdict is None else CLASSIFICATIONS[Verdict(row.verdict)]
        return {**row, **percentiles, "classification": named, "reasons": write_reasons(reasons)}

    notes = _cutoffs(of_round(record, number), str(getattr(rule, "cutoffs", ""))) if by_table else ""
    return styled(record, number, columns, filled, [notes], INDICATION)


def _cutoffs(rows: Sequence[ResultRow], variant: str) -> str:
    """Say how many ratings at each end are disagreement, for panels of the sizes that stand in the table."""
    sizes: dict[int, list[int]] = {}
    for n in sorted({row.n_rated for row in rows if row.n_rated}):
        if (each := rand_classic_cutoffs(n, variant).disagreement_min_each) is not None:
            sizes.setdefault(each, []).append(n)
    parts = [f"at least {each} in 1–3 and {each} in 7–9 ({_range(sizes[each])} ratings)" for each in sizes]
    return f"Disagreement: {'; '.join(parts)}." if parts else ""


def _range(sizes: list[int]) -> str:
    return str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"


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
