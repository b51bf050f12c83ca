"""Table 1: who the panel was, by the characteristics the study asked for, never crossed with an answer (REPORTING 1.5)."""

from collections.abc import Iterator
from typing import Any

from exports.record.facts import PanelCharacteristic, PanelFacts
from exports.record.record import Record
from exports.tables.table import Column, Table, rows_of

COLUMNS = (
    Column("characteristic", "text", "Characteristic", brief=True),
    Column("answer", "text", "Answer", brief=True),
    Column("panelists", "int", "Panelists", brief=True),
    Column("panelists_pct", "percent", "% of the panel", brief=True),
)
OTHERS, DIFFERENT = "others, or not said", "different answers"
UNFINISHED = "The panel is described once, when the study is finished."


def build(record: Record) -> Table:
    """Build the table: the people counted, then each characteristic with its answers."""
    panel, k = record.panel, record.study.smallest_cell
    rows = [] if panel is None else [_row("Panelists counted in any round", "", panel.people, panel), *_rows(panel)]
    caption = UNFINISHED if panel is None else f"Characteristics of the {panel.people} panelists who were counted."
    note = f"Answers of fewer than {k} panelists stand together, so that no row and no rest is of fewer than {k}."
    return Table("panel-table/1", "Characteristics of the panel", caption, COLUMNS, rows_of(COLUMNS, rows), (note,))


def _rows(panel: PanelFacts) -> Iterator[dict[str, Any]]:
    for one in panel.characteristics:
        yield from _characteristic(one, panel)


def _characteristic(one: PanelCharacteristic, panel: PanelFacts) -> Iterator[dict[str, Any]]:
    for answer, n in one.counts:
        yield _row(one.label, answer, n, panel)
    if one.others:
        yield _row(one.label, OTHERS, one.others, panel)
    yield {"characteristic": one.label, "answer": DIFFERENT, "panelists": one.distinct}


def _row(label: str, answer: str, n: int, panel: PanelFacts) -> dict[str, Any]:
    return {"characteristic": label, "answer": answer, "panelists": n, "panelists_pct": 100 * n / panel.people}
