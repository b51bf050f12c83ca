"""Tables of an author's own design on the command line: a preset or a file, and the house style of a journal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from exports.cli.definition import read_pairs

if TYPE_CHECKING:
    from delphi.consensus.analysis import Definition
    from exports.record.material import Material
    from exports.tables.house import House
    from exports.tables.table import Table

STYLES = ("nature", "lancet", "bmj", "plos", "apa", "bmc", "icmje")  # spelled out: the help page needs no table
COUNTED = ("l8-participants", "l9-retained")  # of files of counts; spelled out for the same reason
Settings = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True)
class Printing:
    """How tables are printed: after a design, in a house style, with settings of the rule that differ by round."""

    house: "House"
    plain: Mapping[str, Any] | None = None
    number: int = 1
    counted: str = ""
    settings: Settings = field(default_factory=dict)

    def built(self, material: "Material", title: str) -> "Table | None":
        """Build the designed table; None if none was asked for."""
        from exports.reports.designed.building import build
        from exports.reports.designed.design import Design
        from exports.reports.designed.of_ratings import record_of

        if self.plain is None:
            return None
        design = Design.from_dict(self.plain)
        return build(record_of(material, title), design, self.house, material.definitions)

    def of_counts(self, file: BinaryIO) -> "Table":
        """Build a table of counts that the file brings."""
        from exports.reports.designed.counted import table_of
        from exports.reports.designed.design import DesignError

        try:
            return self.styled(table_of(self.counted, file.read(), self.house))
        except (DesignError, UnicodeDecodeError, KeyError) as error:
            raise click.UsageError(f"{file.name}: {error}") from None

    def styled(self, table: "Table") -> "Table":
        """Put a table into the house style."""
        return replace(table, house=self.house, number=self.number)

    def by_round(self, definition: "Definition") -> "dict[int, Definition]":
        """Change the rule in some rounds."""
        from delphi.consensus.rules.parsing import rule_from

        key, scale = definition.rule.key, definition.scale
        try:
            return {
                number: replace(definition, rule=rule_from(key, {**scale.settings, **own}, scale))
                for number, own in self.settings.items()
            }
        except ValueError as error:
            raise click.UsageError(f"--round-set: {error}") from None


def _round_settings(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> Settings:
    """Read 1:include=50."""
    settings: dict[int, dict[str, str]] = {}
    for text in value:
        number, colon, pair = text.partition(":")
        if not colon or not number.isdecimal():
            raise click.BadParameter(f"“{text}” is not of the form round:name=value")
        settings.setdefault(int(number), {}).update(read_pairs(context, parameter, (pair,)))
    return settings


TABLE_HELP = "A table of your own: a preset (`list` names them) or a TOML file (docs/guide/tables.md)."


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of designed tables and house styles."""
    options = [
        click.option("--table", "design", help=TABLE_HELP),
        click.option("--style", type=click.Choice(STYLES), help="House style in which tables are printed."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def design_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of designed tables of a file, whose rule and number nothing else tells."""
    options = [
        click.option("--number", type=click.IntRange(1), default=1, help="Number of the table in the paper."),
        click.option(
            "--round-set",
            "settings_by_round",
            multiple=True,
            callback=_round_settings,
            help="A parameter of the rule in one round: 1:include=50.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return table_options(command)


def printing_from(options: dict[str, Any]) -> Printing:
    """Take the options of printing out of those of a command."""
    design, style, number, settings = (options.pop(name) for name in ("design", "style", "number", "settings_by_round"))
    if design in COUNTED:
        return Printing(house_of(style), None, number, design, settings)
    return Printing(house_of(style), design_from(design) if design else None, number, "", settings)


def design_from(name: str) -> Mapping[str, Any]:
    """Read a preset or a file; what is wrong with it is a usage error."""
    from exports.reports.designed import design

    if name == "list":
        from exports.reports.designed.counted import TITLES

        for key, title in {**design.preset_names(), **TITLES}.items():
            click.echo(f"{key}: {title}")
        raise click.exceptions.Exit(0)
    try:
        if name in design.PRESETS:
            return design.plain(name)
        return design.checked(Path(name).read_text(encoding="utf-8"))
    except design.DesignError as error:
        raise click.UsageError(f"--table {name}: {error}") from None
    except (OSError, UnicodeDecodeError):
        raise click.UsageError(f"--table {name}: no such preset, and no file that can be read") from None


def house_of(style: str | None) -> "House":
    """Find a house style; as the platform prints it where none is asked for."""
    from exports.tables.house import HOUSES, PLAIN

    return HOUSES[style] if style else PLAIN
