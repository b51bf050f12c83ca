"""Flows: of participants through the rounds, and of statements; and the number in consensus by threshold."""

from collections import Counter
from itertools import pairwise
from typing import Any

from delphi.consensus.firmness.sensitivity import threshold_map
from delphi.consensus.vocabulary import EVERYBODY, Change, Relation, Verdict
from exports.figures.draw import DARK, LIGHT, WIDTH, arrow, box, circle, height_of, line, text
from exports.figures.frame import figure
from exports.record.facts import LineageEdge, Response
from exports.record.record import Record, last_round
from exports.tables.document import Figure
from exports.tables.table import Column

CHANGES = ("reworded", "merged", "split", "added", "dropped")
COLUMN, LEFT = 300, 60.0
MIDDLE = LEFT + COLUMN / 2


def participants(record: Record) -> Figure:
    """Draw invited, started, complete and analysed per round, losses to the side: in the manner of CONSORT."""
    columns = tuple(
        Column(name, "int", name.replace("_", " "))
        for name in ("round", "invited", "declined", "not_started", "started", "partial", "complete", "analysed")
    )
    rows = [_counted(record, round_.number) for round_ in record.rounds]
    parts: list[str] = []
    y = 6.0
    for i, row in enumerate(rows):
        if i:
            parts.append(arrow(MIDDLE, y, MIDDLE, y + 26))
            y += 26
        drawn, y = _round(row, y)
        parts += drawn
    title = "Participants through the rounds"
    sentences = [
        f"Round {r['round']}: {r['invited']} invited, {r['declined']} declined, {r['not_started']} gave no answer,"
        f" {r['analysed']} analysed{_of_whom(r)}"
        for r in rows
    ]
    return figure(record, title, parts, y + 10, columns, rows, sentences)


def _of_whom(row: dict[str, Any]) -> str:
    """Say how many sent the round off, where that is known."""
    known = row["complete"] is not None
    return f", of whom {row['complete']} complete and {row['partial']} partial" if known else ""


def _round(row: dict[str, Any], y: float) -> tuple[list[str], float]:
    """Draw one round from a height down, and say where it ends."""
    lines = [f"Round {row['round']}", f"invited {row['invited']}"]
    lost = [f"declined {row['declined']}", f"gave no answer {row['not_started']}"]
    done = [f"analysed {row['analysed']}"]
    done += [] if row["complete"] is None else [f"complete {row['complete']}, partial {row['partial']}"]
    end = y + height_of(lines)
    below = end + 30
    parts = [
        box(LEFT, y, COLUMN, lines),
        box(WIDTH - 250, y + 22, 240, lost),
        arrow(MIDDLE, end, MIDDLE, below),
        box(LEFT, below, COLUMN, done),
        arrow(MIDDLE, end + 12, WIDTH - 250, end + 12),
    ]
    return parts, below + height_of(done)


def _counted(record: Record, number: int) -> dict[str, Any]:
    panel = next((one for one in record.responses if (one.round, one.people) == (number, EVERYBODY)), None)
    here = panel or Response(number, EVERYBODY, 0)
    return {
        "round": number,
        "invited": here.invited,
        "declined": here.declined,
        "not_started": here.invited - here.started - here.declined,
        "started": here.started,
        "partial": None if here.complete is None else here.started - here.complete,
        "complete": here.complete,
        "analysed": here.started,
    }


def statements(record: Record) -> Figure:
    """Draw how many statements each round asked, and what became of them on the way."""
    rows = _changes(record)
    columns = tuple(Column(name, "int", name) for name in ("round", "asked", *CHANGES))
    parts, y, described = [], 6.0, []
    for i, row in enumerate(rows):
        words = [f"{row[name]} {name}" for name in CHANGES if row[name]]
        if i:
            lines = words or ["no change"]
            parts += [arrow(210, y, 210, y + height_of(lines) + 16), box(WIDTH - 250, y + 6, 240, lines)]
            parts.append(line(210, y + 14, WIDTH - 250, y + 14))
            y += height_of(lines) + 16
        lines = [f"Round {row['round']}", f"{row['asked']} statements asked"]
        parts.append(box(60, y, COLUMN, lines))
        y += height_of(lines)
        before = f" ({', '.join(words)} before it)" if i and words else ""
        described.append(f"Round {row['round']} asked {row['asked']} statements{before}")
    return figure(record, "Statements through the rounds", parts, y + 10, columns, rows, described)


def _changes(record: Record) -> list[dict[str, int]]:
    """Count for each round the statements it asked, and those changed on the way into it."""
    asked = Counter(row.round for row in record.rows if row.is_panel)
    changed: dict[tuple[int, str], set[str | None]] = {}
    for edge in record.edges:
        changed.setdefault((edge.round, edge.change), set()).add(_counted_once(edge))
    for row in record.rows:
        if row.is_panel and row.relation == Relation.NEW and row.round > min(asked):
            changed.setdefault((row.round, "added"), set()).add(row.statement)
    return [
        {"round": number, "asked": asked[number]} | {name: len(changed.get((number, name), ())) for name in CHANGES}
        for number in sorted(asked)
    ]


def _counted_once(edge: LineageEdge) -> str | None:
    """Name the end of a change by which it is counted: what was made of a merger, what was split."""
    if edge.change == Change.SPLIT:
        return edge.before
    return edge.after if edge.change == Change.MERGED else edge.after or edge.before


def thresholds(record: Record) -> Figure:
    """Draw the number of statements in consensus by threshold, the locked definition marked."""
    number = last_round(record)
    rows = [row for data in record.analysis.rounds if data.number == number for row in _by_threshold(record, data)]
    columns = (
        Column("threshold", "text", "Threshold %"),
        Column("in_consensus", "int", "In consensus"),
        Column("locked", "bool", "Locked"),
    )
    title = f"Statements in consensus by threshold, round {number}"
    most = max((row["in_consensus"] for row in rows), default=0) or 1
    left, bottom = 60.0, 240.0
    step = (WIDTH - left - 40) / max(len(rows) - 1, 1)
    points = [(left + 20 + step * i, bottom - 190 * row["in_consensus"] / most) for i, row in enumerate(rows)]
    parts = [line(left, bottom, WIDTH, bottom), text(left, 14, "Statements in consensus; disc: the locked threshold")]
    parts += [line(*a, *b, DARK, stroke_width=2) for a, b in pairwise(points)]
    for (x, y), row in zip(points, rows, strict=True):
        parts.append(circle(x, y, 6 if row["locked"] else 4, DARK if row["locked"] else "#ffffff"))
        parts += [text(x, y - 10, str(row["in_consensus"]), text_anchor="middle")]
        parts += [text(x, bottom + 18, str(row["threshold"] or "rule"), text_anchor="middle")]
    parts.append(line(left, 30, left, bottom, LIGHT))
    sentences = [
        f"{row['in_consensus']} at {row['threshold'] or 'the rule'}{' (locked)' if row['locked'] else ''}"
        for row in rows
    ]
    return figure(record, title, parts, bottom + 30, columns, rows, sentences)


def _by_threshold(record: Record, data: Any) -> list[dict[str, Any]]:
    """Vary the threshold alone; all else is as locked."""
    variants = threshold_map(data.counts, record.definition)
    locked = variants.locked
    return [
        {"threshold": one.threshold, "in_consensus": one.verdicts.count(Verdict.IN), "locked": one.locked}
        for one in variants.alternatives
        if (one.strict, one.denominator, one.quantile_type) == (locked.strict, locked.denominator, locked.quantile_type)
    ]
