"""Revisions of the tables, bringing a database to the newest one, and saying when it is at another."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from delphi.config import CannotStart, database_url
from delphi.database import Database, engine_for

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
REVISION_TABLE = "alembic_version"
CURRENT_REVISION = text("SELECT version_num FROM alembic_version")
FILE_REMEDY = "name in DATABASE_URL a file that this account may write, in a folder that it may write"
SERVER_REMEDY = "look at DATABASE_URL and at its server"


class WrongSchema(CannotStart):
    """The tables of the database are not those of this version."""


def configuration(url: str) -> "Config":
    """Make Alembic's configuration without a file."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    settings.attributes["url"] = url
    return settings


def revisions() -> tuple[str, ...]:
    """Name the revisions, oldest first: by their files, since a server that only looks need not load Alembic (8 MB)."""
    return tuple(sorted(path.stem.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py")))


def newest_revision() -> str:
    """Name the newest revision.

    Raises
    ------
    WrongSchema
        There is none: the revisions were not installed.
    """
    if not revisions():
        raise WrongSchema("The revisions of the tables are not installed: install the package delphi-platform again.")
    return revisions()[-1]


def upgrade_to_head(url: str) -> None:
    """Bring the tables of a database to the newest revision.

    Raises
    ------
    WrongSchema
        The database cannot be opened or upgraded, or is at a revision that this version does not know.
    """
    newest_revision()
    known_revision(url)
    upgrade_to(url, "head")


def upgrade_to(url: str, revision: str) -> None:
    """Bring the tables of a database to a revision.

    Raises
    ------
    WrongSchema
        They could not be upgraded.
    """
    from alembic import command

    try:
        command.upgrade(configuration(url), revision)
    except DBAPIError as error:
        raise WrongSchema(
            f"The tables could not be upgraded ({_reason(error)}), nothing was changed: "
            "look at what else is in the database, and whether the account in DATABASE_URL owns it."
        ) from error


def check_schema(url: str) -> None:
    """Make sure that the tables of a database are those of this version.

    Raises
    ------
    WrongSchema
        They are not; the message says what to do.
    """
    newest, current = newest_revision(), known_revision(url)
    if current is None:
        raise WrongSchema("The database has no tables yet: run delphi db upgrade.")
    if current != newest:
        raise WrongSchema(
            f"The tables of the database are at revision {current}, this version needs {newest}: run delphi db upgrade."
        )


def checked_database() -> Database:
    """Open the database for a command that needs no other setting, if its tables are those of this version."""
    url = database_url()
    check_schema(url)
    return Database(url)


def known_revision(url: str) -> str | None:
    """Read the revision of a database, None if it has no tables yet; refuse a newer one."""
    revision = _read_revision(url)
    if revision is not None and not knows_revision(revision):
        raise WrongSchema(
            f"The tables of the database are at revision {revision}, which this version does not know: "
            "install the version of Delphi that made them, or a newer one."
        )
    return revision


def knows_revision(revision: str) -> bool:
    """Whether this version can make tables of a revision."""
    return revision in revisions()


def _read_revision(url: str) -> str | None:
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(REVISION_TABLE):
                return None
            revision: str | None = connection.scalar(CURRENT_REVISION)
            return revision
    except DBAPIError as error:
        remedy = FILE_REMEDY if engine.dialect.name == "sqlite" else SERVER_REMEDY
        raise WrongSchema(f"The database cannot be opened ({_reason(error)}): {remedy}.") from None
    finally:
        engine.dispose()


def _reason(error: DBAPIError) -> str:
    """What the database says, in one line."""
    return " ".join(str(error.orig).split())
