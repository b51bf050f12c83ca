"""Columns completed: what decides a verdict is printed beside it, and no rounding hides on which side it lies."""

from collections.abc import Sequence

from delphi.consensus.rules.shares import set_text
from delphi.consensus.table.result_row import ResultRow
from exports.record.columns import CENTRE_COLUMNS, QUARTILES
from exports.record.record import Record, base_of
from exports.reports.styles.columns import share
from exports.reports.styles.deciding import Figure, bounded, bounds_of, rule_of_a_group, told, unprinted
from exports.tables.table import Column

BASIS = Column("verdict_basis", "text", "Basis of the verdict", QUARTILES)
LAST = ("verdict", "disagreement")  # such columns stay behind the figures on which they rest
Added = dict[str, Figure]


def with_deciding(record: Record, rows: Sequence[ResultRow], columns: Sequence[Column]) -> tuple[list[Column], Added]:
    """Tell columns the bounds that decide, and add what decides and is not printed; gives the options of added shares.

    A verdict that rests on no figures of its row, such as one on groups that are not printed, has its basis beside it.
    """
    scale, rule = record.definition.scale, record.definition.rule
    inner, by_group = rule_of_a_group(rule), any(column.over for column in columns)
    bounds = bounds_of(inner if by_group else rule)
    if bounds is None or (inner is not rule and not bounds.keys() <= {scale.combined, scale.disagree}):
        return [*columns, BASIS], {}
    if inner is not rule:
        return bounded(columns, bounds, scale), {}
    own = [column for column in columns if not column.over]
    missing = [f for f in unprinted(own, bounds, scale) if not told(own, rows, f, bounds, scale)]
    more, added = _columns(missing, "All: " if by_group else "")
    limited = [column if column.over else bounded([column], bounds, scale)[0] for column in columns]
    at = next((i for i, column in enumerate(columns) if column.name.startswith(LAST)), len(columns))
    return [
        *limited[:at],
        *bounded(more, bounds | {name: bounds[f] for name, f in added.items()}, scale),
        *limited[at:],
    ], added


def _columns(missing: Sequence[Figure], who: str) -> tuple[list[Column], Added]:
    """Columns of figures that decide, and the options of those that are shares."""
    known = {column.name: column for column in CENTRE_COLUMNS}
    columns: list[Column] = []
    added: Added = {}
    for i, figure in enumerate(missing, 1):
        if isinstance(figure, str):
            columns += [known[figure]] if figure in known else []
        else:
            columns.append(share(f"deciding_{i}", f"{who}{set_text(figure)} %"))
            added[f"deciding_{i}"] = figure
    return columns, added


def share_of_figure(record: Record, row: ResultRow, figure: Figure) -> float | None:
    """Share of some options, of those of whom the definition takes shares."""
    counts = None if isinstance(figure, str) else row.counts(figure)
    return None if counts is None or not row.n_rated else 100 * sum(counts) / base_of(record.definition, row)
