"""The server of a demonstration: waited for as long as it lives, and heard when it ends."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

import wsgi
from rounds.demo import server as demo

SLOW = """
import time, wsgi
time.sleep(2)
wsgi.main()
"""


@pytest.fixture
def server(monkeypatch):
    """Put another program in the place of the server: a function takes its source."""

    def replace(source):
        really = subprocess.Popen

        def start(command, **options):
            return really([sys.executable, "-c", source, *command[3:]], **options)

        monkeypatch.setattr(demo.subprocess, "Popen", start)

    return replace


def started(tmp_path):
    return demo.demo_server(f"sqlite:///{tmp_path / 'delphi.sqlite3'}", 0, tmp_path)


def test_a_slow_server_is_waited_for(tmp_path, server, monkeypatch):
    server(SLOW)
    tries = []
    monkeypatch.setattr(
        demo.time, "sleep", lambda _: tries.append(None)
    )  # a busy machine: hundreds of tries, one by one
    with started(tmp_path) as running:
        assert running.process.poll() is None
    assert len(tries) > 300


def test_a_server_that_ends_is_told_with_its_last_line(tmp_path, server):
    server("import sys; sys.exit('first\\nno room on the disk\\n')")
    with (
        pytest.raises(demo.ServerStopped, match=r"stopped: no room on the disk \(all of it: .*server\.log\)$"),
        started(tmp_path),
    ):
        pass


def test_a_server_that_ends_later_is_told_too(tmp_path, server):
    def lose(running):
        running.process.kill()
        raise ConnectionRefusedError

    server("print('busy until the end', flush=True); import wsgi; wsgi.main()")
    with pytest.raises(demo.ServerStopped, match="stopped: "), started(tmp_path) as running:
        lose(running)


def test_what_is_no_fault_of_the_server_is_raised(tmp_path):
    with pytest.raises(ConnectionRefusedError), started(tmp_path):
        raise ConnectionRefusedError


def test_a_silent_end_is_told(tmp_path, server):
    server("")
    with pytest.raises(demo.ServerStopped, match="it wrote nothing"), started(tmp_path):
        pass


def test_the_command_says_it_in_one_sentence(tmp_path, server):
    server("import sys; sys.exit('no room on the disk')")
    done = CliRunner().invoke(wsgi.main, ["demo", "--no-serve", "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert done.output.startswith("Error: The server of the demonstration stopped: no room on the disk (all of it: ")


def test_a_wrong_database_is_said_in_one_sentence(tmp_path):
    done = CliRunner().invoke(wsgi.main, ["demo", "--database", "mysql://host/name", "--out", str(tmp_path)])
    assert (done.exit_code, done.output.startswith("Error: DATABASE_URL begins with mysql://")) == (1, True)
