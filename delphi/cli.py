"""Commands of preparing and serving: db, account, serve. wsgi.py adds those of the other packages."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from delphi import __version__, config
from delphi.config import MissingSetting
from delphi.errors import Refused

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)
AppFactory = Callable[[], "Flask"]


def group(app_factory: AppFactory, commands: Iterable[click.Command]) -> click.Group:
    """Make the command `delphi` around an application factory."""

    @click.group("delphi")
    @click.version_option(__version__)
    @click.pass_context
    def main(context: click.Context) -> None:
        """Delphi consensus studies: rounds, anonymous feedback, consensus tables."""
        context.obj = app_factory

    for command in (database_commands, account_commands, serve, *commands):
        main.add_command(command)
    return main


def made(app_factory: AppFactory) -> "Flask":
    """Make the application, or say which setting is missing."""
    try:
        return app_factory()
    except MissingSetting as error:
        raise click.ClickException(str(error)) from None


@click.group("account")
def account_commands() -> None:
    """Accounts of the study team."""


@account_commands.command()
@click.argument("email")
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

    app = made(app_factory)
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
    """Serve the pages, and send the mail."""
    app = made(app_factory)
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
        "post_worker_init": lambda _worker: start_workers(app),
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

    start_workers(app)
    click.echo(f"Serving on http://{host}:{port}")
    waitress(app, host=host, port=port, threads=8)


def start_workers(app: "Flask") -> None:
    """Start what works beside the pages: the post, the deleting, and whatever the application was given to run."""
    start_postman(app)
    start_deleting(app)
    for work in app.extensions["workers"]:
        threading.Thread(target=work, name="worker", daemon=True).start()


def start_postman(app: "Flask") -> threading.Thread:
    """Send mail from a thread of this process."""
    from delphi.people.postman import Postman

    postman = Postman(app.extensions["database"], app.extensions["settings"])
    thread = threading.Thread(target=postman.run, name="postman", daemon=True)
    thread.start()
    return thread


def start_deleting(app: "Flask", every: float = 3600) -> threading.Thread:
    """Delete studies whose waiting time is over, from a thread of this process."""
    from delphi import clock
    from delphi.studies import retention

    def run() -> None:
        while True:
            try:
                with app.extensions["database"].transaction() as session:
                    for slug in retention.wipe_due(session, at=clock.now()):
                        log.warning("study deleted after its waiting time: %s", slug)
            except Exception:
                log.exception("deleting")
            stop.wait(every)

    stop = threading.Event()
    thread = threading.Thread(target=run, name="deleting", daemon=True)
    thread.start()
    return thread
