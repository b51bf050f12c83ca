"""The codebook: every variable with its meaning, its values and how often each occurs (REPORTING 1.7)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from delphi.consensus.matrix import BLANK, NOT_QUALIFIED
from delphi.consensus.scale import Scale
from exports.data.ratings import LONG, STATUS, stems_of
from exports.data.records import Records
from exports.data.variable_names import label_of
from exports.tables.table import Column, Row, Table

STATUSES = {
    "rated": "rated on the scale",
    "nq": "chose the opt-out",
    "blank": "saw the statement and gave neither",
    "absent": "not in this round",
}
COLUMNS = (
    Column("variable", "text", "Variable"),
    Column("file", "text", "File"),
    Column("label", "text", "Label"),
    Column("type", "text", "Type"),
    Column("minimum", "int", "Smallest value"),
    Column("maximum", "int", "Largest value"),
    Column("values", "text", "Values"),
    Column("missing", "text", "Why a value is missing"),
    Column("counts", "text", "How often each value occurs"),
    Column("statement", "text", "Statement"),
    Column("version", "int", "Version"),
    Column("round", "int", "Round"),
    Column("text", "text", "Wording"),
)
MISSING = "; ".join(f"{word}: {meaning}" for word, meaning in STATUSES.items() if word != "rated")


def codebook(records: Records, scale: Scale) -> Table:
    """Make the codebook of both files."""
    rows = (*_long(), *_wide(records, scale))
    return Table("codebook/1", "Codebook", "Variables of the long and of the wide file.", COLUMNS, rows)


def _long() -> Iterator[Row]:
    for column in LONG:
        missing = MISSING if column.name == "rating" else None
        yield (column.name, "long", label_of(column.label), column.type, *(None,) * 3, missing, *(None,) * 5)


def _wide(records: Records, scale: Scale) -> Iterator[Row]:
    stems, values = stems_of(records), values_text(scale)
    for name in ("panelist", "group"):
        column = next(column for column in LONG if column.name == name)
        yield (name, "wide", label_of(column.label), "text", *(None,) * 9)
    for r, wave in enumerate(records.waves):
        for j, item in enumerate(wave.items.values()):
            name = f"{stems[item.statement]}_r{wave.number}"
            about = (item.statement, item.version, wave.number, item.text)
            label = label_of(f"Round {wave.number}, {item.statement}: {item.text}")
            frequencies = Counter(record.rows[r][j].item() if r in record.rows else None for record in records.records)
            rated = _counts((scale.lo + code, frequencies[code]) for code in range(scale.K))
            yield (name, "wide", label, "int", scale.lo, scale.hi, values, MISSING, rated, *about)
            status = _status_counts(frequencies)
            label = label_of(f"Round {wave.number}, {item.statement}: status")
            yield (f"{name}_status", "wide", label, "text", None, None, MISSING, None, status, *about)


def values_text(scale: Scale) -> str:
    """Write values with their labels; options without words of their own by the ends alone."""
    if all(label == str(value) for value, label in zip(scale.values, scale.labels, strict=True)):
        return f"{scale.lo} to {scale.hi}"
    return "; ".join(f"{value}: {label}" for value, label in zip(scale.values, scale.labels, strict=True))


def _counts(pairs: Iterable[tuple[Any, int]]) -> str:
    return "; ".join(f"{value}: {n}" for value, n in pairs if n)


def _status_counts(frequencies: Counter[int | None]) -> str:
    rated = sum(n for code, n in frequencies.items() if code is not None and code >= 0)
    rest = {
        STATUS[NOT_QUALIFIED]: frequencies[NOT_QUALIFIED],
        STATUS[BLANK]: frequencies[BLANK],
        "absent": frequencies[None],
    }
    return _counts([("rated", rated), *rest.items()])
