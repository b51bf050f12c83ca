"""The command line of reporting."""

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from exports.cli.bundle import is_bundle
from exports.cli.definition import definition_from, definition_options, read_pairs
from exports.cli.designed import design_options, printing_from

if TYPE_CHECKING:
    from delphi.consensus.analysis import Definition
    from exports.data.reading import ReadRatings
    from exports.formats.base import Format
    from exports.tables.table import Table

T = TypeVar("T")
FORMATS = (
    "table",
    "csv",
    "json",
    "xlsx",
    "docx",
    "pdf",
    "latex",
    "latex-table",
    "html",
)  # spelled out: the help page needs no writer
REPORTS = {
    "stability": "How much moved between two rounds of the same panelists.",
    "agreement": "Agreement of the panel over all statements, with intervals.",
    "sensitivity": "Verdicts under other thresholds, quantile types, denominators; what depends on the definition.",
    "robustness": "Verdicts of resampled panels, without one panelist, with a few ratings changed.",
    "attrition": "Who answered, who stayed, and whether those who left rated otherwise.",
}  # spelled out for the same reason


def _columns(context: click.Context, parameter: click.Parameter, value: str | None) -> dict[str, tuple[str, ...]]:
    """Read panelist=panellist,statement=block+item."""
    from delphi.sheets.ratings import COLUMNS

    names = read_pairs(context, parameter, value.split(",") if value else ())
    if unknown := names.keys() - set(COLUMNS):
        raise click.BadParameter(f"“{min(unknown)}” is not one of {', '.join(COLUMNS)}")
    return {name: tuple(part.strip() for part in text.split("+")) for name, text in names.items()}


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each report beside the consensus table."""
    for name, text in reversed(REPORTS.items()):
        command = click.option(f"--{name}", is_flag=True, help=f"{text} (Instead of the consensus table.)")(command)
    return command


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--columns", callback=_columns, help="Other names: panelist=panellist,statement=block+item.")
@definition_options
@click.option("--by-group", is_flag=True, help="A row for each group, too, compared with the others.")
@report_options
@design_options
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How tables are printed.",
)
@click.option("--output", type=click.Path(file_okay=False), help="A folder: every table becomes a file there.")
def analyse(
    file: BinaryIO,
    columns: dict[str, tuple[str, ...]],
    by_group: bool,  # noqa: FBT001 - click passes the flag by name
    format_: str,
    output: str | None,
    **options: Any,
) -> None:
    """Print the consensus table of a file of ratings or other reports of it; or compute that of a bundle again.

    The file, CSV or Excel, is long or wide. Long: the columns panelist, statement and rating; round, group, kind and
    section may be added. Wide: a row for each panelist (and round), a column for each statement beside panelist,
    round and group. A rating is a whole number, NQ (not qualified), or blank (no answer); a row, blank or not, means
    invited and shown.

    Every file of `delphi data` is read, too: .zip, .csv, .xlsx, .sav, .dta and .parquet (the last three with the extra
    stats-files), and wide.csv and counts.csv of an archive. They say the status of each answer (rated, nq, blank, absent)
    and hold those who answered. The .zip brings the definition of its study; options change it, and --scale replaces it.
    What these files do not tell, such as the invited, is empty with its reason. Which columns were read, and which were not
    used, is said on standard error.
    """
    from exports.record.material import Material
    from exports.reports import REPORTS as BUILDERS

    printing = printing_from(options)
    if printing.counted:
        _put(format_, printing.counted, printing.of_counts(file), output, first=True)
        return
    bundle = is_bundle(file)
    names = [name for name in REPORTS if options.pop(name)] or ["consensus"]
    if bundle and not _is_package(file):
        _analyse_bundle(Path(file.name), format_)
        return
    if len(names) > 1 and format_ != "table" and not output:
        raise click.UsageError(
            f"one {format_} stream holds one table: ask for one report, or name a folder with --output"
        )
    found, definitions = _read(file, columns, options, package=bundle)
    definitions = definitions | printing.by_round(found.analysis.definition)
    _check(found, names, by_group=by_group)
    for remark in found.remarks():
        click.echo(f"{file.name}, {remark}", err=True)
    panels = found.panels if {"agreement", "attrition"} & set(names) else ()
    material = Material(found.analysis, panels, by_group, watched, definitions, found.unproved)
    for name in names:
        table = printing.built(material, Path(file.name).stem) or BUILDERS[name](material)
        _put(format_, name, printing.styled(table), output, first=name == names[0])


def _is_package(file: BinaryIO) -> bool:
    from exports.data.reading import is_package

    return is_package(file)


def _read(
    file: BinaryIO, columns: dict[str, tuple[str, ...]], options: dict[str, Any], *, package: bool
) -> "tuple[ReadRatings, dict[int, Definition]]":
    """Read ratings, and the definitions of their rounds where these came along."""
    from exports.cli.ratings_input import read_file, read_package

    if package:
        if columns:
            raise click.UsageError("--columns is not for an archive: its columns are known")
        return read_package(Path(file.name), options, lambda: definition_from(options))
    return read_file(file, columns, definition_from(options)), {}


def _check(found: "ReadRatings", names: list[str], *, by_group: bool) -> None:
    """Refuse what cannot be told of this file."""
    if by_group and not found.grouped:
        raise click.UsageError("--by-group needs a column group in the file, and groups that are not left out")
    late = [name for name in names if name in ("stability", "attrition")]
    if len(found.analysis.rounds) < 2 and late:
        raise click.UsageError(f"--{late[0]} needs two rounds in the file: a column round")
    for name in names:
        if why := found.lacking(name):
            raise click.UsageError(f"--{name} {why}")


def watched(items: Iterable[T], label: str, /) -> Iterator[T]:
    """Go through something long with a bar on standard error, where somebody looks at it."""
    if not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(list(items), label=label, file=sys.stderr) as bar:
        yield from bar


def _put(format_: str, name: str, table: "Table", folder: str | None, *, first: bool) -> None:
    """Print a table, or write it into the folder."""
    from exports.formats import FORMATS as WRITERS

    writer = WRITERS[format_]
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        _print(writer, table, str(Path(folder, f"{name}.{writer.suffix}")))
        return
    if not first:
        click.echo()
    _print(writer, table)


def _analyse_bundle(path: Path, format_: str) -> None:
    """Print the table as the bundle's ratings give it; exit code 1 if it is not the frozen one."""
    from exports.archive import BadBundle, reading
    from exports.bundle.recomputing import recompute
    from exports.formats import FORMATS as WRITERS
    from exports.record.consensus import from_rows

    try:
        with reading(path) as bundle:
            comparison = recompute(bundle)
            definition = bundle.json("protocol/protocol.json")["definition"]
    except BadBundle as error:
        raise click.ClickException(str(error)) from None
    _print(WRITERS[format_], from_rows(comparison.rows, definition))
    for difference in comparison.differences:
        click.echo(difference, err=True)
    click.echo(
        f"{comparison.compared} compared, {comparison.equal} equal, {comparison.not_recomputable} not recomputable",
        err=True,
    )
    raise click.exceptions.Exit(1 if comparison.differences else 0)


def _print(writer: "Format", table: "Table", output: str | None = None) -> None:
    """Write a table to a file, or to standard output."""
    out = io.BytesIO()
    writer.write(table, out)
    if output:
        Path(output).write_bytes(out.getvalue())
    else:
        click.echo(out.getvalue(), nl=False)


COMMANDS = (analyse,)
