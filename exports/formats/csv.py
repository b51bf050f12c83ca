"""CSV: UTF-8, CR LF, texts quoted and guarded, numbers bare and unrounded."""

import io
from typing import BinaryIO

from delphi.sheets.writing import write_csv
from exports.table import Table


def write(table: Table, stream: BinaryIO) -> None:
    """Write the rows under a line of machine names."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    write_csv(text, table.names, table.rows)
    text.flush()
    text.detach()
