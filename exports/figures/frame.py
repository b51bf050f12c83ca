"""What figures share: a row for each statement with its name at the left, an axis above, a legend, and the numbers behind it."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from exports.document import Figure
from exports.figures.draw import GREY, LIGHT, WIDTH, line, picture, rect, shortened, text
from exports.record import Record, Row, defined
from exports.table import Column, Table, printed_number, rows_of

LEFT, RIGHT, ROW, TOP = 250, 60, 20, 56  # where rows begin and end, how high one is, and where the first one stands
MOST_TICKS, STEPS = 10, (1, 5, 10, 20, 50)
LETTER = 6.6  # usual width
HEAD = (Column("statement", "text", "No."), Column("text", "text", "Statement"))


def label(row: Row, y: float) -> str:
    """Write number and wording of a statement, as far as they fit."""
    code = str(row["statement"])
    words = code if row["text"] == code else f"{code} {row['text']}"
    return text(0, y + 13, shortened(words, LEFT - 6))


def unseen(row: Row, y: float) -> str:
    """Say in the place of a statement's numbers why they are not there."""
    return text(LEFT, y + 13, "no ratings" if row["n_rated"] == 0 else "hidden: too few ratings", font_style="italic")


def lowest_ten(shares: Iterable[float]) -> int:
    """Begin an axis of percentages at the ten below the lowest of them."""
    return min(90, 10 * int(min(shares, default=0) // 10))


def across(lo: float, hi: float) -> Callable[[float], float]:
    """Give the place of a value between the names and the numbers."""
    return lambda value: LEFT + 8 + (WIDTH - LEFT - RIGHT - 16) * (value - lo) / (hi - lo)


def axis(lo: float, hi: float, bottom: float, words: str, steps: Sequence[float] = STEPS) -> Iterator[str]:
    """Draw lines at round values, and say above them what they are."""
    at = across(lo, hi)
    step = next(size for size in steps if (hi - lo) / size <= MOST_TICKS)
    for i in range(int((hi - lo) // step) + 1):
        x = at(lo + step * i)
        yield line(x, TOP - 6, x, bottom, LIGHT)
        yield text(x, TOP - 10, printed_number(float(lo + step * i)), text_anchor="middle")
    yield text(LEFT, 14, words)


def legend(names: Sequence[str], colours: Sequence[str]) -> Iterator[str]:
    """Name colours, in as many lines as they need."""
    x = y = 0.0
    for name, colour in zip(names, colours, strict=True):
        width = 26 + LETTER * len(name)
        if x + width > WIDTH:
            x, y = 0.0, y + 16
        yield rect(x, y + 2, 12, 12, colour, stroke=GREY)
        yield text(x + 17, y + 13, name)
        x += width


def figure(
    record: Record,
    title: str,
    parts: Iterable[str],
    height: float,
    columns: tuple[Column, ...],
    rows: Sequence[Row],
    said: Sequence[str],
    opening: str = "",
) -> Figure:
    """Put a picture, its sentence and its numbers together."""
    alternative = f"{opening}{'; '.join(said) or 'nothing to show'}."
    table = Table("figure/1", title, "", columns, rows_of(columns, rows), definition=defined(record))
    return Figure(title, alternative, picture(parts, height, title, alternative, record.study.notice), table)


def by_statement(
    record: Record,
    title: str,
    parts: Iterable[str],
    count: int,
    columns: tuple[Column, ...],
    rows: Sequence[Row],
    said: Sequence[str],
    row: float = ROW,
) -> Figure:
    """Make a figure of a row, so high, for each statement; its sentence says first how many it tells of."""
    return figure(record, title, parts, TOP + row * count + 4, columns, rows, said, f"{len(said)} statements. ")
