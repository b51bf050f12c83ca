"""What stands below a designed table: the author's notes, the rule in their words, marks, abbreviations, hidden cells."""

from collections.abc import Iterator, Mapping, Sequence

from delphi.consensus.analysis import Definition
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import ResultRow
from exports.record.record import Record, hidden_notes
from exports.reports.designed.design import Design
from exports.reports.designed.figures import HIDDEN_CELL, Setting
from exports.reports.designed.legends import legend
from exports.reports.designed.names import RAND
from exports.reports.styles.deciding import added_up
from exports.tables.bounds import HIDING

NEARLY_STAR, NEARLY_DAGGER = "0*: fewer than 0.5%, but not none.", "100†: at least 99.5%, but not all."
HIDES = f"{HIDING}: rounding hides on which side of its threshold the figure lies; the exact count decided."
ABBREVIATIONS = {
    "iqr": "IQR: interquartile range.",
    "sd": "SD: standard deviation.",
    "p30": "P30, P70: 30th and 70th percentile.",
    "ipr": "IPR: interpercentile range.",
    "iprcp": "IPRCP: central point of the IPR.",
    "ipras": "IPRAS: IPR adjusted for symmetry, 2.35 + 1.5 × asymmetry index.",
    "di": "DI: disagreement index, IPR over IPRAS.",
}


def notes_of(
    record: Record,
    design: Design,
    setting: Setting,
    cells: Sequence[dict[str, Cell]],
    rows: Sequence[ResultRow],
    by_round: Mapping[int, Definition],
) -> Iterator[str]:
    """Explain what stands in the table: the author's notes, the rule, marks, abbreviations, hidden cells."""
    pieces = {piece.name for column in design.columns for piece in column.cell.pieces}
    texts = [str(value) for row in cells for value in row.values()]
    yield from design.notes
    if design.legend and pieces & {"verdict", "grade", "mark"}:
        yield from _legends(record.definition, by_round, setting, marked="mark" in pieces)
        yield from _added_up_otherwise(design, setting, rows)
    marks = zip(setting.house.nearly, (NEARLY_STAR, NEARLY_DAGGER), strict=True)
    yield from (note for mark, note in marks if mark in texts and note.startswith(mark))
    if any(HIDING in text for text in texts):
        yield HIDES
    short = " ".join(
        ABBREVIATIONS[name] for name in (*ABBREVIATIONS,) if name in pieces or (name == "p30" and pieces & {*RAND[:2]})
    )
    yield from [setting.house.abbreviations(short)] if short else []
    if any(HIDDEN_CELL in text.split() for text in texts):
        yield from hidden_notes(record, record.rows)


def _legends(
    definition: Definition, by_round: Mapping[int, Definition], setting: Setting, *, marked: bool
) -> Iterator[str]:
    """Say the rule as an author does, and that of a round that had another; of a mark, what it says."""
    words = {**setting.words, "in": setting.word("mark")} if marked else setting.words
    known = [(f"Round {number}: ", by_round[number]) for number in sorted(by_round)]
    for head, one in [*known, ("Other rounds: " if by_round else "", definition)]:
        text = legend(one.rule, one.scale, words)
        yield head + (f"{text.split('; ')[0].rstrip('.')}." if marked else text)


def _added_up_otherwise(design: Design, setting: Setting, rows: Sequence[ResultRow]) -> Iterator[str]:
    """Name the statements whose printed shares, added up, lie on another side of a threshold than the exact one."""
    printed = {piece.options for column in design.columns for piece in column.cell.pieces if piece.name == "pct"}
    sums = [f for f in setting.bounds if isinstance(f, tuple) and f not in printed and {(v,) for v in f} <= printed]
    codes = [row.statement for row in rows for figure in sums if not added_up(row, figure, setting.bounds[figure])]
    if codes:
        yield f"Decided by exact counts, which rounded shares hide: {', '.join(dict.fromkeys(codes))}."
