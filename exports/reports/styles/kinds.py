"""Rows of one kind together, with their number, their mean and the number of ratings."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from delphi.consensus.analysis import Definition
from delphi.consensus.table.result_row import ResultRow
from delphi.statistics.base.exact import mean_share, round_half_up
from exports.record.record import base_of


@dataclass(frozen=True, slots=True)
class KindSummary:
    """How many of a kind there are, their mean combined agreement in per cent, and the fewest and most ratings of one."""

    kind: str
    count: int
    mean_combined: str
    fewest: int
    most: int


def by_kind(rows: Sequence[ResultRow]) -> list[tuple[str, list[ResultRow]]]:
    """Put rows of one kind together, kinds in the order of their first row."""
    kinds = list(dict.fromkeys(row.kind for row in rows))
    in_order = sorted(rows, key=lambda row: kinds.index(row.kind))
    return [(kind, list(members)) for kind, members in groupby(in_order, lambda row: row.kind)]


def summary_of(kind: str, rows: Sequence[ResultRow], definition: Definition) -> KindSummary:
    """Summarise the rows of a kind; the mean is taken over unrounded shares."""
    mean = mean_share([(row.agreeing, base_of(definition, row)) for row in rows if row.agreeing is not None])
    sizes = [row.n_rated for row in rows if row.n_rated is not None] or [0]
    printed = "–" if mean is None else str(round_half_up(mean, 1))
    return KindSummary(kind, len(rows), printed, min(sizes), max(sizes))
