"""Translations as a table, CSV or Excel: a row a piece."""

import re

from delphi.contents.exchange.rows import FileError, LeftOut, ReturnedFile, ReturnedRow, SentFile
from delphi.sheets.errors import SheetError
from delphi.sheets.reading import Limits, Sheet
from delphi.sheets.workbook import read_sheet
from delphi.sheets.writing import csv_bytes, unguarded, xlsx_bytes
from delphi.translations import N_

LIMITS = Limits(rows=20_000, columns=50)
LONGEST_CELL = 32_767  # of Excel; it would be cut off without a word
NAMED = re.compile(r"(source|translation)\s*(?:\(([\w-]+)\))?", re.IGNORECASE)
OURS = ("item", "about", "source", "translation", "state")
NO_COLUMN = N_("this column is not taken")
TOO_LONG = N_("A text is longer than a cell of Excel holds. Choose another format; nothing was written.")
NO_TABLE = N_("The table has no columns “item”, “source” and “translation”. Nothing was imported.")


def write_csv(sent: SentFile) -> bytes:
    """Write a CSV file."""
    return csv_bytes(_head(sent), _rows(sent))


def write_xlsx(sent: SentFile) -> bytes:
    """Write an Excel workbook.

    Raises
    ------
    FileError
        A text does not fit a cell.
    """
    if any(len(cell) > LONGEST_CELL for row in _rows(sent) for cell in row):
        raise FileError(TOO_LONG)
    return xlsx_bytes(_head(sent), _rows(sent), title=f"{sent.name} {sent.language}")


def _head(sent: SentFile) -> tuple[str, ...]:
    return ("item", "about", f"source ({sent.source})", f"translation ({sent.language})", "state")


def _rows(sent: SentFile) -> list[tuple[str, ...]]:
    states = {(True, True): "stale", (False, True): "translated"}
    return [
        (row.item, row.about, row.source, row.text, states.get((row.is_stale, bool(row.text)), "missing"))
        for row in sent.rows
    ]


def read(data: bytes) -> ReturnedFile:
    """Read a table, whatever it was saved as; columns that are not ours are listed as left out.

    Raises
    ------
    FileError
        It is no table of translations.
    """
    try:
        sheet = read_sheet(data, LIMITS)
    except SheetError as error:
        raise FileError(str(error)) from None
    places, language = _places(sheet)
    rows, left_out = [], []
    for line, cells in sheet.rows:
        own = {name: unguarded(cells[place]) for name, place in places.items()}
        confirms = own.get("state", "").strip().casefold() != "stale"
        rows.append(ReturnedRow(str(line), own["item"].strip(), own["source"], own["translation"], confirms=confirms))
        left_out += [
            LeftOut(f"{line}, {sheet.head[place]}", cell, NO_COLUMN)
            for place, cell in enumerate(cells)
            if cell.strip() and place not in places.values()
        ]
    return ReturnedFile(language, rows, left_out)


def _places(sheet: Sheet) -> tuple[dict[str, int], str]:
    places: dict[str, int] = {}
    language = ""
    for place, head in enumerate(sheet.head):
        named = NAMED.fullmatch(head.strip())
        name = named[1].lower() if named else head.strip().lower()
        places.setdefault(name, place)
        if named and name == "translation":
            language = named[2] or ""
    if not {"item", "source", "translation"} <= places.keys():
        raise FileError(NO_TABLE)
    return {name: places[name] for name in OURS if name in places}, language
