"""Ratings in files of SPSS, Stata and Parquet as a sheet of text, where the packages for them are installed."""

import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from delphi.sheets.answer_status import MISSING, Status
from delphi.sheets.errors import SheetError
from delphi.sheets.reading import MEGABYTE, Limits, Sheet
from delphi.sheets.wide_ratings import ENDING, PAIR
from delphi.sheets.writing import guarded

STARTS = {b"$FL2": "sav", b"$FL3": "sav", b"<stata_dta>": "dta", b"PAR1": "parquet"}


def read_stats_file(data: bytes, limits: Limits) -> Sheet | None:
    """Read a file of SPSS, Stata or Parquet by its content; None if it is none.

    Raises
    ------
    SheetError
        A package is not installed, or the file is damaged or too large.
    """
    kind = next((kind for start, kind in STARTS.items() if data.startswith(start)), None)
    if kind is None:
        return None
    if len(data) > limits.size:
        raise SheetError.at(1, "", f"the file is larger than {limits.size // MEGABYTE} MB")
    sheet = _parquet(data) if kind == "parquet" else _variables(data, kind)
    if not sheet.rows:
        raise SheetError.at(1, "", "the file has no rows")
    return sheet


def _needed(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        message = f"to read this file, install the package {package}: pip install 'delphi-platform[stats-files]'"
        raise SheetError.at(1, "", message) from None


def _parquet(data: bytes) -> Sheet:
    arrow, parquet = _needed("pyarrow"), _needed("pyarrow.parquet")
    try:
        table = parquet.read_table(arrow.BufferReader(data))
    except (arrow.ArrowException, OSError, ValueError):
        raise SheetError.at(1, "", "the file is damaged") from None
    return _sheet(table.column_names, [map(_text, column.to_pylist()) for column in table.columns])


def _variables(data: bytes, kind: str) -> Sheet:
    """Read the variables of a file; a rating as it is written here gets its status beside it."""
    found, labels = _read(data, kind)
    names: list[str] = []
    columns: list[Iterable[str]] = []
    for name, values in found.items():
        texts = list(map(_text, values))
        names.append(name)
        if not PAIR.fullmatch(name):
            columns.append(texts)
            continue
        told = [_status(text, MISSING[kind]) for text in texts]
        names.append(name + ENDING)
        columns += [[text if word == Status.RATED else "" for text, word in zip(texts, told, strict=True)], told]
    return _sheet(names, columns, labels)


def _status(text: str, missing: dict[str, Status]) -> str:
    """Say the status of a value; nothing of one that is missing without a reason."""
    return missing.get(text, Status.RATED) if text else ""


def _read(data: bytes, kind: str) -> tuple[dict[str, Sequence[Any]], dict[str, str]]:
    """Read values by variable, and labels; the package reads from a file with a name."""
    reader = _needed("pyreadstat")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"ratings.{kind}")
        path.write_bytes(data)
        try:
            read = reader.read_sav if kind == "sav" else reader.read_dta
            found, meta = read(path, user_missing=True, output_format="dict")
        except (reader.ReadstatError, reader.PyreadstatError, OSError, ValueError):
            raise SheetError.at(1, "", "the file is damaged") from None
    return found, {name: label for name, label in meta.column_names_to_labels.items() if label}


def _sheet(names: Sequence[str], columns: Sequence[Iterable[str]], labels: dict[str, str] | None = None) -> Sheet:
    return Sheet(tuple(names), tuple(_lines(columns)), labels or {})


def _lines(columns: Sequence[Iterable[str]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Number the rows as a text file would: the first stands below the head."""
    yield from enumerate(zip(*columns, strict=True), 2)


def _text(value: Any) -> str:
    """Write a value as CSV would hold it; a text may begin with what a spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else str(int(value)) if value.is_integer() else str(value)
    return guarded(str(value))
