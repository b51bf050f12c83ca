"""What a file is that is no table, whatever its name says: told by its first bytes, so that it is not read as text."""

import io
import zipfile

from delphi.sheets.errors import SheetError

BEGINNINGS = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a text in RTF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a packed file",
    b"7z\xbc\xaf": "a packed file",
    b"Rar!": "a packed file",
}
PARTS = {"word/": "a Word document", "ppt/": "a presentation"}
ZIP = b"PK\x03\x04"


def other_kind(data: bytes) -> str | None:
    """Name what a file is if it is known to be no table.

    Examples
    --------
    >>> other_kind(b"%PDF-1.7"), other_kind(b"code,text")
    ('a PDF', None)
    """
    if data.startswith(ZIP):
        return _inside(data)
    return next((kind for mark, kind in BEGINNINGS.items() if data.startswith(mark)), None)


def refuse_other_kinds(data: bytes) -> None:
    """Refuse a file that is no table, and say what it is.

    Raises
    ------
    SheetError
        It is a PDF, a text of a word processor, a picture or a packed file.
    """
    kind = other_kind(data)
    if kind is not None:
        raise SheetError.at(1, "", f"this is {kind}, whatever its name says; save the table as .xlsx or CSV")


def _inside(data: bytes) -> str | None:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    return next((kind for part, kind in PARTS.items() if any(name.startswith(part) for name in names)), None)
