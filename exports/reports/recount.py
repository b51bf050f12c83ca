"""Every printed share, median, mean and total of a table computed again from the counts of its row, before it is written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from delphi.consensus.analysis import Definition
from delphi.consensus.scale import Values
from delphi.consensus.table.result_row import EVERYBODY, ResultRow, count_name
from exports.record.record import base_of
from exports.reports.styles.deciding import Figure, figure_of
from exports.reports.styles.groups import PRINTED
from exports.tables.bounds import HIDING
from exports.tables.claims import interval_of
from exports.tables.printing import printed
from exports.tables.table import Column, Table

SQUARED = "sd"


def contradictions(table: Table, rows: Iterable[ResultRow], definition: Definition) -> list[str]:
    """Say which printed figures do not follow from the counts of their rows, or lie on the other side of what decides.

    Parameters
    ----------
    rows
        Rows of the consensus table, of which the table prints some; one that names no round prints the newest, and one
        that names no group the whole panel.
    """
    known = {(row.statement, row.round, row.group): row for row in rows}
    newest = max((number for _, number, _ in known), default=0)
    found: list[str] = []
    for cells in table.as_dicts():
        at = str(cells.get("statement")), _number(cells, newest)
        for group, columns in _by_group(table.columns, str(cells.get("group") or EVERYBODY)).items():
            row = known.get((*at, group))
            if row is not None and row.counts(definition.scale.values) is not None:
                found += _of_row(columns, cells, row, definition)
    return found


def _by_group(columns: Sequence[Column], usual: str) -> dict[str, list[tuple[str, Column]]]:
    """Columns with the figures they print, by the people of whom they do: those of a group stand under its name."""
    parts: dict[str, list[tuple[str, Column]]] = {}
    for column in columns:
        kind, _, place = column.name.rpartition("_")
        own = kind in PRINTED and place.isdigit()
        parts.setdefault(column.over if own and column.over else usual, []).append(
            (PRINTED[kind] if own else column.name, column)
        )
    return parts


def _number(cells: Mapping[str, object], newest: int) -> int:
    number = cells.get("round")
    return number if isinstance(number, int) else newest


def _of_row(
    columns: Sequence[tuple[str, Column]], cells: Mapping[str, object], row: ResultRow, definition: Definition
) -> Iterator[str]:
    if sum(row[count_name(value)] for value in definition.scale.values) != row.n_rated:
        yield f"{row.statement}: the options do not add up to {row.n_rated} ratings"
        return
    for figure, column in columns:
        value, exact = cells[column.name], _exact(figure, row, definition)
        if exact is None or not isinstance(value, int | float) or isinstance(value, bool):
            continue
        text = printed(column, value)
        if not _holds(column, text, exact):
            yield f"{row.statement}, {column.label}: {text} is printed, its counts give {float(exact):.4f}"


def _holds(column: Column, text: str, exact: Fraction) -> bool:
    """Whether a printed figure is the exact one rounded half up, on the same side of every bound or with its mark."""
    says = interval_of(text)
    if column.name == SQUARED:
        return max(says.low, Fraction(0)) ** 2 <= exact < says.high**2
    if not says.low <= exact < says.high and text not in (*column.marks, "100", "0"):
        return False
    shown = (says.low + says.high) / 2 if text not in column.marks else exact
    return text.endswith(HIDING) or all(bound.met(shown) == bound.met(exact) for bound in column.bounds)


def _exact(name: str, row: ResultRow, definition: Definition) -> Fraction | None:
    """Compute a figure from the counts; None for what is no share, median, mean, deviation or total."""
    scale, n = definition.scale, row.n_rated or 0
    counts = {value: int(row[count_name(value)]) for value in scale.values}
    if not n:
        return None
    figure: Figure = (int(name.removeprefix("pct_")),) if name.startswith("pct_") else figure_of(name, scale)
    if isinstance(figure, tuple):
        return _share(counts, figure, n if name.startswith("share_") else base_of(definition, row))
    if name == "nq_pct":
        return Fraction(100 * row["n_nq"], n + row["n_nq"])
    return FIGURES[name](counts, n) if name in FIGURES else None


def _share(counts: Mapping[int, int], options: Values, base: int) -> Fraction:
    return Fraction(100 * sum(counts[value] for value in options), base)


def _mean(counts: Mapping[int, int], n: int) -> Fraction:
    return Fraction(sum(value * k for value, k in counts.items()), n)


def _median(counts: Mapping[int, int], n: int) -> Fraction:
    ratings = [value for value in sorted(counts) for _ in range(counts[value])]
    return Fraction(ratings[(n - 1) // 2] + ratings[n // 2], 2)


def _variance(counts: Mapping[int, int], n: int) -> Fraction | None:
    squares = sum(value * value * k for value, k in counts.items())
    return (squares - n * _mean(counts, n) ** 2) / (n - 1) if n > 1 else None


FIGURES: dict[str, Callable[[Mapping[int, int], int], Fraction | None]] = {
    "n_rated": lambda _, n: Fraction(n),
    "median": _median,
    "mean": _mean,
    "sd": _variance,
}
