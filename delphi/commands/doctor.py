"""The command `delphi doctor`: a look at the installation, in words."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from delphi import clock, config

if TYPE_CHECKING:
    from delphi.config import Settings
    from delphi.deployment.findings import Finding

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--backups", type=FOLDER, help="Folder in which backups are kept.")
@click.option("--dkim-selector", metavar="NAME", help="Selector under which your mail server signs.")
@click.option("--send-to", metavar="ADDRESS", help="Send a test letter.")
@click.option("--quiet", is_flag=True, help="Say only what there is to do.")
def doctor(backups: Path | None, dkim_selector: str | None, send_to: str | None, *, quiet: bool) -> None:
    """Look at settings, files, database, waiting work and mail; ends with 1 if something has to be mended."""
    from delphi.deployment.findings import Level

    settings = config.from_environment()
    found = [*_installation(settings, backups), *_mail(settings, dkim_selector, send_to), *_institution(settings)]
    for finding in found:
        if not quiet or finding.level is not Level.OK:
            click.echo(f"{finding.level:6}  {finding.text}")
    if any(finding.level is Level.WRONG for finding in found):
        raise SystemExit(1)


def _installation(settings: "Settings", backups: Path | None) -> Iterator["Finding"]:
    from delphi.database import Database
    from delphi.deployment import database, host
    from delphi.deployment.findings import Level

    yield from host.address(settings)
    yield from host.files(settings)
    yield from host.backups(backups, at=clock.now())
    tables = list(database.tables(settings))
    yield from tables
    if all(finding.level is Level.OK for finding in tables):
        opened = Database(settings.database_url)
        yield from database.work(opened, at=clock.now())
        opened.engine.dispose()


def _institution(settings: "Settings") -> Iterator["Finding"]:
    from delphi.deployment import institution

    yield from institution.provider(settings)


def _mail(settings: "Settings", selector: str | None, send_to: str | None) -> Iterator["Finding"]:
    from delphi.deployment import mail

    yield from mail.relay(settings)
    yield from mail.sender_names(settings, selector)
    if send_to is not None:
        yield from mail.send_test(settings, send_to, str(uuid4()), at=clock.now())
