"""Stakeholder groups compared on each statement: effect sizes first, then p-values (METHOD 10.3)."""

from collections.abc import Iterator, Sequence
from typing import Any

from delphi.consensus.analysis import Analysis, RoundData
from delphi.consensus.counts import Integers, total
from delphi.consensus.table.columns import Cell, filled
from delphi.statistics.base.result import Reason
from delphi.statistics.groups.association import cramers_v
from delphi.statistics.groups.comparison import adjust_p, cliffs_delta, kruskal_wallis, mann_whitney
from exports.record.columns import POINTS
from exports.tables.table import Column

COLUMNS = (
    Column("cliffs_delta", "float", "Cliff’s delta", POINTS, brief=True),
    Column("epsilon_squared", "float", "Epsilon squared", POINTS),
    Column("cramers_v", "float", "Cramér’s V", POINTS),
    Column("p_groups", "p", "p, groups", POINTS),
    Column("p_holm", "p", "p, Holm", POINTS, brief=True),
    Column("p_bh", "p", "p, Benjamini–Hochberg", POINTS),
)
NOTE = (
    "Groups: a group against all other panelists by Cliff’s delta (above 0: it rates higher) and the exact Mann–Whitney p; "
    "in the row of all, Kruskal–Wallis with ε² and Cramér’s V. Adjusted over the statements of a round. Descriptive, unless "
    "the rule asks groups."
)
Cells = dict[str, Cell]
Reasons = dict[str, Reason]


def comparisons(analysis: Analysis) -> list[tuple[Cells, Reasons]]:
    """Cells of each row of the consensus table by group, in its order."""
    cells_of_rows: list[tuple[Cells, Reasons]] = []
    for round_ in analysis.rounds:
        rows = [list(_rows(round_, j)) for j in range(len(round_.items))]
        adjusted = [_adjusted([row[g][0]["p_groups"] for row in rows]) for g in range(len(rows[0]) if rows else 0)]
        if len(adjusted) > 3:  # of two groups, each against the other is one and the same test
            adjusted[1:] = _together(rows)
        for j, row in enumerate(rows):
            for g, (cells, reasons) in enumerate(row):
                values, empty = filled(adjusted[g][j], reasons.get("p_groups", Reason.NO_RATINGS))
                cells_of_rows.append((cells | values, reasons | empty))
    return cells_of_rows


def _adjusted(p: Sequence[Any]) -> list[Cells]:
    pairs = zip(adjust_p(p), adjust_p(p, "bh"), strict=True)
    return [{"p_holm": holm, "p_bh": bh} for holm, bh in pairs]


def _together(rows: list[list[tuple[Cells, Reasons]]]) -> list[list[Cells]]:
    """Adjust over all groups and statements of the round at once."""
    size = len(rows[0]) - 1
    flat = _adjusted([row[g + 1][0]["p_groups"] for g in range(size) for row in rows])
    return [flat[g * len(rows) : (g + 1) * len(rows)] for g in range(size)]


def _rows(round_: RoundData, j: int) -> Iterator[tuple[Cells, Reasons]]:
    """All groups compared, then each against all others; people in no shown group are not a group of their own."""
    table, groups = round_.counts.ratings[j], round_.counts.groups
    named = [g for g, name in enumerate(groups) if name]
    if not named:
        yield filled(dict.fromkeys(column.name for column in COLUMNS[:4]), Reason.NOT_APPLICABLE)
        return
    yield _whole(table[named])
    for g in named:
        yield _group(table[g], total(table, 0) - table[g])


def _whole(table: Integers) -> tuple[Cells, Reasons]:
    test, v = kruskal_wallis(table), cramers_v(table)
    values, reasons = filled(
        {"epsilon_squared": test.epsilon_squared, "p_groups": test.p}, test.reason or Reason.NO_RATINGS
    )
    association, why = filled({"cramers_v": v.value}, v.reason or Reason.NO_RATINGS)
    return values | association | {"cliffs_delta": None}, reasons | why | {"cliffs_delta": Reason.NOT_APPLICABLE}


def _group(own: Integers, others: Integers) -> tuple[Cells, Reasons]:
    test = mann_whitney(own, others)
    cells = {"cliffs_delta": cliffs_delta(own, others).value, "p_groups": test.p}
    values, reasons = filled(cells, test.reason or Reason.EMPTY_GROUP)
    none, why = filled({"epsilon_squared": None, "cramers_v": None}, Reason.NOT_APPLICABLE)
    return values | none, reasons | why
