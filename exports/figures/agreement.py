"""Agreement by statement: stacked bars, medians with quartiles, and change between two rounds."""

from collections.abc import Callable, Iterator, Sequence

from delphi.consensus.table.result_row import ResultRow
from delphi.consensus.vocabulary import Relation
from exports.figures.draw import DARK, GREY, LIGHT, WIDTH, circle, line, rect, text
from exports.figures.frame import (
    HEAD,
    LEFT,
    RIGHT,
    ROW,
    TOP,
    across,
    axis,
    by_statement,
    label,
    lowest_ten,
    note,
    under_legend,
    unseen,
)
from exports.figures.shades import shades
from exports.record.record import Record, last_round, of_round
from exports.tables.document import Figure
from exports.tables.printing import printed_number, printed_percent
from exports.tables.table import Column

UNDER = 28  # where bars begin under their legend, with the shares above them
BETWEEN = "#9ecae1"  # from the lower to the upper quartile
ENDS = (
    *HEAD,
    Column("first_round", "int", "First round"),
    Column("first_pct", "percent", "First %"),
    Column("last_round", "int", "Last round"),
    Column("last_pct", "percent", "Last %"),
)


def stacked(record: Record) -> Figure:
    """Draw the shares of every option, statement by statement."""
    number, scale = last_round(record), record.definition.scale
    rows = of_round(record, number)
    zones = [(name, values) for _head, name, values in scale.printed_options]
    colours = _colours([values for _, values in zones], scale.combined, scale.disagree)
    bottom = UNDER + ROW * len(rows)
    plot = [part for share in range(0, 101, 25) for part in _tick(share, bottom)]
    for i, row in enumerate(rows):
        plot += _bar(row, [values for _, values in zones], colours, UNDER + ROW * i)
    boxes = [rect(0, 2, 12, 12, colour, stroke=GREY) for colour in colours]
    parts, down = under_legend([name for name, _ in zones], boxes, plot)
    columns = (
        *HEAD,
        Column("n_rated", "int", "N"),
        *(Column(f"k{i}", "int", name) for i, (name, _) in enumerate(zones)),
    )
    data = [{**row, **{f"k{i}": _sum(row, values) for i, (_, values) in enumerate(zones)}} for row in rows]
    sentences = [f"{r['statement']}: {printed_percent(r['combined_pct'])} % combined agreement" for r in _shown(rows)]
    title = f"Agreement after round {number}"
    return by_statement(record, title, parts, bottom + down, columns, data, sentences)


def _tick(share: int, bottom: float) -> Iterator[str]:
    x = LEFT + (WIDTH - LEFT - RIGHT) * share / 100
    yield line(x, UNDER - 6, x, bottom, LIGHT)
    yield text(x, UNDER - 10, f"{share} %", text_anchor="middle")


def _colours(zones: Sequence[Sequence[int]], high: Sequence[int], low: Sequence[int]) -> list[str]:
    """Dark at both ends, light in the middle."""
    above, below = (sum(zone[0] in side for zone in zones) for side in (high, low))
    return shades(above, len(zones) - above - below, below)


def _bar(row: ResultRow, zones: Sequence[Sequence[int]], colours: Sequence[str], y: float) -> Iterator[str]:
    yield label(row, y)
    counts, n = [_sum(row, zone) for zone in zones], row["n_rated"]
    if not n or None in counts:
        yield unseen(row, y)
        return
    x = float(LEFT)
    for k, colour in zip(counts, colours, strict=True):
        width = (WIDTH - LEFT - RIGHT) * (k or 0) / n
        if width:
            yield rect(x, y, width, 15, colour, stroke="#ffffff", stroke_width="0.8")
        x += width
    yield note(f"N {n}", y)


def _sum(row: ResultRow, values: Sequence[int]) -> int | None:
    counts = row.counts(values)
    return None if counts is None else sum(counts)


def _shown(rows: Sequence[ResultRow]) -> list[ResultRow]:
    return [row for row in rows if row["combined_pct"] is not None]


def strips(record: Record) -> Figure:
    """Draw median and interquartile range of every statement."""
    number, scale = last_round(record), record.definition.scale
    rows = of_round(record, number)
    at, bottom = across(scale.lo, scale.hi), TOP + ROW * len(rows)
    parts = list(axis(scale.lo, scale.hi, bottom, "Median (disc) and quartiles (bar)"))
    for i, row in enumerate(rows):
        y = TOP + ROW * i
        parts.append(label(row, y))
        if row["median"] is None or row["q1"] is None:
            parts.append(unseen(row, y))
            continue
        parts.append(rect(at(row["q1"]) - 1, y + 4, at(row["q3"]) - at(row["q1"]) + 2, 8, BETWEEN, stroke=GREY))
        parts.append(circle(at(row["median"]), y + 8, 4, DARK))
        parts.append(note(f"N {row['n_rated']}", y))
    names = ("n_rated", "median", "q1", "q3", "iqr")
    columns = (*HEAD, *(Column(name, "int" if name == "n_rated" else "float", name) for name in names))
    sentences = [
        f"{r['statement']}: median {printed_number(float(r['median']))}, interquartile range {printed_number(float(r['iqr']))}"
        for r in rows
        if r["median"] is not None and r["iqr"] is not None
    ]
    title = f"Median and quartiles after round {number}"
    return by_statement(record, title, parts, bottom, columns, rows, sentences)


def dumbbells(record: Record) -> Figure:
    """Draw combined agreement of the first and the last round in which a statement was asked with the meaning it has now."""
    pairs = _ends(record)
    lo = lowest_ten(row["combined_pct"] for pair in pairs for row in pair)
    at, bottom = across(lo, 100), TOP + ROW * len(pairs)
    parts = list(axis(lo, 100, bottom, "Combined agreement %: first round (ring), last round (disc)"))
    for i, (first, last) in enumerate(pairs):
        parts += _dumbbell(first, last, at, TOP + 8 + ROW * i)
    data = [
        {"statement": b["statement"], "text": b["text"], "first_round": a["round"], "first_pct": a["combined_pct"]}
        | {"last_round": b["round"], "last_pct": b["combined_pct"]}
        for a, b in pairs
    ]
    sentences = [
        f"{b['statement']}: {printed_percent(a['combined_pct'])} % in round {a['round']},"
        f" {printed_percent(b['combined_pct'])} % in round {b['round']}"
        for a, b in pairs
    ]
    return by_statement(record, "Change of agreement between rounds", parts, bottom, ENDS, data, sentences)


def _ends(record: Record) -> list[tuple[ResultRow, ResultRow]]:
    """First and last row of each statement under its present meaning, where both may be shown."""
    ends: dict[str, list[ResultRow]] = {}
    for row in record.rows:
        if row.is_panel:
            earlier = ends.get(row["statement"], []) if Relation(row["relation"]).same_meaning else []
            ends[row["statement"]] = [*earlier, row]
    shown = [[row for row in rows if row["combined_pct"] is not None] for rows in ends.values()]
    return [(rows[0], rows[-1]) for rows in shown if len(rows) > 1]


def _dumbbell(first: ResultRow, last: ResultRow, at: Callable[[float], float], y: float) -> Iterator[str]:
    yield label(last, y - 8)
    yield line(at(first["combined_pct"]), y, at(last["combined_pct"]), y, DARK, stroke_width=2)
    yield circle(at(first["combined_pct"]), y, 5, "#ffffff")
    yield circle(at(last["combined_pct"]), y, 4, DARK)
    yield note(f"r{first['round']}–r{last['round']}", y - 8)
