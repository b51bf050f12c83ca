"""The command line of reporting."""

import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from exports.cli.bundle import is_bundle

if TYPE_CHECKING:
    from delphi.consensus.analysis import Definition
    from delphi.consensus.scale import Scale
    from exports.data.reading import ReadRatings
    from exports.formats.base import Format
    from exports.tables.table import Table

T = TypeVar("T")
FORMATS = ("table", "csv", "json")  # spelled out: the help page needs no writer
REPORTS = {
    "stability": "How much moved between two rounds of the same panelists.",
    "agreement": "Agreement of the panel over all statements, with intervals.",
    "sensitivity": "Verdicts under other thresholds, quantile types, denominators; what depends on the definition.",
    "robustness": "Verdicts of resampled panels, without one panelist, with a few ratings changed.",
    "attrition": "Who answered, who stayed, and whether those who left rated otherwise.",
}  # spelled out for the same reason
RULE_HELP = "Key of the consensus rule; the scale proposes one."


def _pairs(context: click.Context, parameter: click.Parameter, value: Any) -> dict[str, str]:
    """Read name=value pairs, separated by commas or given one by one."""
    del context, parameter
    pairs = [value] if isinstance(value, str) else list(value or ())
    values = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if not sign or not name.strip():
            raise click.BadParameter(f"“{pair}” is not of the form name=value")
        values[name.strip()] = text.strip()
    return values


def _columns(context: click.Context, parameter: click.Parameter, value: str | None) -> dict[str, tuple[str, ...]]:
    """Read panelist=panellist,statement=block+item."""
    from delphi.sheets.ratings import COLUMNS

    names = _pairs(context, parameter, value.split(",") if value else ())
    if unknown := names.keys() - set(COLUMNS):
        raise click.BadParameter(f"“{min(unknown)}” is not one of {', '.join(COLUMNS)}")
    return {name: tuple(part.strip() for part in text.split("+")) for name, text in names.items()}


def definition_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that define consensus."""
    options = [
        click.option("--scale", help="Key of a scale, or its ends: 1..9. A bundle brings its own."),
        click.option(
            "--agree", default="", help="Options that count as agreement, for a scale given by its ends: 7..9."
        ),
        click.option("--disagree", default="", help="Options that count as disagreement: 1..3."),
        click.option("--rule", help=RULE_HELP),
        click.option("--set", "settings", multiple=True, callback=_pairs, help="A parameter of the rule: name=value."),
        click.option("--quantiles", type=click.IntRange(1, 9), default=7, show_default=True, help="Quantile type."),
        click.option("--denominator", type=click.Choice(["rated", "answered", "shown"]), default="rated"),
        click.option("--min-n", type=click.IntRange(1), default=1, show_default=True, help="Fewest ratings judged."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def definition_from(options: dict[str, Any]) -> "Definition":
    """Make the definition of consensus from the options; what contradicts itself is a usage error."""
    from delphi.consensus.analysis import Definition
    from delphi.consensus.rules.parsing import rule_from

    if not options["scale"]:
        raise click.UsageError("Missing option '--scale': say which scale the ratings are on.")
    try:
        scale = _scale(options["scale"], options["agree"], options["disagree"])
        proposed = scale.settings if options["rule"] in (None, scale.rule) else {}
        rule = rule_from(options["rule"] or scale.rule, {**proposed, **options["settings"]}, scale)
        return Definition(scale, rule, options["quantiles"], options["denominator"], options["min_n"])
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _scale(name: str, agree: str, disagree: str) -> "Scale":
    from delphi.consensus.rules.parsing import read_set
    from delphi.consensus.scale import Scale
    from delphi.consensus.shipped_scales import SCALES

    if name in SCALES:
        if agree or disagree:
            raise ValueError("--agree and --disagree belong to a scale given by its ends, such as 1..9")
        return SCALES[name]
    ends = re.fullmatch(r"(-?[0-9]{1,4})\.\.(-?[0-9]{1,4})", name)
    if not ends:
        raise ValueError(f"there is no scale “{name}”; there are {', '.join(SCALES)}, or ends: 1..9")
    return Scale.from_zones(int(ends[1]), int(ends[2]), read_set(agree), read_set(disagree))


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
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
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
    _check(found, names, by_group=by_group)
    for remark in found.remarks():
        click.echo(f"{file.name}, {remark}", err=True)
    panels = found.panels if {"agreement", "attrition"} & set(names) else ()
    material = Material(found.analysis, panels, by_group, watched, definitions, found.unproved)
    for name in names:
        _put(format_, name, BUILDERS[name](material), output, first=name == names[0])


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
