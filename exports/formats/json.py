"""JSON: schema, definition and rows; an empty cell is null, its reason stands in the row."""

import json
from typing import Any, BinaryIO

from exports.tables.document import Exhibit, table_of


def write(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write one object with its notes; texts are unmodified, numbers unrounded."""
    table = table_of(exhibit)
    whole: dict[str, Any] = {"schema": table.schema}
    if table.notice:
        whole["simulated"] = table.notice
    whole |= {"definition": dict(table.definition)}
    if table.notes:
        whole["notes"] = list(table.notes)
    whole["rows"] = table.as_dicts()
    stream.write(json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n")
