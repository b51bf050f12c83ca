"""Ratings in the files of SPSS, Stata and Parquet, where the packages for them are installed (extra ``stats-files``)."""

import re
from pathlib import Path
from typing import Any

from delphi.consensus.matrix import BLANK, NOT_QUALIFIED
from delphi.consensus.scale import Scale
from delphi.errors import Refused
from delphi.sheets.answer_status import SPSS_ABSENT, SPSS_BLANK, SPSS_NQ
from exports.data.ratings import LONG, long_rows, wide_columns
from exports.data.readme import HIDDEN, LEVELS, SHORTER
from exports.data.records import Records
from exports.data.variable_names import label_of

STATA_MISSING = {NOT_QUALIFIED: "a", BLANK: "b", None: "d"}
# Both formats say when they were written; a fixed moment stands there, so that a second file is the same bytes.
SPSS_MOMENT, STATA_MOMENT = 92, rb"(<timestamp>\x11)\d\d \w{3} \d{4} \d\d:\d\d"
SPSS_MISSING = {NOT_QUALIFIED: SPSS_NQ, BLANK: SPSS_BLANK, None: SPSS_ABSENT}


def write_sav(records: Records, scale: Scale, path: Path) -> None:
    """Write the wide file for SPSS: value labels, and user-missing values for opt-out, blank and absent."""
    pyreadstat, frame = _needed("pyreadstat"), _frame(records, scale, SPSS_MISSING)
    names = [name for name in frame if name not in ("panelist", "group")]
    missing = {SPSS_NQ: scale.opt_out or "opt-out", SPSS_BLANK: "no answer", SPSS_ABSENT: "not in this round"}
    pyreadstat.write_sav(
        _needed("pandas").DataFrame(frame),
        path,
        file_label=SHORTER[records.level],
        note=LEVELS[records.level],
        column_labels=_labels(records),
        variable_value_labels={name: _words(scale) | missing for name in names},
        missing_ranges={name: list(missing) for name in names},
    )
    with path.open("r+b") as stream:
        stream.seek(SPSS_MOMENT)
        stream.write(b"01 Jan 8000:00:00")


def write_dta(records: Records, scale: Scale, path: Path) -> None:
    """Write the wide file for Stata: value labels, and .a, .b, .d for opt-out, blank and absent."""
    pyreadstat, frame = _needed("pyreadstat"), _frame(records, scale, STATA_MISSING)
    names = [name for name in frame if name not in ("panelist", "group")]
    missing = {"a": scale.opt_out or "opt-out", "b": "no answer", "d": "not in this round"}
    pyreadstat.write_dta(
        _needed("pandas").DataFrame(frame),
        path,
        file_label=SHORTER[records.level],
        column_labels=_labels(records),
        variable_value_labels={name: _words(scale) | missing for name in names},
        missing_user_values={name: list(missing) for name in names},
    )
    path.write_bytes(re.sub(STATA_MOMENT, rb"\g<1>01 Jan 1980 00:00", path.read_bytes(), count=1))


def write_parquet(records: Records, scale: Scale, path: Path) -> None:
    """Write the long file for Parquet."""
    pyarrow, parquet = _needed("pyarrow"), _needed("pyarrow.parquet")
    kinds = {"int": pyarrow.int32(), "text": pyarrow.string()}
    columns = list(zip(*long_rows(records, scale), strict=True)) or [()] * len(LONG)
    arrays = [pyarrow.array(cells, type=kinds[column.type]) for column, cells in zip(LONG, columns, strict=True)]
    table = pyarrow.table(arrays, names=[column.name for column in LONG])
    about = {"level": records.level.value, "description": f"{LEVELS[records.level]} {HIDDEN}"}
    parquet.write_table(table.replace_schema_metadata(about), path)


WRITERS = {"sav": write_sav, "dta": write_dta, "parquet": write_parquet}


def _needed(name: str) -> Any:
    """Import a package that not everybody has."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise Refused(
            "This file needs the package %(name)s: pip install 'delphi-platform[stats-files]'. Nothing was written.",
            name=name.partition(".")[0],
        ) from None


def _frame(records: Records, scale: Scale, missing: dict[int | None, Any]) -> dict[str, list[Any]]:
    """The wide file by column: one variable an item, why it is missing in its value."""
    names = [column.name for column in wide_columns(records) if not column.name.endswith("_status")]
    columns: list[list[Any]] = [
        [record.code for record in records.records],
        [record.group for record in records.records],
    ]
    for r, wave in enumerate(records.waves):
        for j in range(len(wave.items)):
            codes = [record.rows[r][j].item() if r in record.rows else None for record in records.records]
            columns.append([missing[code] if code is None or code < 0 else scale.lo + code for code in codes])
    return dict(zip(names, columns, strict=True))


def _labels(records: Records) -> list[str]:
    return [label_of(column.label) for column in wide_columns(records) if not column.name.endswith("_status")]


def _words(scale: Scale) -> dict[Any, str]:
    return {value: label for value, label in zip(scale.values, scale.labels, strict=True) if label != str(value)}
