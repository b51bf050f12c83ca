"""The consensus table of one round on a page or in a terminal: the screen style, by kind and section (REPORTING 1.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from delphi.consensus.analysis import Definition
from delphi.consensus.table.result_row import read_reasons, result_rows
from delphi.statistics.base.result import Reason
from exports.reports.styles.columns import opt_out_head
from exports.reports.styles.kinds import KindSummary, by_kind, summary_of
from exports.reports.styles.screen import screen
from exports.tables.layout import printed_rows
from exports.tables.table import Table

WORDING = ("statement", "text", "grade")  # what stands before the figures
NO_FIGURE = (*WORDING, "section", "reasons")


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One statement as printed: code, wording, grade, and the cells under the heads, with why they are empty."""

    code: str
    text: str
    grade: str
    cells: tuple[str, ...]
    reasons: Mapping[int, str]  # by the place of the cell; the grade's is -1


@dataclass(frozen=True, slots=True)
class JournalPart:
    """The statements of one kind, in their sections."""

    summary: KindSummary
    sections: tuple[tuple[str, tuple[JournalLine, ...]], ...]


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Heads and parts of the printed table, with the size of the panel."""

    heads: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    invited: int
    opt_out: str | None
    opt_out_head: str
    definition: str
    graded: bool
    parts: tuple[JournalPart, ...]


def page(rows: Sequence[Mapping[str, Any]], definition: Definition) -> JournalPage:
    """Print the rows of one round for the whole panel."""
    panel = [row for row in result_rows(rows) if row.is_panel]
    figures = [c for c in screen((), definition).columns if c.name not in NO_FIGURE]
    return JournalPage(
        heads=tuple(column.label for column in figures),
        options=tuple((short, label) for short, label, _ in definition.scale.printed_options),
        invited=max((row["n_invited"] for row in panel), default=0),
        opt_out=definition.scale.opt_out,
        opt_out_head=opt_out_head(definition.scale),
        definition=definition.describe(),
        graded=definition.rule.has_grades,
        parts=tuple(
            JournalPart(summary_of(kind, members, definition), _sections(screen(members, definition)))
            for kind, members in by_kind(panel)
        ),
    )


def _sections(table: Table) -> tuple[tuple[str, tuple[JournalLine, ...]], ...]:
    """Put the printed lines of a table under their sections."""
    rows = table.as_dicts()
    names = ["grade", *(c.name for c in table.columns if c.name not in NO_FIGURE)]
    lines = (
        _line(cells, _why_empty(row["reasons"], names)) for row, cells in zip(rows, printed_rows(table), strict=True)
    )
    together = groupby(zip((row["section"] for row in rows), lines, strict=True), lambda pair: str(pair[0] or ""))
    return tuple((section, tuple(line for _, line in pairs)) for section, pairs in together)


def _why_empty(written: object, names: Sequence[str]) -> dict[int, str]:
    """Why cells are empty; shares of options are hidden with the row, and in the first round a change has no reason."""
    reasons = read_reasons(written)
    hidden = Reason.SUPPRESSED_DISCLOSURE.value
    rest = hidden if hidden in reasons.values() else Reason.NEW.value
    return {place: reasons.get(name, rest) for place, name in enumerate(names, -1)}


def _line(printed: Sequence[str], reasons: Mapping[int, str]) -> JournalLine:
    """Make a line of cells as text; here an empty cell is a dash too."""
    code, text, *cells = printed
    grade, *figures = (cell or "–" for cell in cells)
    return JournalLine(code, text, grade, tuple(figures), reasons)


def as_text(printed: JournalPage, *, title: str, notice: str = "", width: int = 60) -> str:
    """Print the page for a terminal."""
    lines = [title, *([notice] if notice else []), printed.definition, ""]
    for part in printed.parts:
        kind = part.summary
        lines.append(
            f"{kind.count} {kind.kind}s, mean combined agreement {kind.mean_combined} %"
            f" ({kind.fewest} to {kind.most} of {printed.invited} panelists rated each)"
        )
        heads = "".join(f"{head:>8}" for head in printed.heads)
        lines.append(f"{'':{width}} {'Grade' if printed.graded else '     '}{heads}")
        for section, members in part.sections:
            lines += [section] if section else []
            lines += [_text_line(line, width) for line in members]
        lines.append("")
    return "\n".join(lines)


def _text_line(line: JournalLine, width: int) -> str:
    wording = f"  {line.code} {line.text}"
    short = wording if len(wording) <= width else wording[: width - 1] + "…"
    return f"{short:{width}} {line.grade:>5}" + "".join(f"{cell:>8}" for cell in line.cells)
