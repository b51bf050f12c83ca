"""The protocol as one document: the rule in words, the lock, amendments (REPORTING 1.8, E11)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from exports.record.record import Record
from exports.tables.document import Block, Document, Heading, Paragraph
from exports.tables.table import Column, Table, rows_of

FIELDS = (Column("field", "text", "Field", brief=True), Column("value", "text", "As locked", brief=True))
AMENDED = (
    Column("number", "int", "No."),
    Column("on", "text", "Date"),
    Column("changes", "text", "Changes"),
    Column("reason", "text", "Reason"),
    Column("when", "text", "When"),
)


def build(record: Record) -> Document:
    """Write the document."""
    return Document(f"Protocol: {record.study.title}", tuple(_blocks(record)))


def _blocks(record: Record) -> Iterator[Block]:
    study = record.study
    if study.locked_at:
        yield Paragraph(
            f"Locked on {study.locked_at:%Y-%m-%d %H:%M} UTC. SHA-256 of the locked text: {study.protocol_sha256}."
        )
    else:
        yield Paragraph("This protocol is not locked.")
    yield Heading("Definition of consensus")
    yield Paragraph(record.definition.describe())
    yield Paragraph(
        f"Scale: {record.definition.scale.name}. Nothing is shown of fewer than {study.smallest_cell} ratings. "
        f"At most {study.maximum_rounds} rounds."
    )
    yield Heading("Every field")
    yield fields(study.protocol)
    yield Heading("Amendments")
    if record.amendments:
        yield amendments(record)
    else:
        yield Paragraph("There were none.")


def fields(protocol: Mapping[str, Any]) -> Table:
    """List the fields of the protocol, nested ones by their path."""
    rows = [{"field": path, "value": text} for path, text in _leaves(protocol, "")]
    return Table("protocol/1", "Protocol", f"{len(rows)} fields.", FIELDS, rows_of(FIELDS, rows))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def amendments(record: Record) -> Table:
    """List what was changed after the lock, and what was known by then."""
    rows = [
        {
            "number": amendment.number,
            "on": str(amendment.on),
            "changes": "; ".join(f"{name}: {old} → {new}" for name, (old, new) in amendment.changes.items()),
            "reason": amendment.reason,
            "when": _when(answers=amendment.answers_given, results=amendment.results_seen),
        }
        for amendment in record.amendments
    ]
    return Table("amendments/1", "Amendments", f"{len(rows)} amendments.", AMENDED, rows_of(AMENDED, rows))


def _when(*, answers: bool, results: bool) -> str:
    if results:
        return "after results were seen"
    return "after the first answer" if answers else "before the first answer"
