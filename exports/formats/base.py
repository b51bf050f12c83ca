"""What a file format is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from exports.tables.document import Document, Exhibit, Figure
from exports.tables.table import Table

TABLES, PAGES, PICTURES = (Table, Figure), (Table, Figure, Document), (Figure,)


@dataclass(frozen=True)
class Format:
    """A writer with the suffix and the media type of its files, and what it can hold."""

    label: str
    suffix: str
    media_type: str
    write: Callable[[Exhibit, BinaryIO], None]
    holds: tuple[type[Exhibit], ...] = PAGES
