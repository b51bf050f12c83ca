"""CSV: UTF-8, CR LF, texts quoted and guarded, numbers bare and unrounded."""

import io
from typing import BinaryIO

from delphi.sheets.writing import write_csv
from exports.tables.document import Exhibit, table_of

NOTICE = "simulated"


def write(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write the rows under a line of machine names; what every file must say gets a column of its own."""
    table = table_of(exhibit)
    names, rows = table.names, table.rows
    if table.notice:
        names, rows = (*names, NOTICE), tuple((*row, table.notice) for row in rows)
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    write_csv(text, names, rows)
    text.flush()
    text.detach()
