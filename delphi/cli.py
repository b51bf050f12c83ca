"""Commands of preparing and serving: db, account, serve, work. wsgi.py adds those of the other packages."""

import gc
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from delphi import __version__, config
from delphi.commands.accounts import AppFactory, account_commands
from delphi.commands.backup import backup, restore, upgrade
from delphi.commands.database import AFTER_UPGRADE, AfterUpgrade, database_commands
from delphi.commands.doctor import doctor
from delphi.commands.settings import checked_settings, config_command
from delphi.config import CannotStart, Settings

if TYPE_CHECKING:
    from flask import Flask

    from delphi.worker import Loop

OPERATING = (config_command, doctor, database_commands, backup, restore, upgrade)
WILL_NOT_LOAD = 4  # gunicorn ends at this exit status of a worker, and starts it anew at most others
INHERITED = ("LISTEN_FDS", "GUNICORN_FD")  # sockets that systemd or an older server has opened for us


class Commands(click.Group):
    """Commands that say in one sentence why they cannot start."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except CannotStart as error:
            raise click.ClickException(str(error)) from None


def group(
    app_factory: AppFactory, commands: Iterable[click.Command], after_upgrade: Sequence[AfterUpgrade] = ()
) -> click.Group:
    """Make the command `delphi` around an application factory; ``after_upgrade`` runs at the end of `delphi db upgrade`."""

    @click.group("delphi", cls=Commands)
    @click.version_option(__version__)
    @click.pass_context
    def main(context: click.Context) -> None:
        """Delphi consensus studies: rounds, anonymous feedback, consensus tables."""
        context.obj = app_factory
        context.meta[AFTER_UPGRADE] = after_upgrade

    for command in (*OPERATING, account_commands, serve, work, *commands):
        main.add_command(command)
    return main


def settings_or_exit() -> Settings:
    """Read the settings for another server; where it cannot start, it ends with the sentence and no traceback."""
    try:
        return checked_settings()
    except CannotStart as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(WILL_NOT_LOAD) from None


def _running(app_factory: AppFactory) -> "Flask":
    """Make the application that sends letters, and say so if it cannot."""
    settings = checked_settings()
    if settings.mail_url is None:
        click.echo("MAIL_URL is not set, so no letter is sent: write smtp://user:password@host:port.", err=True)
    return app_factory(settings)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of this host to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--web-only", is_flag=True, help="Serve the pages alone: `delphi work` runs by itself, here or on another host."
)
@click.pass_obj
def serve(app_factory: AppFactory, host: str, port: int, *, web_only: bool) -> None:
    """Serve the pages, with a process beside them that does what `delphi work` does."""
    if sys.platform != "win32" and not any(name in os.environ for name in INHERITED):
        _check_free(host, port)
    with metrics_folder():
        _serve(app_factory, host, port, web_only=web_only)


def _serve(app_factory: AppFactory, host: str, port: int, *, web_only: bool) -> None:
    app = _running(app_factory)
    read_templates(app)
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not look at it, not even when the server ends
    sys.setswitchinterval(0.0005)  # seconds that a save waits, ten times, for a thread that computes
    click.echo(f"Serving {app.extensions['settings'].public_url} on {host}:{port}")
    if sys.platform == "win32":
        _serve_with_waitress(app, host, port, web_only=web_only)
    else:
        _serve_with_gunicorn(app, host, port, web_only=web_only)


@contextmanager
def metrics_folder() -> Iterator[None]:
    """Lend the processes of this server a folder in which their figures add up; it is theirs alone, and goes with the server."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ or config.from_environment().metrics_token is None:
        yield
        return
    folder, owner = tempfile.mkdtemp(prefix="delphi-metrics-"), os.getpid()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    try:
        yield
    finally:
        if os.getpid() == owner:  # a worker ends here, too
            shutil.rmtree(folder, ignore_errors=True)


def read_templates(app: "Flask") -> None:
    """Read every page's template once, before the server forks: no first opening of a page waits for it."""
    for name in app.jinja_env.list_templates(["html"]):
        app.jinja_env.get_template(name)


def _check_free(host: str, port: int) -> None:
    """Make sure that a server can listen here: gunicorn would try for five seconds, with two lines in the log each time."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host.strip("[]"), port))
    except OSError as error:
        raise CannotStart(
            f"No server can listen on {host}:{port} ({error.strerror}): choose another --port or --host, or end what has it."
        ) from None


def _serve_with_gunicorn(app: "Flask", host: str, port: int, *, web_only: bool) -> None:
    from gunicorn.app.base import BaseApplication

    bind = f"[{host.strip('[]')}]:{port}" if ":" in host else f"{host}:{port}"

    class Server(BaseApplication):
        def load_config(self) -> None:
            assert self.cfg is not None
            for name, value in (_gunicorn_options(app, bind) | ({} if web_only else _work_beside())).items():
                self.cfg.set(name, value)

        def load(self) -> "Flask":
            return app

    Server().run()


def _gunicorn_options(app: "Flask", bind: str) -> dict[str, Any]:
    from delphi.web_process import ServerLog, WebWorker

    database = app.extensions["database"]
    return {
        "bind": bind,
        "workers": 1 if database.engine.dialect.name == "sqlite" else os.cpu_count() or 1,
        "threads": config.SERVER_THREADS,
        "worker_class": WebWorker,
        "logger_class": ServerLog,
        "graceful_timeout": 30,
        "control_socket_disable": True,
        "post_fork": lambda _server, _worker: database.engine.dispose(close=False),
        "loglevel": "warning",
    }


def _work_beside() -> dict[str, Any]:
    from delphi.work_process import WorkProcess

    working = WorkProcess("--beside")
    return {"when_ready": lambda _server: working.start(), "on_exit": lambda _server: working.stop()}


def _serve_with_waitress(app: "Flask", host: str, port: int, *, web_only: bool) -> None:
    from waitress import serve as waitress

    from delphi.worker import start_loops

    start_loops([] if web_only else loops_of(app))
    waitress(app, host=host, port=port, threads=config.SERVER_THREADS)


@click.command()
@click.option("--beside", is_flag=True, hidden=True, help="Say nothing, and end with the server that started it.")
@click.pass_obj
def work(app_factory: AppFactory, *, beside: bool) -> None:
    """Send letters, make files, destroy names and delete what is due, where nothing else does it beside the pages."""
    from delphi.worker import start_loops, stop_loops

    app = app_factory(checked_settings()) if beside else _running(app_factory)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    loops = loops_of(app)
    threads = start_loops(loops)
    with suppress(KeyboardInterrupt):
        if beside:
            sys.stdin.buffer.read()  # ends when the server does, also when it was killed
        else:
            click.echo("Working: letters, files, deletions. Ctrl-C ends it.")
            threading.Event().wait()
    stop_loops(loops, threads)
    app.extensions["database"].engine.dispose()


def loops_of(app: "Flask") -> list["Loop"]:
    """List what works beside the pages: the post, the severing, the deleting, and whatever the application was given to run."""
    from delphi.people.bounce_box import BounceBox
    from delphi.people.postman import Postman
    from delphi.people.severing import Severing
    from delphi.studies.retention import Deleting

    database, settings = app.extensions["database"], app.extensions["settings"]
    post = [Postman(database, settings), *([BounceBox(database, settings)] if settings.bounces_url else [])]
    return [*post, Severing(database), Deleting(database), *app.extensions["workers"]]
