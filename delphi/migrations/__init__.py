"""Revisions of the tables, and bringing a database to the newest one."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def configuration(url: str) -> Config:
    """Make Alembic's configuration without a file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["url"] = url
    return settings


def upgrade_to_head(url: str) -> None:
    """Bring the tables of a database to the newest revision."""
    command.upgrade(configuration(url), "head")
