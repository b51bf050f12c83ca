"""Commands about people: names of a finished study are destroyed, and mail that came back is read."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from delphi.model.study import Study
    from delphi.people.severing import SeveringEffect


@click.command()
@click.argument("study")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def sever(study: str, *, yes: bool) -> None:
    """Destroy the names of a finished STUDY (its short name); its answers stay under codes."""
    from delphi import clock
    from delphi.errors import Refused
    from delphi.migrations import checked_database
    from delphi.people import severing

    database = checked_database()
    try:
        with database.transaction(writing=False) as session:
            found = _study_called(session, study)
            severing.guard(found)
            click.echo(_in_words(found.title, severing.effect(session, found)))
        # Nobody waits for the answer: it is asked between two transactions.
        if not yes:
            click.confirm("This cannot be undone. Destroy the names?", abort=True)
        with database.transaction() as session:
            severing.sever(session, _study_called(session, study), by=None, at=clock.now())
    except Refused as error:
        raise click.ClickException(str(error)) from None
    finally:
        database.engine.dispose()
    click.echo("The names are destroyed. Backups hold them until they expire.")


def _study_called(session: "Session", slug: str) -> "Study":
    from sqlalchemy import select

    from delphi.errors import Refused
    from delphi.model.study import Study

    study = session.scalars(select(Study).where(Study.slug == slug)).first()
    if study is None:
        raise Refused("There is no study “%(slug)s”.", slug=slug)
    return study


def _in_words(title: str, effect: "SeveringEffect") -> str:
    """Say what goes and what stays, a line each."""
    return (
        f"{title}\n"
        f"Destroyed: {effect.names} names with addresses, {effect.declarations} declarations, {effect.links} links, "
        f"{effect.devices} signed-in devices, {effect.letters} letters that have not left.\n"
        f"Kept: the answers of {effect.answering} panelists under codes, and {effect.acknowledged} people who asked "
        "to be named."
    )


@click.command()
def bounce() -> None:
    """Read one mail that came back, from a pipe: what a mail server gives `delphi bounce` for the address MAIL_RETURN_PATH."""
    import sys

    from delphi import clock, config
    from delphi.letters.returned import LARGEST
    from delphi.migrations import checked_database
    from delphi.people import bounces

    settings, database = config.from_environment(), checked_database()
    data = sys.stdin.buffer.read(LARGEST)
    try:
        with database.transaction() as session:
            noted = bounces.take(session, data, settings=settings, at=clock.now())
    finally:
        database.engine.dispose()
    click.echo("Noted." if noted else "This says of no letter of ours that it came back; nothing was changed.")


COMMANDS = (sever, bounce)
