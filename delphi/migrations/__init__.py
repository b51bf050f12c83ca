"""Revisions of the tables, bringing a database to the newest one, and saying when it is at another."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from delphi.config import CannotStart
from delphi.database import engine_for


class WrongSchema(CannotStart):
    """The tables of the database are not those of this version."""


def configuration(url: str) -> Config:
    """Make Alembic's configuration without a file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
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
        The database cannot be opened, or this version does not know its revision.
    """
    newest_revision()
    if (current := _current_revision(url)[0]) is not None and not _is_known(current):
        raise WrongSchema(_NEWER.format(current))
    command.upgrade(configuration(url), "head")


def check_schema(url: str) -> None:
    """Make sure that the tables of a database are those of this version.

    Raises
    ------
    WrongSchema
        They are not; the message says what to do.
    """
    head = newest_revision()
    current, is_empty = _current_revision(url)
    if current == head:
        return
    if current is None:
        raise WrongSchema(
            "The database has no tables yet: run delphi db upgrade."
            if is_empty
            else "The database holds tables that are not Delphi's: name another one in DATABASE_URL."
        )
    if not _is_known(current):
        raise WrongSchema(_NEWER.format(current))
    raise WrongSchema(
        f"The tables of the database are at revision {current}, this version needs {head}: run delphi db upgrade."
    )


_NEWER = "The tables of the database are at revision {}, which this version does not know: install a newer version."


def _is_known(revision: str) -> bool:
    scripts = ScriptDirectory.from_config(configuration(""))
    return revision in {script.revision for script in scripts.walk_revisions()}


def _current_revision(url: str) -> tuple[str | None, bool]:
    """Read the revision of a database, and whether it holds no table at all."""
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            return revision, not (set(inspect(connection).get_table_names()) - {"alembic_version"})
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise WrongSchema(
            f"The database cannot be opened ({reason}): look at DATABASE_URL and at its server."
        ) from None
    finally:
        engine.dispose()
