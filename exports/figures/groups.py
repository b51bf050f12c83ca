"""How the stakeholder groups agreed: a mark for each in the row of a statement."""

from collections import Counter
from collections.abc import Iterator, Sequence

from delphi.consensus.table.result_row import EVERYBODY, ResultRow, hidden_reasons, write_reasons
from delphi.statistics.base.result import Reason
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
from exports.record.reader_profile import Profile
from exports.record.record import Record, last_round, of_round
from exports.tables.document import Figure
from exports.tables.printing import printed_percent
from exports.tables.table import Column

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
    groups = _groups(record, number)
    if not groups:
        return in_words(record, title, NO_GROUPS, COLUMNS)
    statements = _cells(record, number, [EVERYBODY, *groups])
    data = [cell for cells in statements for cell in cells]
    lo = lowest_ten(cell["combined_pct"] for cell in data if cell["combined_pct"] is not None)
    high = max(ROW, LANE * len(groups) + 8)
    bottom = TOP + high * len(statements)
    plot = list(axis(lo, 100, bottom, "Combined agreement %; grey line: the whole panel"))
    for i, cells in enumerate(statements):
        plot += _row(cells, lo, TOP + high * i, high)
    names = [shortened(group or "no group", LONGEST_NAME) for group in groups]
    parts, down = under_legend(names, [mark(6, 8, i) for i in range(len(names))], plot)
    sentences = [f"{cells[0]['statement']}: {_sentence(['the whole panel', *names], cells)}" for cells in statements]
    return by_statement(record, title, parts, bottom + down, COLUMNS, data, sentences)


def _groups(record: Record, number: int) -> list[str]:
    """Name the groups in the order of the protocol; last, who belongs to none."""
    seen = [row["group"] for row in of_round(record, number, None) if row["group"] != EVERYBODY]
    return list(dict.fromkeys([*record.study.groups, *seen]))


def _cells(record: Record, number: int, names: Sequence[str]) -> list[list[ResultRow]]:
    """Numbers of the panel and of each group, a list for each statement."""
    known = {(row["statement"], row["group"]): row for row in of_round(record, number, None)}
    rows = of_round(record, number)
    return [
        [_cell(row, known.get((row["statement"], name)), name, hidden=_hides(record)) for name in names] for row in rows
    ]


def _hides(record: Record) -> bool:
    """Whether a group without a row is hidden; in a file of ratings that an analyst has it is empty."""
    return record.figures is not None or record.profile is not Profile.ANALYST


def _cell(row: ResultRow, own: ResultRow | None, group: str, *, hidden: bool) -> ResultRow:
    """Numbers of a group; one without a row has nobody in a file of ratings, and is hidden where rounds are sealed."""
    nobody = {"n_rated": None if hidden else 0, "combined_pct": None}
    n, share = (own or nobody)["n_rated"], (own or nobody)["combined_pct"]
    reasons = {"combined_pct": Reason.NO_RATINGS.value} if n == 0 else hidden_reasons(("n_rated", "combined_pct"))
    cells = {"statement": row.statement, "text": row["text"], "group": group, "n_rated": n, "combined_pct": share}
    return ResultRow(cells | {"reasons": write_reasons(reasons) if share is None else ""})


def _sentence(names: Sequence[str], cells: Sequence[ResultRow]) -> str:
    return ", ".join(f"{name} {_share(cell)}" for name, cell in zip(names, cells, strict=True))


def _share(cell: ResultRow) -> str:
    if cell["combined_pct"] is None:
        return "empty" if cell["n_rated"] == 0 else "hidden"
    return f"{printed_percent(cell['combined_pct'])} %"


def _row(cells: Sequence[ResultRow], lo: float, y: float, high: float) -> Iterator[str]:
    """Draw one statement: each mark stands under the one before it, so that equal shares do not cover each other."""
    at = across(lo, 100)
    panel, *groups = cells
    yield line(0, y - 1, WIDTH, y - 1, LIGHT)
    yield label(panel, y, high)
    if panel["combined_pct"] is None:
        yield unseen(panel, y, high)
        return
    yield line(at(panel["combined_pct"]), y + 2, at(panel["combined_pct"]), y + high - 4, GREY, stroke_width=2)
    for i, group in enumerate(groups):
        if group["combined_pct"] is not None:
            yield mark(at(group["combined_pct"]), y + 8 + LANE * i, i)
    missing = Counter(_share(group) for group in groups if group["combined_pct"] is None)
    for i, (why, n) in enumerate(missing.items()):
        place = y + LINE * (i - (len(missing) - 1) / 2)
        yield note(f"{n} {why}", place, high, font_style="italic")
