"""The command `delphi db`, and the upgrade that others end with."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from delphi import config

if TYPE_CHECKING:
    from delphi.database import Database

AfterUpgrade = Callable[["Database"], str]  # takes rows along that an older version wrote; what it did, or nothing
AFTER_UPGRADE = "delphi.after_upgrade"


@click.group("db")
def database_commands() -> None:
    """The database's tables."""


@database_commands.command()
@click.pass_context
def upgrade(context: click.Context) -> None:
    """Bring the tables to the newest version, and what an older version has closed with them."""
    upgrade_database(context, config.database_url())


def upgrade_database(context: click.Context, url: str) -> None:
    """Bring the tables of a database to the newest revision, and say what was taken along."""
    from delphi.database import Database
    from delphi.migrations import upgrade_to_head

    upgrade_to_head(url)
    database = Database(url)
    steps: Sequence[AfterUpgrade] = context.meta[AFTER_UPGRADE]
    try:
        for done in filter(None, (step(database) for step in steps)):
            click.echo(done)
    finally:
        database.engine.dispose()
    click.echo("The database is up to date.")
