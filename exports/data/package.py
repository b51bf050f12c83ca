"""The files of ratings and the scripts, as they stand in a bundle and in a data package."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from delphi.consensus.analysis import Definition
from delphi.consensus.scale import Scale
from delphi.consensus.table.columns import Cell
from delphi.errors import Refused
from delphi.sheets.writing import cell, write_csv
from exports.archive import Tell, Writer, nobody, writing
from exports.data import ratings, stats_files, syntax
from exports.data.codebook import codebook
from exports.data.readme import readme
from exports.data.records import Records
from exports.formats import FORMATS
from exports.tables.table import Table
from exports.whole import whole

SCRIPTS = ("verify.py", "analysis.py", "analysis.R")
STREAMED = ("zip", "csv", "xlsx")  # the others need a file with a name
STUDY = "ratings/study.json"
SETS = ("agree", "combined", "disagree", "neutral")


def write_ratings(writer: Writer, records: Records, definition: Definition) -> None:
    """Write ratings long and wide, with the codebook."""
    scale = definition.scale
    with writer.text("ratings/long.csv") as stream:
        stream.writelines(long_file(records, scale))
    with writer.text("ratings/wide.csv") as stream:
        write_csv(stream, [column.name for column in ratings.wide_columns(records)], ())
        stream.writelines(ratings.wide_lines(records, scale))
    book = codebook(records, scale)
    for suffix in ("csv", "json"):
        write_table(writer, f"ratings/codebook.{suffix}", book)
    writer.put("scripts/import.sps", syntax.spss(scale))
    writer.put("scripts/import.do", syntax.stata(scale))


def long_file(records: Records, scale: Scale) -> Iterator[str]:
    """The long file, line by line."""
    yield ",".join(cell(column.name) for column in ratings.LONG) + "\r\n"
    yield from ratings.long_lines(records, scale)


def write_data(records: Records, definitions: Mapping[int, Definition], path: Path) -> None:
    """Write the ratings as a package with codebook and scripts, or as one file, by the ending of its name."""
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in STREAMED and suffix not in stats_files.WRITERS:
        endings = ", ".join(f".{ending}" for ending in (*STREAMED, *stats_files.WRITERS))
        raise Refused(
            "%(name)s: the name ends in one of %(endings)s. Nothing was written.", name=path.name, endings=endings
        )
    with whole(path) as half:
        if suffix in stats_files.WRITERS:
            stats_files.WRITERS[suffix](records, list(definitions.values())[-1].scale, half)
        else:
            with half.open("wb") as stream:
                write_stream(records, definitions, suffix, stream)


def write_stream(
    records: Records, definitions: Mapping[int, Definition], suffix: str, stream: BinaryIO, tell: Tell = nobody
) -> None:
    """Write the ratings into a stream: a package, the long file, or the wide one for Excel."""
    definition = list(definitions.values())[-1]
    if suffix == "xlsx":
        FORMATS["xlsx"].write(ratings.wide_table(records, definition.scale), stream)
    elif suffix == "csv":
        stream.writelines(line.encode() for line in long_file(records, definition.scale))
    else:
        with writing(stream, tell) as writer:
            write_ratings(writer, records, definition)
            write_settings(writer, definitions)
            write_study(writer, records, definitions)
            write_scripts(writer, ("analysis.py", "analysis.R"))
            writer.put("README.txt", readme(records))
            writer.close({"schema": "ratings/1", "level": records.level.value, "files": {}})


def write_settings(writer: Writer, definitions: Mapping[int, Definition]) -> None:
    """Write the scale, and the settings of each round, for programs that read no JSON."""
    scale = next(iter(definitions.values())).scale
    members = [(name, getattr(scale, name)) for name in SETS]
    options: Iterable[Sequence[Cell]] = (
        (value, label, *(int(value in values) for _, values in members))
        for value, label in zip(scale.values, scale.labels, strict=True)
    )
    with writer.text("ratings/scale.csv") as stream:
        write_csv(stream, ["value", "label", *SETS], options)
    settings = ((number, one.quantile_type, one.denominator) for number, one in definitions.items())
    with writer.text("ratings/settings.csv") as stream:
        write_csv(stream, ["round", "quantile_type", "denominator"], settings)


def write_study(writer: Writer, records: Records, definitions: Mapping[int, Definition]) -> None:
    """Write what `delphi analyse` takes from a package: definitions, and what was asked in each round."""
    items = [{"round": wave.number, **asdict(item)} for wave in records.waves for item in wave.items.values()]
    told = {str(number): one.as_dict() for number, one in definitions.items()}
    writer.json(STUDY, {"definitions": told, "groups": list(records.groups), "items": items})


def write_scripts(writer: Writer, names: Iterable[str] = SCRIPTS) -> None:
    """Write the scripts that are the same in every archive."""
    for name in names:
        writer.put(f"scripts/{name}", files("exports.data.scripts").joinpath(name).read_bytes())


def write_table(writer: Writer, name: str, table: Table) -> None:
    """Write a table in the format of its suffix."""
    stream = io.BytesIO()
    FORMATS[name.rpartition(".")[2]].write(table, stream)
    writer.put(name, stream.getvalue())
