"""What a file format is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from exports.table import Table


@dataclass(frozen=True)
class Format:
    """A writer with the suffix and the media type of its files."""

    label: str
    suffix: str
    media_type: str
    write: Callable[[Table, BinaryIO], None]
