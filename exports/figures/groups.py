"""How the stakeholder groups agreed: a mark for each in the row of a statement."""

from collections.abc import Iterator, Sequence
from typing import Any

from exports.document import Figure
from exports.figures.draw import GREY, LIGHT, WIDTH, line, mark, shortened
from exports.figures.frame import (
    HEAD,
    ROW,
    TOP,
    across,
    axis,
    by_statement,
    in_words,
    label,
    lowest_ten,
    note,
    under_legend,
    unseen,
)
from exports.record import Profile, Record, Row, last_round, of_round
from exports.table import HIDDEN, Column, printed_percent

LANE, LINE = 10, 12
LONGEST_NAME = 240
COLUMNS = (
    *HEAD,
    Column("group", "text", "Group"),
    Column("n_rated", "int", "N"),
    Column("combined_pct", "percent", "Combined agreement %"),
    Column("reasons", "text", "Why cells are empty"),
)
NO_GROUPS = "This study has no stakeholder groups, so there is nothing to compare"


def by_group(record: Record) -> Figure:
    """Draw combined agreement of every group, and of the whole panel, statement by statement."""
    number = last_round(record)
    title = f"Agreement of the groups after round {number}"
    rows, names = of_round(record, number), _groups(record, number)
    if not names:
        return in_words(record, title, NO_GROUPS, COLUMNS)
    known = {(row["statement"], row["group"]): row for row in of_round(record, number, None)}
    cells = [[_cell(known.get((row["statement"], name)), record, row, name) for name in names] for row in rows]
    flat = [cell for groups in cells for cell in groups]
    lo = lowest_ten(row["combined_pct"] for row in [*rows, *flat] if row["combined_pct"] is not None)
    high = max(ROW, LANE * len(names) + 8)
    bottom = TOP + high * len(rows)
    plot = list(axis(lo, 100, bottom, "Combined agreement %; grey line: the whole panel"))
    for i, (row, groups) in enumerate(zip(rows, cells, strict=True)):
        plot += _row(row, groups, lo, TOP + high * i, high)
    shown = [shortened(name or "no group", LONGEST_NAME) for name in names]
    parts, down = under_legend(shown, [mark(6, 8, i) for i in range(len(names))], plot)
    said = [
        f"{row['statement']}: {', '.join(f'{name} {_share(cell)}' for name, cell in zip(shown, groups, strict=True))}"
        for row, groups in zip(rows, cells, strict=True)
    ]
    return by_statement(record, title, parts, bottom + down, COLUMNS, flat, said)


def _groups(record: Record, number: int) -> list[str]:
    """Name the groups in the order of the protocol; last, who belongs to none."""
    seen = [row["group"] for row in of_round(record, number, None) if row["group"] != "all"]
    return list(dict.fromkeys([*record.study.groups, *seen]))


def _cell(found: Row | None, record: Record, row: Row, group: str) -> dict[str, Any]:
    """Give the numbers of a group; where there are none, nobody of it rated, or a reader may not see it."""
    empty = found is None and record.profile is Profile.ANALYST
    made = {"statement": row["statement"], "text": row["text"], "group": group, "n_rated": 0 if empty else None}
    why = "combined_pct=no_ratings" if empty else f"n_rated={HIDDEN};combined_pct={HIDDEN}"
    if found is None:
        return made | {"combined_pct": None, "reasons": why}
    why = "" if found["combined_pct"] is not None else "combined_pct=no_ratings" if found["n_rated"] == 0 else why
    return made | {"n_rated": found["n_rated"], "combined_pct": found["combined_pct"], "reasons": why}


def _share(cell: Row) -> str:
    if cell["combined_pct"] is None:
        return "empty" if cell["n_rated"] == 0 else "hidden"
    return f"{printed_percent(cell['combined_pct'])} %"


def _row(row: Row, groups: Sequence[Row], lo: float, y: float, high: float) -> Iterator[str]:
    """Draw one statement: each mark stands under the one before it, so that equal shares do not cover each other."""
    at = across(lo, 100)
    yield line(0, y - 1, WIDTH, y - 1, LIGHT)
    yield label(row, y, high)
    if row["combined_pct"] is None:
        yield unseen(row, y, high)
        return
    yield line(at(row["combined_pct"]), y + 2, at(row["combined_pct"]), y + high - 4, GREY, stroke_width=2)
    for i, group in enumerate(groups):
        if group["combined_pct"] is not None:
            yield mark(at(group["combined_pct"]), y + 8 + LANE * i, i)
    missing = [_share(group) for group in groups if group["combined_pct"] is None]
    reasons = sorted(set(missing))
    for i, why in enumerate(reasons):
        place = y + LINE * (i - (len(reasons) - 1) / 2)
        yield note(f"{missing.count(why)} {why}", place, high, font_style="italic")
