"""`delphi serve` with `delphi work` beside it, as processes of their own."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from mailbox import listening
from pathlib import Path

import pytest
from browsing import SECRET
from builders import Cast

from delphi import clock
from delphi.database import Database
from delphi.model.study import Role
from delphi.studies import team
from rounds.demo.server import free_port

COMMAND = "import wsgi; wsgi.main()"


@contextmanager
def serving(settings, mail_url, *options):
    """A server that answers."""
    port = free_port(0)
    url = f"http://127.0.0.1:{port}"
    environment = {
        "DATABASE_URL": settings.database_url,
        "PUBLIC_URL": url,
        "SECRET_KEY": SECRET,
        "SECURITY_PASSWORD_SALT": SECRET,
        "MAIL_URL": mail_url,
    }
    command = [sys.executable, "-c", COMMAND, "serve", "--port", str(port), *options]
    server = subprocess.Popen(command, env=os.environ | environment)
    try:
        until(lambda: answers(url))
        yield server
    finally:
        server.terminate()
        server.wait(40)


def answers(url):
    try:
        return urllib.request.urlopen(f"{url}/account/sign-in").status == 200
    except OSError:
        return False


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)
    return found


def working(server):
    """The processes that work beside a server."""
    tasks = Path(f"/proc/{server.pid}/task").glob("*/children") if server.poll() is None else ()
    pids = [pid for children in tasks for pid in children.read_text().split()]
    return [int(pid) for pid in pids if b"\0work\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def lives(pid):
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def invited(settings):
    """A letter to a new member of a team that is due."""
    database = Database(settings.database_url)
    with database.transaction() as session:
        cast = Cast.enter(session)
        team.invite(session, cast.study, "new@example.org", Role.VIEWER, by=cast.ada.id, at=clock.now())
    database.engine.dispose()


def test_one_process_works_beside_the_server_and_ends_with_it(settings, invited):
    with listening() as mailbox, serving(settings, mailbox.url) as server:
        until(lambda: mailbox.messages)
        (work,) = working(server)
        server.terminate()
        assert server.wait(40) == 0
        assert not lives(work)


def test_work_that_was_killed_is_started_again(settings, invited):
    with listening() as mailbox, serving(settings, mailbox.url) as server:
        (first,) = until(lambda: working(server))
        os.kill(first, signal.SIGKILL)
        until(lambda: working(server) not in ([first], []))
        until(lambda: mailbox.messages)


def test_work_ends_when_its_server_was_killed(settings):
    with listening() as mailbox, serving(settings, mailbox.url) as server:
        (work,) = until(lambda: working(server))
        server.kill()
        server.wait()
        until(lambda: not lives(work))


def test_a_server_of_the_web_alone_starts_no_work(settings):
    with serving(settings, "", "--web-only") as server:
        time.sleep(0.5)
        assert working(server) == []
