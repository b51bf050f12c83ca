"""Formats: one writer a file type."""

from exports.formats import csv, json, plain
from exports.formats.kind import Format

FORMATS: dict[str, Format] = {
    "table": Format("Plain text", "txt", "text/plain; charset=utf-8", plain.write),
    "csv": Format("CSV", "csv", "text/csv; charset=utf-8", csv.write),
    "json": Format("JSON", "json", "application/json", json.write),
}
