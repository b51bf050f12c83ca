"""The audit trail: what the team decided, each row chained to the one before (REPORTING 1.8, E12)."""

import json

from exports.record.reader_profile import Profile
from exports.record.record import Record
from exports.tables.table import Column, Table, rows_of

COLUMNS = (
    Column("seq", "int", "No.", brief=True),
    Column("at", "text", "When (UTC)", brief=True),
    Column("role", "text", "Role", brief=True),
    Column("actor", "text", "Who"),
    Column("kind", "text", "What", brief=True),
    Column("data", "text", "Details"),
    Column("previous_hash", "text", "Hash before"),
    Column("hash", "text", "Hash"),
)


def build(record: Record) -> Table:
    """Build the table; only the full trail names accounts."""
    full = record.profile is Profile.ANALYST
    rows = [
        {
            "seq": event.sequence,
            "at": f"{event.at:%Y-%m-%dT%H:%M:%SZ}",
            "role": event.role,
            "actor": event.actor if full else None,
            "kind": event.kind,
            "data": json.dumps(event.data, ensure_ascii=False, sort_keys=True) if full else None,
            "previous_hash": event.previous_hash,
            "hash": event.hash,
        }
        for event in record.audit_events
    ]
    caption = f"{len(rows)} events. Answers of panelists are no events: nothing with a clock is caused by a rating."
    return Table("audit/1", "Audit trail", caption, COLUMNS, rows_of(COLUMNS, rows))
