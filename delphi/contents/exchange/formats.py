"""The formats of translation files: what writes each, and which one a file is of."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from delphi.contents.exchange import po_file, table_file
from delphi.contents.exchange.rows import ReturnedFile, SentFile


class FileFormat(NamedTuple):
    """A format by its name, the ending and type of its files, and how they are written."""

    name: str
    ending: str
    mime: str
    write: Callable[[SentFile], bytes]


def _xliff_v1(sent: SentFile) -> bytes:
    from delphi.contents.exchange import xliff_file  # its library takes long to load

    return xliff_file.write_v1(sent)


def _xliff_v2(sent: SentFile) -> bytes:
    from delphi.contents.exchange import xliff_file

    return xliff_file.write_v2(sent)


FORMATS: Mapping[str, FileFormat] = {
    "xlsx": FileFormat(
        "Excel",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        table_file.write_xlsx,
    ),
    "csv": FileFormat("CSV", "csv", "text/csv", table_file.write_csv),
    "xliff-1.2": FileFormat("XLIFF 1.2", "xlf", "application/x-xliff+xml", _xliff_v1),
    "xliff-2.0": FileFormat("XLIFF 2.0", "xlf", "application/xliff+xml", _xliff_v2),
    "po": FileFormat("PO", "po", "text/x-gettext-translation", po_file.write),
}


def read(data: bytes) -> ReturnedFile:
    """Read a file by its content, whatever its name.

    Raises
    ------
    FileError
        It is of none of the formats, or it cannot be read.
    """
    begin = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if begin.startswith(b"<"):
        from delphi.contents.exchange import xliff_file

        return xliff_file.read(data)
    if b"\nmsgid " in data or begin.startswith(b"msgid "):
        return po_file.read(data)
    return table_file.read(data)
