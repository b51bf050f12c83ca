"""A table built after an author's design, from the same rows as every other table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from delphi.consensus.analysis import Definition
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import EVERYBODY, ResultRow
from delphi.consensus.vocabulary import Verdict
from exports.record.record import Record, defined
from exports.reports.designed.design import EACH, LAST, SETTLED, Design, DesignColumn, Pattern
from exports.reports.designed.figures import Setting, cell, figure_of_piece
from exports.reports.designed.notes import notes_of
from exports.reports.styles.deciding import bounds_of, rule_of_a_group
from exports.tables.house import PLAIN, House
from exports.tables.table import Column, Table, rows_of

SCHEMA = "designed-table/1"


@dataclass(frozen=True)
class Source:
    """Rows by statement, round and group, in the order in which statements were first asked."""

    rows: dict[tuple[str, int, str], ResultRow]
    first: dict[str, ResultRow]
    last: int
    join: str = ""
    parts: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, record: Record, design: Design) -> "Source":
        """Take the rows that a design prints."""
        rows = [row for row in record.rows if design.only in ("", row.kind)]
        first: dict[str, ResultRow] = {}
        parts: dict[str, list[str]] = {}
        for row in rows:
            name = joined_name(row) if design.join else row.statement
            first.setdefault(name, row)
            if row.statement not in parts.setdefault(name, []):
                parts[name].append(row.statement)
        numbers = [row.round for row in rows]
        known = {(row.statement, row.round, row.group): row for row in rows}
        return cls(known, first, max(numbers, default=0), design.join, parts)

    def row(self, name: str, column: DesignColumn) -> ResultRow | None:
        """The row from which a cell is printed; None where the statement was not asked, or the group is not there."""
        for code in self.parts[name]:
            number = self._number(code, column.round)
            row = self.rows.get((code, number, column.group))
            if row is not None and column.part in ("", row["section"]):
                return row
        return None

    def _number(self, code: str, round_: str) -> int:
        if round_ not in (LAST, SETTLED):
            return int(round_)
        if round_ == LAST and not self.join:
            return self.last
        mine = [row for (own, _, group), row in self.rows.items() if own == code and group == EVERYBODY]
        settled = [row.round for row in mine if row.verdict in (Verdict.IN, Verdict.OUT)]
        return min(settled) if settled and round_ == SETTLED else max((row.round for row in mine), default=0)


def joined_name(row: ResultRow) -> str:
    """Name of a statement without that of its section at its end: “M1 validity” is “M1” in the section “validity”."""
    return row.statement.removesuffix(str(row["section"] or "")).strip() or row.statement


def build(
    record: Record, design: Design, house: House = PLAIN, by_round: Mapping[int, Definition] | None = None
) -> Table:
    """Build the table.

    Parameters
    ----------
    by_round
        Definitions of rounds that had another one.
    """
    design = replace(design, columns=tuple(_each_group(record, design)))
    source = Source.of(record, design)
    setting = _setting(record, design, house)
    names = _ordered(source, design, setting)
    columns = tuple(_columns(design, source, names, house))
    cells = [dict(_cells(name, source, design, setting)) for name in names]
    if design.section_as in ("first", "column"):
        cells = list(_once(cells))
    used = [row for row in source.rows.values() if row.is_panel]
    return Table(
        schema=SCHEMA,
        title=design.title or f"Consensus after round {source.last}",
        caption=_caption(design),
        columns=columns,
        rows=rows_of(columns, cells),
        notes=tuple(notes_of(record, design, setting, cells, used, by_round or {})),
        definition=defined(record),
        breaks=("section",) if design.section_as == "rows" else (),
        unprinted=(),
        house=house,
    )


def _each_group(record: Record, design: Design) -> Iterator[DesignColumn]:
    """A column of each group in the place of one for all of them, in the author's order and words."""
    known = list(dict.fromkeys(row.group for row in record.rows if not row.is_panel))
    chosen = list(design.groups) or known
    for column in design.columns:
        for group in chosen if column.group == EACH else [column.group]:
            name = design.groups.get(group, group)
            texts = {at: getattr(column, at).replace("{group}", name) for at in ("head", "over")}
            yield replace(column, group=group, **texts)


def _setting(record: Record, design: Design, house: House) -> Setting:
    bounds = bounds_of(rule_of_a_group(record.definition.rule)) or {}
    return Setting(record.definition, house, design.words, design.texts, design.remarks, bounds)


def _columns(design: Design, source: Source, names: Sequence[str], house: House) -> Iterator[Column]:
    section = Column("section", "text", "Section", brief=True)
    if design.section_as in ("rows", "first"):
        yield replace(section, brief=design.section_as == "first")
    yield Column("row", "text", design.stub, brief=True)
    for i, column in enumerate(design.columns, 1):
        rows = [row for name in names if (row := source.row(name, column))]
        most = house.number(str(max((row.n_rated or 0 for row in rows), default=0)))
        head, over = (text.replace("{n}", most) for text in (column.head, column.over))
        yield Column(f"cell_{i}", "printed", head, over=over, brief=True)
    if design.section_as == "column":
        yield section


def _cells(name: str, source: Source, design: Design, setting: Setting) -> Iterator[tuple[str, Cell]]:
    first = source.first[name]
    yield "section", str(first["section"] or "") if design.section_as else ""
    text = cell(design.row, replace(first, cells={**first.cells, "statement": name}), setting)
    yield "row", name if text == f"{name} {name}" else text
    for i, column in enumerate(design.columns, 1):
        row = source.row(name, column)
        pattern = column.single if column.single and row is not None and row.n_rated == 1 else column.cell
        yield f"cell_{i}", setting.house.empty if row is None else cell(pattern, row, setting)


def _once(cells: Sequence[dict[str, Cell]]) -> Iterator[dict[str, Cell]]:
    """Say a section in the first of its rows alone."""
    before: Cell = None
    for row in cells:
        yield row | {"section": "" if row["section"] == before else row["section"]}
        before = row["section"]


def _ordered(source: Source, design: Design, setting: Setting) -> list[str]:
    """Names of the rows in the order of the design; those without the figure last."""
    names = list(source.first)
    if not design.order:
        return sorted(names, key=lambda name: _section_at(source, name)) if design.section_as else names
    [piece] = Pattern.of("{" + design.order.removeprefix("-") + "}").pieces
    sign = -1 if design.order.startswith("-") else 1

    def place(name: str) -> tuple[int, int, Fraction]:
        row = source.row(name, DesignColumn("", design.row))
        figure = None if row is None else figure_of_piece(piece, row, setting.definition)
        section = _section_at(source, name) if design.section_as else 0
        return section, figure is None, sign * Fraction(figure or 0)

    return sorted(names, key=place)


def _section_at(source: Source, name: str) -> int:
    sections = list(dict.fromkeys(row["section"] for row in source.first.values()))
    return sections.index(source.first[name]["section"]) if not source.join else 0


def _caption(design: Design) -> str:
    """The author's caption, and by what the rows stand."""
    if not design.order:
        return design.caption
    name = design.order.removeprefix("-").replace("_", " ")
    how = "highest" if design.order.startswith("-") else "lowest"
    return " ".join(filter(None, (design.caption, f"Sorted by {name}, {how} first.")))
