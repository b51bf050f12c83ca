"""The application and the command line, composed from the three packages: only here do all three meet."""

import logging
from typing import TYPE_CHECKING

from delphi import cli
from delphi.config import Settings
from delphi.people import cli as people
from exports.cli import analyse, bundle, export
from rounds.demo import cli as demo

if TYPE_CHECKING:
    from flask import Flask

    from delphi.database import Database

log = logging.getLogger(__name__)


def app(settings: Settings | None = None) -> "Flask":
    """Make the application: `gunicorn "wsgi:app()"`. The web stack is loaded only here; `delphi analyse` needs none."""
    if settings is None:  # another server than our own starts it
        settings = cli.settings_or_exit()
        log.warning("Letters, files and deletions need `delphi work` to run beside this server.")
    from delphi.app import blueprints_of, create_app
    from exports.files.worker import Exporter
    from exports.results.figures_worker import Figuring
    from rounds.lifecycle.alarm import ResponseAlarm
    from rounds.lifecycle.attention import attention
    from rounds.lifecycle.closing import Closing
    from rounds.lifecycle.monitor import StopsOfTheDay
    from rounds.lifecycle.overview import under_way
    from rounds.seal.worker import Sealing

    made = create_app(settings, blueprints_of("delphi", "rounds", "exports"))
    database = made.extensions["database"]
    made.extensions["under_way"], made.extensions["attention"] = under_way, attention
    made.extensions["workers"] = [
        Exporter(database, settings.secret_key),
        Closing(database),
        Sealing(database),
        Figuring(database),
        StopsOfTheDay(database),
        ResponseAlarm(database),
    ]
    return made


def __getattr__(name: str) -> "Flask":
    """Make the application when it is asked for by name: `gunicorn wsgi:application`, `flask --app wsgi`."""
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, app())  # type: ignore[no-any-return]


def seal_existing(database: "Database") -> str:
    """Seal the rounds that version 0.1.0 has closed."""
    from delphi import clock
    from rounds.seal import existing

    done = existing.take_all(database, at=clock.now())
    return f"Sealed {done} rounds that version 0.1.0 had closed." if done else ""


main = cli.group(
    app,
    (*people.COMMANDS, *demo.COMMANDS, *analyse.COMMANDS, *export.COMMANDS, *bundle.COMMANDS),
    after_upgrade=(seal_existing,),
)
