"""The settings of a command, and `delphi config`: each setting, what it means, what holds, and where it is written."""

from textwrap import wrap

import click

from delphi import config
from delphi.config import Report, Settings


def checked_settings() -> Settings:
    """Read the settings, and make sure that the database has the tables of this version."""
    from delphi.migrations import check_schema

    settings = config.from_environment()
    check_schema(settings.database_url)
    return settings


@click.command("config")
def config_command() -> None:
    """Print every setting with its meaning, its value and where that is written; ends with 1 if one is wrong."""
    reports = config.report()
    for report in reports:
        click.echo("\n".join(_lines(report)))
    click.echo(
        f'Each may stand in the environment, in a file that NAME_FILE names, or as name = "value" in the TOML file that '
        f"{config.FILE_OF_ALL} names."
    )
    if any(report.wrong for report in reports):
        raise SystemExit(1)


def _lines(report: Report) -> list[str]:
    setting = report.setting
    head = f"{setting.name} = {report.shown or '(not set)'}  [{report.source}]"
    if report.wrong:
        head = f"{setting.name}: WRONG  [{report.source}]"
    default = "has to be set" if setting.default is None else f"default: {setting.default or 'none'}"
    meaning = wrap(f"{setting.meaning} ({default})", 100, initial_indent="    ", subsequent_indent="    ")
    return [head, *meaning, *([f"    {report.wrong}"] if report.wrong else []), ""]
