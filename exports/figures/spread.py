"""How the ratings of a statement are spread over the scale: a small histogram a row."""

from collections.abc import Iterator, Sequence

from delphi.consensus.scale import Scale, Values
from delphi.consensus.table.result_row import ResultRow
from exports.figures.draw import DARK, GREY, WIDTH, line, rect, shortened, text
from exports.figures.frame import HEAD, LEFT, LETTER, RIGHT, TOP, by_statement, label, note, reason, unseen
from exports.record.record import Record, last_round, of_round
from exports.tables.document import Figure
from exports.tables.printing import printed_percent
from exports.tables.table import Column

HIGH, TALLEST, WIDEST = 44, 28, 32  # a row, and the bars in it
MOST_BARS, SHADE = 11, "#e6e6e6"
Bar = tuple[str, Values]


def bars_of(scale: Scale) -> list[Bar]:
    """Name the bars, lowest first: options one by one, or in steps that people count in; a short rest joins the last.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> [head for head, _values in bars_of(SCALES["agree5"])]
    ['SD', 'D', 'Neither', 'A', 'SA']
    >>> [head for head, _values in bars_of(SCALES["slider100"])][-2:]
    ['80–89', '90–100']
    """
    if scale.K <= MOST_BARS:
        return [(head, (value,)) for head, value in zip(scale.abbreviations, scale.values, strict=True)]
    steps = (range(scale.lo, scale.hi + 1 - width // 2, width) for width in (2, 5, 10))
    starts = next(step for step in steps if len(step) <= MOST_BARS)
    spans = [tuple(range(a, b)) for a, b in zip(starts, [*starts[1:], scale.hi + 1], strict=True)]
    return [(f"{span[0]}–{span[-1]}", span) for span in spans]


def distribution(record: Record) -> Figure:
    """Draw the share of the ratings on every option, statement by statement; what counts as agreement is shaded."""
    number, scale = last_round(record), record.definition.scale
    rows, bars = of_round(record, number), bars_of(scale)
    counts = [_counts(row, bars) for row in rows]
    tallest = max((max(k) / sum(k) for k in counts if k), default=0.0)
    bottom = TOP + HIGH * len(rows)
    parts = list(_head(scale, bars, tallest, bottom))
    for i, (row, k) in enumerate(zip(rows, counts, strict=True)):
        parts += _row(row, scale, bars, k, tallest, TOP + HIGH * i)
    columns = (
        *HEAD,
        Column("n_rated", "int", "N"),
        *(Column(f"k{i}", "int", head) for i, (head, _) in enumerate(bars)),
    )
    data = [{**row, **{f"k{i}": n for i, n in enumerate(k)}} for row, k in zip(rows, counts, strict=True)]
    sentences = [
        f"{row['statement']}: {', '.join(f'{head} {n}' for (head, _), n in zip(bars, k, strict=False)) or reason(row)}"
        for row, k in zip(rows, counts, strict=True)
    ]
    title = f"Distribution of ratings after round {number}"
    return by_statement(record, title, parts, bottom, columns, data, sentences)


def _counts(row: ResultRow, bars: Sequence[Bar]) -> list[int]:
    """Count the ratings of each bar; none where they are hidden or nobody rated."""
    counts = [row.counts(values) for _, values in bars]
    if not row.n_rated or None in counts:
        return []
    return [sum(bar) for bar in counts if bar is not None]


def _span(scale: Scale, values: Values) -> tuple[float, float]:
    """The middle of neighbouring options, and how much room they have."""
    each = (WIDTH - LEFT - RIGHT) / scale.K
    return LEFT + each * ((values[0] + values[-1] + 1) / 2 - scale.lo), each * len(values)


def _head(scale: Scale, bars: Sequence[Bar], tallest: float, bottom: float) -> Iterator[str]:
    """Shade the agreement set, name the bars, and say what they are."""
    for value in scale.combined:
        middle, width = _span(scale, (value,))
        yield rect(middle - width / 2, TOP, width, bottom - TOP, SHADE, shape_rendering="crispEdges")
    yield text(
        0, 14, f"Number of ratings. The tallest bar is {printed_percent(100 * tallest)} % of N; shaded: agreement."
    )
    yield text(0, 30, _names(scale))
    wide = max(len(head) for head, _ in bars) * LETTER + 4 > _span(scale, bars[0][1])[1]
    for head, values in bars[:: -2 if wide else -1]:
        yield text(_span(scale, values)[0], TOP - 6, head, text_anchor="middle")


def _names(scale: Scale) -> str:
    """Say what the heads stand for, or at least those of both ends."""
    pairs = zip(scale.abbreviations, scale.labels, strict=True)
    names = [f"{head}: {words}" for head, words in pairs if head != words]
    whole = "; ".join(names)
    return whole if len(whole) * LETTER < WIDTH else shortened(f"{names[0]}; …; {names[-1]}", WIDTH)


def _row(
    row: ResultRow, scale: Scale, bars: Sequence[Bar], counts: Sequence[int], tallest: float, y: float
) -> Iterator[str]:
    yield label(row, y, HIGH)
    if not counts:
        yield unseen(row, y, HIGH)
        return
    base, n = y + HIGH - 2, sum(counts)
    for (_, values), k in zip(bars, counts, strict=True):
        if k:
            height = max(1, TALLEST * k / n / tallest)
            middle, width = _span(scale, values)
            width = min(width - 4, WIDEST)
            yield rect(middle - width / 2, base - height, width, height, DARK)
            yield text(middle, base - height - 2, str(k), text_anchor="middle")
    yield line(LEFT, base, WIDTH - RIGHT, base, GREY)
    yield note(f"N {n}", y, HIGH)
