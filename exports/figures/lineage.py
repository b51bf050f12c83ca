"""What became of each statement: a row a statement, a column a round, a line from what was to what came of it (REPORTING 1.4)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from delphi.consensus.table.result_row import ResultRow
from delphi.consensus.vocabulary import Change, Relation, Verdict
from exports.figures.draw import DARK, GREY, WIDTH, circle, line, text
from exports.figures.frame import HEAD, LEFT, RIGHT, TOP, by_statement, label
from exports.record.record import Record
from exports.tables.document import Figure
from exports.tables.table import Column

COLUMNS = (
    *HEAD,
    Column("round", "int", "Round"),
    Column("relation", "text", "To the round before"),
    Column("from_ids", "text", "From"),
    Column("verdict", "text", "Verdict"),
    Column("dropped", "bool", "Dropped after it"),
)
HIGH = 36  # of a row
KEYS = (
    "Disc: in consensus; ring: not. Line: unchanged; dashed: reworded, meaning kept; dotted: meaning changed.",
    "Dark line: merged or split; ×: dropped.",
)
DRESS = {Relation.SAME: {}, Relation.REWORDED_SAME_MEANING: {"stroke_dasharray": "7 4"}}
CHANGED = {"stroke_dasharray": "2 4", "stroke_width": 2}


def descent(record: Record) -> Figure:
    """Draw the questionnaires of all rounds, and the way of every statement through them."""
    rows = [row for row in record.rows if row.is_panel]
    rounds = sorted({row["round"] for row in rows})
    parents = _parents(record)
    lanes = {code: TOP + HIGH * i for i, code in enumerate(_order(rows, parents))}
    step = (WIDTH - LEFT - RIGHT - 40) / max(len(rounds) - 1, 1)
    at = {number: LEFT + 20 + step * i for i, number in enumerate(rounds)}
    parts = [text(0, 14 + 16 * i, words) for i, words in enumerate(KEYS)]
    parts += [text(x, TOP - 8, f"Round {number}", text_anchor="middle") for number, x in at.items()]
    places: dict[str, list[ResultRow]] = defaultdict(list)
    for row in rows:
        parts += _lines(row, parents, places, lanes, at)
        places[row["statement"]].append(row)
    dropped = {(edge.before, edge.round - 1) for edge in record.edges if edge.change == Change.DROPPED}
    for code, own in places.items():
        parts += _discs(own, dropped, lanes[code], at)
    data = [
        {**row, "from_ids": ";".join(parents[row.round, row.statement]) or None}
        | {"dropped": (row.statement, row.round) in dropped}
        for row in rows
    ]
    sentences = [_sentence(code, [row for row in data if row["statement"] == code]) for code in lanes]
    height = TOP + HIGH * len(lanes)
    return by_statement(record, "Statements from round to round", parts, height, COLUMNS, data, sentences)


def _parents(record: Record) -> dict[tuple[int, str], list[str]]:
    """What was merged into, or split to make, a statement, by the round into which that was done."""
    parents: dict[tuple[int, str], list[str]] = defaultdict(list)
    for edge in record.edges:
        if edge.change in (Change.MERGED, Change.SPLIT) and edge.before and edge.after:
            parents[edge.round, edge.after].append(edge.before)
    return parents


def _order(rows: list[ResultRow], parents: dict[tuple[int, str], list[str]]) -> list[str]:
    """Put a statement that comes later under what it came from, and a new one at the end."""
    order: list[str] = []
    for row in rows:
        if row["statement"] not in order:
            above = [order.index(code) for code in parents[row["round"], row["statement"]] if code in order]
            order.insert(max(above) + 1 if above else len(order), row["statement"])
    return order


def _lines(
    row: ResultRow,
    parents: Mapping[tuple[int, str], list[str]],
    places: Mapping[str, list[ResultRow]],
    lanes: Mapping[str, float],
    at: Mapping[int, float],
) -> Iterator[str]:
    """Draw what leads to a statement of a round."""
    code, x = row["statement"], at[row["round"]]
    y = lanes[code] + HIGH / 2
    sources = parents[row["round"], code]
    for source in sources:
        if source != code and places[source]:
            yield line(at[places[source][-1]["round"]], lanes[source] + HIGH / 2, x, y, DARK, stroke_width=1.5)
    if places[code]:
        dress = {"stroke_width": 1.5} if code in sources else DRESS.get(Relation(row["relation"]), CHANGED)
        yield line(at[places[code][-1]["round"]], y, x, y, DARK if code in sources else GREY, **dress)


def _discs(
    own: list[ResultRow], dropped: Collection[tuple[str | None, int]], lane: float, at: Mapping[int, float]
) -> Iterator[str]:
    """Draw a statement in each of its rounds."""
    yield label(own[-1], lane, HIGH)
    for row in own:
        x, y = at[row["round"]], lane + HIGH / 2
        yield circle(x, y, 5, DARK if row.verdict == Verdict.IN else "#ffffff")
        if (row["statement"], row["round"]) in dropped:
            yield text(x + 12, y + 4, "×")


def _sentence(code: str, own: list[dict[str, Any]]) -> str:
    """Tell the way of one statement."""
    steps = []
    for row in own:
        change = (
            "" if row["relation"] in (Relation.SAME, Relation.NEW) else f" {str(row['relation']).replace('_', ' ')}"
        )
        source = f" from {row['from_ids'].replace(';', ' and ')}" if row["from_ids"] else ""
        steps.append(f"round {row['round']}{change}{source}, {row['verdict'] or 'hidden'}")
    return f"{code}: {'; '.join(steps)}{'; then dropped' if own[-1]['dropped'] else ''}"
