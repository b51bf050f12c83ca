"""The commands `delphi backup`, `delphi restore` and `delphi upgrade`."""

import tempfile
from pathlib import Path

import click

from delphi import clock, config
from delphi.commands.database import upgrade_database
from delphi.config import CannotStart

NEW_FILE = click.Path(dir_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WITHOUT_RESTORE = "0001"  # the tables of 0.1.0
COPY_IT = (
    "Version 0.1.0 reads no backup, so a backup would be no way back to it. Stop it, copy the database as it is (the "
    "SQLite file with -wal and -shm beside it, or pg_dump), and run delphi upgrade --no-backup."
)
NOT_IN_IT = "SECRET_KEY and SECURITY_PASSWORD_SALT are not in it: keep them apart, for without them nobody can sign in."


@click.command()
@click.argument("target", type=NEW_FILE)
@click.option("--encrypt-to", "recipients", multiple=True, metavar="AGE1…", help="Public key of age that may read it.")
def backup(target: Path, recipients: tuple[str, ...]) -> None:
    """Write everything the database holds at this moment into a file, while people go on answering."""
    _write(target, recipients)
    click.echo(NOT_IN_IT)


def _write(target: Path, recipients: tuple[str, ...] = ()) -> None:
    from delphi.backup.writing import write
    from delphi.migrations import known_revision

    url = config.database_url()
    revision = known_revision(url)
    if revision is None:
        raise CannotStart("The database has no tables yet, so there is nothing to keep: run delphi db upgrade.")
    try:
        manifest = write(url, target, revision=revision, at=clock.now(), recipients=recipients)
    except OSError as error:
        raise click.ClickException(str(error)) from None
    size = target.stat().st_size / 1e6
    click.echo(f"{target}: {manifest.rows} rows of {len(manifest.tables)} tables, {size:.1f} MB.")


@click.command()
@click.argument("file", type=FILE)
@click.option("--identity", type=FILE, help="File of the key that reads an encrypted backup.")
@click.option("--verify", is_flag=True, help="Only try it, in a place that is thrown away.")
@click.pass_context
def restore(context: click.Context, file: Path, identity: Path | None, *, verify: bool) -> None:
    """Put a backup into the empty database that DATABASE_URL names, compare every row, and upgrade it to this version."""
    if not verify:
        _restore(context, file, identity, config.database_url())
        return
    with tempfile.TemporaryDirectory() as folder:
        _restore(context, file, identity, f"sqlite:///{folder}/tried.sqlite3")


def _restore(context: click.Context, file: Path, identity: Path | None, url: str) -> None:
    from delphi.backup.restoring import differences
    from delphi.backup.restoring import restore as put

    try:
        manifest = put(file, url, identity=identity)
    except OSError as error:
        raise click.ClickException(str(error)) from None
    if different := differences(url, manifest):
        raise click.ClickException(f"These tables are not as they were written: {', '.join(different)}.")
    click.echo(f"{manifest.rows} rows of {len(manifest.tables)} tables are as they were on {manifest.written_at}.")
    upgrade_database(context, url)


@click.command()
@click.option("--backup", "target", type=NEW_FILE, help="Where the backup goes that is made first.")
@click.option("--no-backup", is_flag=True, help="There is a backup already.")
@click.pass_context
def upgrade(context: click.Context, target: Path | None, *, no_backup: bool) -> None:
    """Make a backup, bring the tables to this version, and say the way back."""
    if (target is None) != no_backup:
        raise click.UsageError("Name a file for the backup with --backup, or say --no-backup.")
    if target is not None:
        _refuse_without_restore(config.database_url())
        _write(target)
    upgrade_database(context, config.database_url())
    if target is not None:
        click.echo(
            f"The way back: install the version of before, and `delphi restore {target}` into an empty database."
        )


def _refuse_without_restore(url: str) -> None:
    """Offer no backup as the way back to a version that could not read it."""
    from delphi.migrations import known_revision

    if known_revision(url) == WITHOUT_RESTORE:
        raise CannotStart(COPY_IT)
