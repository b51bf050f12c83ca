"""Revisions of the tables, bringing a database to the newest one, and saying when it is at another."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from delphi.config import CannotStart, database_url
from delphi.database import Database, engine_for

FOLDER = Path(__file__).parent
FILE_REMEDY = "name in DATABASE_URL a file that this account may write, in a folder that it may write"
SERVER_REMEDY = "look at DATABASE_URL and at its server"


class WrongSchema(CannotStart):
    """The tables of the database are not those of this version."""


def configuration(url: str) -> Config:
    """Make Alembic's configuration without a file."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    settings.attributes["url"] = url
    return settings


def newest_revision() -> str:
    """Name the newest revision.

    Raises
    ------
    WrongSchema
        There is none: the revisions were not installed.
    """
    head = ScriptDirectory.from_config(configuration("")).get_current_head()
    if head is None:
        raise WrongSchema("The revisions of the tables are not installed: install the package delphi-platform again.")
    return head


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
    return revision in {script.revision for script in ScriptDirectory.from_config(configuration("")).walk_revisions()}


def _read_revision(url: str) -> str | None:
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        remedy = FILE_REMEDY if engine.dialect.name == "sqlite" else SERVER_REMEDY
        raise WrongSchema(f"The database cannot be opened ({_reason(error)}): {remedy}.") from None
    finally:
        engine.dispose()


def _reason(error: DBAPIError) -> str:
    """What the database says, in one line."""
    return " ".join(str(error.orig).split())
