"""Files that are whole or not there: written beside their place, and moved when nothing is missing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Lend a name beside a file; what was written there takes its place at the end, and is gone if that fails."""
    half = path.with_name(f".{os.getpid()}.{path.name}")  # the ending stays: some writers go by it
    try:
        yield half
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
