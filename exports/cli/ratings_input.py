"""The ratings that `delphi analyse` is given: read, and what was taken of the file said on standard error."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from delphi.consensus.analysis import Definition
    from exports.data.reading import ReadRatings

T = TypeVar("T")
OPTIONS = {"quantiles": "quantile_type", "denominator": "denominator", "min_n": "minimum_n"}
Definitions = dict[int, "Definition"]


def read_file(file: BinaryIO, columns: dict[str, tuple[str, ...]], definition: "Definition") -> "ReadRatings":
    """Read a file of ratings or counts; everything that is wrong with it is named."""
    from exports.data.reading import read

    return _said(file.name, lambda: read(file.read(), definition, columns))


def read_package(
    path: Path, options: Mapping[str, Any], defined: "Callable[[], Definition]"
) -> "tuple[ReadRatings, Definitions]":
    """Read an archive of ratings, under its own definitions unless a scale is given."""
    from exports.archive import BadBundle, reading
    from exports.data.reading import brought_by, long_sheet, read_rows

    try:
        with reading(path) as bundle:
            brought, sheet = brought_by(bundle), _said(path.name, lambda: long_sheet(bundle))
    except BadBundle as error:
        raise click.ClickException(str(error)) from None
    own = not options["scale"] and brought.definitions
    definitions = {n: _changed(one, options) for n, one in brought.definitions.items()} if own else {}
    last = definitions[max(definitions)] if definitions else defined()
    if definitions:
        click.echo(f"{path.name}, definition of the study: {last.describe()}", err=True)
    return _said(path.name, lambda: read_rows(sheet, last, {}, brought)), definitions


def _changed(definition: "Definition", options: Mapping[str, Any]) -> "Definition":
    """Change the definition of the study by the options that somebody typed."""
    from delphi.consensus.rules.parsing import rule_from

    context, scale = click.get_current_context(), definition.scale
    typed = [name for name in OPTIONS if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    changes = {OPTIONS[name]: options[name] for name in typed}
    if options["agree"] or options["disagree"] or (options["settings"] and not options["rule"]):
        raise click.UsageError(
            "The archive brings scale and rule: name --scale beside --agree and --disagree, and --rule beside --set."
        )
    try:
        if options["rule"]:
            proposed = scale.settings if options["rule"] == scale.rule else {}
            changes["rule"] = rule_from(options["rule"], {**proposed, **options["settings"]}, scale)
        return replace(definition, **changes)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _said(name: str, read: "Callable[[], T]") -> T:
    """Read; what is wrong ends the command, each problem on a line of its own."""
    from delphi.sheets.errors import SheetError

    try:
        return read()
    except SheetError as error:
        for problem in error.errors:
            click.echo(f"{name}, {problem}", err=True)
        raise click.exceptions.Exit(2) from None
