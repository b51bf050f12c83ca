"""JSON: schema, definition and rows; an empty cell is null, its reason stands in the row."""

import json
from typing import BinaryIO

from exports.table import Table


def write(table: Table, stream: BinaryIO) -> None:
    """Write one object with its notes; texts are unmodified, numbers unrounded."""
    notes = {"notes": list(table.notes)} if table.notes else {}
    whole = {"schema": table.schema, "definition": dict(table.definition), **notes, "rows": table.as_dicts()}
    stream.write(json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n")
