"""What figures share: a row for each statement with its name at the left, an axis above, a legend, and the numbers behind it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from exports.figures.draw import LIGHT, WIDTH, broken, line, picture, shifted, text
from exports.record.record import Record, defined, hidden_notes
from exports.tables.document import Figure
from exports.tables.printing import printed_number
from exports.tables.table import Column, Table, rows_of

LEFT, RIGHT, ROW, TOP = 250, 60, 20, 56  # where rows begin and end, how high one is, and where the first one stands
MOST_TICKS, STEPS = 10, (1, 5, 10, 20, 50)
LETTER, LINE, WRITTEN = 6.6, 16, 15  # usual width of a letter, and heights of a line of a legend and of a label
FigureRow = Mapping[str, Any]  # of the consensus table, or what a figure made of one
HEAD = (Column("statement", "text", "No."), Column("text", "text", "Statement"))


def label(row: FigureRow, y: float, high: float = ROW) -> str:
    """Write number and wording of a statement, as far as they fit into its row."""
    code = str(row["statement"])
    lines = broken(code if row["text"] == code else f"{code} {row['text']}", LEFT - 16, int((high - 4) // WRITTEN))
    first = _base(y, high) - WRITTEN / 2 * (len(lines) - 1)
    return "".join(text(0, first + WRITTEN * i, line) for i, line in enumerate(lines))


def note(words: str, y: float, high: float = ROW, **more: object) -> str:
    """Write at the right end of a row."""
    return text(WIDTH, _base(y, high), words, text_anchor="end", **more)


def unseen(row: FigureRow, y: float, high: float = ROW) -> str:
    """Say in the place of a statement's numbers why they are not there."""
    return text(LEFT, _base(y, high), reason(row), font_style="italic")


def reason(row: FigureRow) -> str:
    """Say why there are no numbers."""
    return "no ratings" if row["n_rated"] == 0 else "hidden: too few ratings"


def _base(y: float, high: float) -> float:
    """Base line of words in the middle of a row."""
    return y + high / 2 + 3


def lowest_ten(shares: Iterable[float]) -> int:
    """Begin an axis of percentages at the ten below the lowest of them."""
    return min(90, 10 * int(min(shares, default=0) // 10))


def across(lo: float, hi: float) -> Callable[[float], float]:
    """A function from a value to its place between the names and the numbers."""
    return lambda value: LEFT + 8 + (WIDTH - LEFT - RIGHT - 16) * (value - lo) / (hi - lo)


def axis(lo: float, hi: float, bottom: float, words: str, steps: Sequence[float] = STEPS) -> Iterator[str]:
    """Draw lines at round values, and say above them what they are."""
    at = across(lo, hi)
    step = next(size for size in steps if (hi - lo) / size <= MOST_TICKS)
    for i in range(int((hi - lo) // step) + 1):
        x = at(lo + step * i)
        yield line(x, TOP - 6, x, bottom, LIGHT)
        yield text(x, TOP - 10, printed_number(float(lo + step * i)).replace("-", "−"), text_anchor="middle")
    yield text(LEFT, 14, words)


def under_legend(names: Sequence[str], marks: Sequence[str], plot: Sequence[str]) -> tuple[list[str], float]:
    """Name marks above a plot, and give how far that moves it down."""
    parts, down = [], 0.0
    for name, mark, (x, y) in zip(names, marks, _places(names), strict=True):
        parts += [shifted([mark], x, y), text(x + 17, y + 13, name)]
        down = y + LINE + 4
    return [*parts, shifted(plot, 0, down)], down


def _places(names: Sequence[str]) -> Iterator[tuple[float, float]]:
    """Place of each name of a legend, in as many lines as they need."""
    x = y = 0.0
    for name in names:
        width = 26 + LETTER * len(name)
        if x + width > WIDTH:
            x, y = 0.0, y + LINE
        yield x, y
        x += width


def figure(
    record: Record,
    title: str,
    parts: Iterable[str],
    height: float,
    columns: tuple[Column, ...],
    rows: Sequence[FigureRow],
    sentences: Sequence[str],
    opening: str = "",
) -> Figure:
    """Put a picture, its sentence and its numbers together."""
    alternative = f"{opening}{'; '.join(sentences) or 'nothing to show'}."
    cells = rows_of(columns, rows)
    notes = hidden_notes(record, [row for row, own in zip(rows, cells, strict=True) if None in own])
    table = Table("figure/1", title, "", columns, cells, notes, definition=defined(record))
    return Figure(title, alternative, picture(parts, height, title, alternative, record.study.notice), table)


def by_statement(
    record: Record,
    title: str,
    parts: Iterable[str],
    bottom: float,
    columns: tuple[Column, ...],
    rows: Sequence[FigureRow],
    sentences: Sequence[str],
) -> Figure:
    """Make a figure whose last row of a statement ends at the bottom; its sentence says first how many there are."""
    opening = f"{len({row['statement'] for row in rows})} statements. "
    return figure(record, title, parts, bottom + 4, columns, rows, sentences, opening)


def in_words(record: Record, title: str, words: str, columns: tuple[Column, ...]) -> Figure:
    """Say in a picture that there is nothing to draw."""
    return figure(record, title, [text(0, 16, f"{words}.")], 26, columns, [], [words])
