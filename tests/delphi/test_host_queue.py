"""Two processes that write one SQLite file take turns."""

import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from delphi.database import Database
from delphi.host_queue import HostQueue

FLAT_OUT = """
import sys
from sqlalchemy import text
from delphi.database import Database
database = Database(sys.argv[1])
while True:
    with database.transaction() as session:
        session.execute(text("UPDATE turn SET n = n + 1"))
"""
COUNT = text("SELECT n FROM turn")


@pytest.fixture
def file(tmp_path):
    """A database in which another process writes without a pause."""
    url = f"sqlite:///{tmp_path / 'turns.sqlite3'}"
    database = Database(url)
    with database.transaction() as session:
        session.execute(text("CREATE TABLE turn (n INTEGER)"))
        session.execute(text("INSERT INTO turn VALUES (0)"))
    other = subprocess.Popen([sys.executable, "-c", FLAT_OUT, url])
    try:
        end = time.monotonic() + 60
        while turns(database) < 5:
            assert time.monotonic() < end, "the other process does not write"
        yield database, other
    finally:
        other.kill()
        other.wait()
        database.engine.dispose()


def turns(database):
    with database.transaction(writing=False) as session:
        return session.execute(COUNT).scalar_one()


def waited(database):
    """How many turns another process had before we had one, after a pause in which it got going."""
    time.sleep(0.02)
    before = turns(database)
    with database.transaction() as session:
        return session.execute(COUNT).scalar_one() - before


def test_nobody_has_many_turns_while_another_process_waits(file):
    database, _ = file
    passed_over = sorted(waited(database) for _ in range(20))
    assert passed_over[14] <= 3  # one in hand, and what came between looking and asking


def test_a_killed_process_leaves_no_lock_behind(file):
    database, other = file
    for _ in range(3):
        waited(database)
    other.kill()
    other.wait()
    began = time.monotonic()
    waited(database)
    assert time.monotonic() - began < 5


def test_who_waits_in_vain_for_a_turn_is_let_go(tmp_path):
    code = "import sys, time; from delphi.host_queue import HostQueue; held = HostQueue(sys.argv[1]); held.enter(9)"
    code += "; print('mine', flush=True); time.sleep(60)"
    place = str(tmp_path / "held.sqlite3")
    with subprocess.Popen([sys.executable, "-c", code, place], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"mine\n"
        queue = HostQueue(place)
        assert queue.enter(0.05) == 0
        holder.kill()
        assert queue.enter(9) > 0


@pytest.mark.parametrize("place", [None, ":memory:", "/no/such/folder/x.sqlite3"])
def test_without_a_file_there_is_no_queue(place):
    assert HostQueue(place).enter(9) == 9
