"""Commands of preparing and serving: db, account, serve, work. wsgi.py adds those of the other packages."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

import click

from delphi import __version__, config
from delphi.config import CannotStart, Settings
from delphi.errors import Refused

if TYPE_CHECKING:
    from flask import Flask

    from delphi.database import Database

log = logging.getLogger(__name__)
AppFactory = Callable[[Settings], "Flask"]
SECONDS_TO_STOP = 30


class Commands(click.Group):
    """Commands that say in one sentence why they cannot start."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except CannotStart as error:
            raise click.ClickException(str(error)) from None


def group(app_factory: AppFactory, commands: Iterable[click.Command]) -> click.Group:
    """Make the command `delphi` around an application factory."""

    @click.group("delphi", cls=Commands)
    @click.version_option(__version__)
    @click.pass_context
    def main(context: click.Context) -> None:
        """Delphi consensus studies: rounds, anonymous feedback, consensus tables."""
        context.obj = app_factory

    for command in (database_commands, account_commands, serve, work, *commands):
        main.add_command(command)
    return main


def checked_settings() -> Settings:
    """Read the settings, and make sure that the database has the tables of this version."""
    from delphi.migrations import check_schema

    settings = config.from_environment()
    check_schema(settings.database_url)
    return settings


def email_address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Check the form of an e-mail address, as the pages do."""
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(value.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise click.BadParameter(f"“{value}” is not an e-mail address: write name@example.org.") from None
    return value


@click.group("account")
def account_commands() -> None:
    """Accounts of the study team."""


@account_commands.command()
@click.argument("email", callback=email_address)
@click.pass_obj
def create(app_factory: AppFactory, email: str) -> None:
    """Create an account and print the link that sets its password, once and within the hour."""
    _print_link(app_factory, email, new=True)


@account_commands.command()
@click.argument("email")
@click.pass_obj
def link(app_factory: AppFactory, email: str) -> None:
    """Print a new link that sets an account's password."""
    _print_link(app_factory, email, new=False)


def _print_link(app_factory: AppFactory, email: str, *, new: bool) -> None:
    from delphi.web.accounts import one_time_link

    app = app_factory(checked_settings())
    database = app.extensions["database"]
    with app.app_context():
        try:
            click.echo(one_time_link(database, app.extensions["settings"], email, new=new))
        except Refused as error:
            raise click.ClickException(str(error)) from None
        finally:
            database.engine.dispose()


@click.group("db")
def database_commands() -> None:
    """The database's tables."""


@database_commands.command()
def upgrade() -> None:
    """Bring the tables to the newest version."""
    from delphi.migrations import upgrade_to_head

    upgrade_to_head(config.database_url())
    click.echo("The database is up to date.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.pass_obj
def serve(app_factory: AppFactory, host: str, port: int) -> None:
    """Serve the pages, and do beside them what `delphi work` does."""
    app = app_factory(checked_settings())
    if sys.platform == "win32":
        _serve_with_waitress(app, host, port)
    else:
        _serve_with_gunicorn(app, host, port)


def _serve_with_gunicorn(app: "Flask", host: str, port: int) -> None:
    from gunicorn.app.base import BaseApplication

    database = app.extensions["database"]
    workers = 1 if database.engine.dialect.name == "sqlite" else os.cpu_count() or 1
    options = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "threads": 8,
        "worker_class": "gthread",
        "graceful_timeout": 30,
        "control_socket_disable": True,
        "post_fork": lambda _server, _worker: database.engine.dispose(close=False),
        "post_worker_init": lambda _worker: start_loops(loops_of(app)),
        "loglevel": "warning",
    }

    class Server(BaseApplication):
        def load_config(self) -> None:
            assert self.cfg is not None
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> "Flask":
            return app

    click.echo(f"Serving on http://{host}:{port}")
    Server().run()


def _serve_with_waitress(app: "Flask", host: str, port: int) -> None:
    from waitress import serve as waitress

    start_loops(loops_of(app))
    click.echo(f"Serving on http://{host}:{port}")
    waitress(app, host=host, port=port, threads=8)


@click.command()
@click.pass_obj
def work(app_factory: AppFactory) -> None:
    """Send letters, make files and delete what is due, where another server than `delphi serve` has the pages."""
    app = app_factory(checked_settings())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    loops = loops_of(app)
    threads = start_loops(loops)
    try:
        click.echo("Working: letters, files, deletions. Ctrl-C ends it.")
        threading.Event().wait()
    except KeyboardInterrupt:
        stop_loops(loops, threads)
    app.extensions["database"].engine.dispose()


class Loop(Protocol):
    """What is done again and again beside the pages, until its event is set."""

    stop: threading.Event

    def run(self) -> None:
        """Work until told to stop."""


class Deleting:
    """Deletes studies whose waiting time is over, until told to stop."""

    def __init__(self, database: "Database", every: float = 3600) -> None:
        self.database, self.every = database, every
        self.stop = threading.Event()

    def run(self) -> None:
        """Look every hour; a failure is logged and tried again."""
        from delphi import clock
        from delphi.studies import retention

        while not self.stop.is_set():
            try:
                with self.database.transaction() as session:
                    for slug in retention.wipe_due(session, at=clock.now()):
                        log.warning("study deleted after its waiting time: %s", slug)
            except Exception:
                log.exception("deleting")
            self.stop.wait(self.every)


def loops_of(app: "Flask") -> list[Loop]:
    """List what works beside the pages: the post, the deleting, and whatever the application was given to run."""
    from delphi.people.postman import Postman

    database = app.extensions["database"]
    return [Postman(database, app.extensions["settings"]), Deleting(database), *app.extensions["workers"]]


def start_loops(loops: Iterable[Loop]) -> list[threading.Thread]:
    """Start each loop in a thread of its own, that ends with the process."""
    threads = [threading.Thread(target=loop.run, name=type(loop).__name__, daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    return threads


def stop_loops(loops: Iterable[Loop], threads: Iterable[threading.Thread]) -> None:
    """Let each loop finish the piece of work in its hands; what takes longer is begun anew by the next one."""
    for loop in loops:
        loop.stop.set()
    end = time.monotonic() + SECONDS_TO_STOP
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
