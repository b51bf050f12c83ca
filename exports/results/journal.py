"""The consensus table as a journal prints it: agreement-grade style, by kind and section (REPORTING 1.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from delphi.consensus.analysis import Definition
from delphi.statistics.base.exact import format_percent, mean_share, round_half_up

Row = dict[str, Any]
CHANGE_WORDS = {"wording_changed": "reworded", "merged": "merged", "split": "split", "new": "new"}


@dataclass(frozen=True, slots=True)
class Line:
    """One statement as printed: code, wording, grade, and the cells under the heads."""

    code: str
    text: str
    grade: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The statements of one kind: their sections, and the mean of combined agreement over them."""

    kind: str
    count: int
    mean_combined: str
    mean_agree: str
    fewest: int
    most: int
    sections: tuple[tuple[str, tuple[Line, ...]], ...]


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Heads and parts of the printed table, with the size of the panel."""

    heads: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    invited: int
    definition: str
    graded: bool
    parts: tuple[Part, ...]


def page(rows: Sequence[Row], definition: Definition) -> JournalPage:
    """Print the rows of one round for the whole panel."""
    scale = definition.scale
    rows = [row for row in rows if row["group"] == "all"]
    options = tuple((short, label) for short, label, _ in scale.printed_options)
    opt_out = ("NQ",) if scale.opt_out else ()
    return JournalPage(
        heads=(*(short for short, _ in options), "N", *opt_out, "Median", "IQR", "Change"),
        options=options,
        invited=max((row["n_invited"] for row in rows), default=0),
        definition=definition.describe(),
        graded=definition.rule.has_grades,
        parts=tuple(
            _part(kind, list(members), definition)
            for kind, members in groupby(
                sorted(rows, key=lambda row: _kind_order(rows, row)), lambda row: str(row["kind"])
            )
        ),
    )


def _kind_order(rows: Sequence[Row], row: Row) -> int:
    """Keep kinds in the order of their first statement."""
    return next(i for i, other in enumerate(rows) if other["kind"] == row["kind"])


def _part(kind: str, rows: list[Row], definition: Definition) -> Part:
    numbers = [row["n_rated"] for row in rows if row["n_rated"] is not None] or [0]
    return Part(
        kind=kind,
        count=len(rows),
        mean_combined=_mean(rows, "combined_k"),
        mean_agree=_mean(rows, "agree_k"),
        fewest=min(numbers),
        most=max(numbers),
        sections=tuple(
            (str(section), tuple(_line(row, definition) for row in members))
            for section, members in groupby(rows, lambda row: row["section"] or "")
        ),
    )


def _mean(rows: list[Row], column: str) -> str:
    mean = mean_share([(row[column], row["n_rated"]) for row in rows if row[column] is not None])
    return "–" if mean is None else str(round_half_up(mean, 1))


def _line(row: Row, definition: Definition) -> Line:
    return Line(str(row["statement"]), str(row["text"]), str(row["grade"] or "–"), tuple(_cells(row, definition)))


def _cells(row: Row, definition: Definition) -> Iterator[str]:
    n = row["n_rated"]
    for _, _, values in definition.scale.printed_options:
        counts = [row[f"k_{value}"] for value in values]
        yield "–" if None in counts else format_percent(sum(counts), n)
    yield "–" if n is None else str(n)
    if definition.scale.opt_out:
        yield format_percent(row["n_nq"] or 0, (n or 0) + (row["n_nq"] or 0))
    yield number(row["median"])
    yield number(row["iqr"])
    yield change(row)


def number(value: float | None) -> str:
    """Print a median or a range: up to two decimals, none if they are zeros."""
    if value is None:
        return "–"
    text = str(round_half_up(Fraction(value).limit_denominator(1000), 2))
    return text.rstrip("0").rstrip(".") if "." in text else text


def change(row: Row) -> str:
    """Print the change of combined agreement in points, or why there is none."""
    if row["previous_round"] is None and row["round"] == 1:
        return "–"
    delta = row["delta_combined_pp"]
    if delta is not None:
        points = round_half_up(Fraction(delta).limit_denominator(10**6))
        return "0" if points == 0 else f"{points:+}".replace("-", "−")
    reasons = dict(pair.split("=") for pair in str(row["reasons"]).split(";") if pair)
    return CHANGE_WORDS.get(reasons.get("delta_combined_pp", ""), "–")


def as_text(printed: JournalPage, *, title: str, notice: str = "", width: int = 60) -> str:
    """Print the page for a terminal."""
    lines = [title, *([notice] if notice else []), printed.definition, ""]
    for part in printed.parts:
        lines.append(
            f"{part.count} {part.kind}s, mean combined agreement {part.mean_combined} %"
            f" ({part.fewest} to {part.most} of {printed.invited} panelists rated each)"
        )
        heads = "".join(f"{head:>8}" for head in printed.heads)
        lines.append(f"{'':{width}} {'Grade' if printed.graded else '     '}{heads}")
        for section, members in part.sections:
            lines += [section] if section else []
            lines += [_text_line(line, width) for line in members]
        lines.append("")
    return "\n".join(lines)


def _text_line(line: Line, width: int) -> str:
    wording = f"  {line.code} {line.text}"
    short = wording if len(wording) <= width else wording[: width - 1] + "…"
    return f"{short:{width}} {line.grade:>5}" + "".join(f"{cell:>8}" for cell in line.cells)
