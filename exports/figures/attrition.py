"""How the ratings of those who stayed lie to those of who left: for analysts, since few leave."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from delphi.consensus.table.result_row import ResultRow
from exports.figures.draw import DARK, LIGHT, WIDTH, line, mark, text
from exports.figures.frame import HEAD, ROW, TOP, across, axis, by_statement, in_words, label, note, under_legend
from exports.record.record import Record
from exports.reports import attrition
from exports.tables.document import Figure
from exports.tables.printing import printed_number

LANE, SIGNIFICANT = 15, 0.05
NUMBERS = ("round", "next_round", "n_stayed", "n_left", "delta", "p", "p_holm", "reasons")
COLUMNS = (*HEAD, *(column for column in attrition.COLUMNS if column.name in NUMBERS))
NOBODY = "Nobody can have left yet: that takes the results of two rounds"
SEALED = (
    "Single ratings are not kept, so no statement is compared; the table of attrition has one test over all of them"
)
AXIS = "Cliff’s delta; right of 0: those who stayed rated higher"
AttritionRow = Mapping[str, Any]


def leavers(record: Record) -> Figure:
    """Draw Cliff's delta of every statement, for each round with a next, as the table of attrition has it."""
    title = "Ratings of those who stayed and of those who left"
    rows: list[AttritionRow] = [row for pair in pairwise(record.panels) for row in attrition.by_statement(*pair)]
    if not rows:
        sealed = record.figures is not None and len(record.rounds) > 1
        return in_words(record, title, SEALED if sealed else NOBODY, COLUMNS)
    texts = {row["statement"]: row for row in record.rows if row.is_panel}
    cells = {(row["statement"], row["round"]): row for row in rows}
    codes, rounds = (list(dict.fromkeys(row[name] for row in rows)) for name in ("statement", "round"))
    high = max(ROW, LANE * len(rounds) + 6)
    bottom = TOP + high * len(codes)
    plot = [*axis(-1, 1, bottom, AXIS, (0.25,)), text(WIDTH, 30, "stayed | left", text_anchor="end")]
    plot.append(line(across(-1, 1)(0), TOP - 6, across(-1, 1)(0), bottom))
    for i, code in enumerate(codes):
        plot += _row(texts[code], [cells.get((code, number)) for number in rounds], TOP + high * i, high)
    names = [*(f"left after round {number}" for number in rounds), f"full: p (Holm) below {SIGNIFICANT}"]
    signs = [*(mark(6, 8, i, "#ffffff") for i in range(len(rounds))), mark(6, 8, 0, DARK)]
    parts, down = under_legend(names, signs, plot)
    data = [{**row, "text": texts[row["statement"]]["text"]} for row in rows]
    sentences = [
        f"{row['statement']} in round {row['round']}: {row['n_stayed']} stayed, {row['n_left']} left, {_delta(row)}"
        for row in rows
    ]
    return by_statement(record, title, parts, bottom + down, COLUMNS, data, sentences)


def _delta(row: AttritionRow) -> str:
    return "nothing to compare" if row["delta"] is None else f"delta {printed_number(row['delta'])}".replace("-", "−")


def _row(row: ResultRow, rounds: Sequence[AttritionRow | None], y: float, high: float) -> Iterator[str]:
    """Draw one statement: a mark for each round in which it was asked, one under the other."""
    yield line(0, y - 1, WIDTH, y - 1, LIGHT)
    yield label(row, y, high)
    for i, cells in enumerate(rounds):
        place = y + LANE * (i - (len(rounds) - 1) / 2)
        if cells is None:
            continue
        yield note(f"{cells['n_stayed']} | {cells['n_left']}", place, high)
        if cells["delta"] is not None:
            sure = cells["p_holm"] is not None and cells["p_holm"] < SIGNIFICANT
            yield mark(across(-1, 1)(cells["delta"]), place + high / 2 - 1, i, DARK if sure else "#ffffff")
