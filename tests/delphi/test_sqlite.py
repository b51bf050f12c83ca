"""Writers queue on SQLite, leave threads to those who read, and write again after the file was read-only."""

import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from databases import one_engine
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from delphi.database import Database
from delphi.failures import WritersBusy
from delphi.sqlite import A_MOMENT, READERS, WritersQueue

OPEN = """
import sqlite3, sys
opened = sqlite3.connect(sys.argv[1])
print(opened.execute("SELECT count(*) FROM said").fetchone(), flush=True)
sys.stdin.read()
"""


@contextmanager
def taken(queue: WritersQueue):
    """Let somebody write for as long as this lasts."""
    queue.enter(None)
    yield
    queue.leave()


def test_who_waits_to_write_gives_up_in_time():
    queue, began = WritersQueue(), time.monotonic()
    with taken(queue), pytest.raises(WritersBusy):
        queue.enter(0.1)
    assert 0.1 <= time.monotonic() - began < 5
    assert queue.enter(1) > 0


def test_what_was_waited_is_not_waited_again_for_others():
    queue = WritersQueue()
    queue.enter(None)
    threading.Timer(0.3, queue.leave).start()
    assert 0 < queue.enter(10) <= 9.8


def test_some_threads_are_always_left_to_readers():
    queue, threads = WritersQueue(5), 5
    with taken(queue), ThreadPoolExecutor(threads) as pool:
        waiting = [pool.submit(queue.enter, 3) for _ in range(threads - 1)]
        time.sleep(2 * A_MOMENT)
        assert [one.done() for one in waiting].count(True) == READERS
        assert isinstance(pool.submit(queue.enter, 3).exception(A_MOMENT), WritersBusy)
        assert [type(one.exception()) for one in waiting] == [WritersBusy] * (threads - 1)


def test_where_turns_change_quickly_everybody_waits():
    queue, threads = WritersQueue(5), 12

    def write(_):
        queue.enter(10)
        time.sleep(0.1)
        queue.leave()

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(write, range(threads))) == [None] * threads


@one_engine
def test_a_request_waits_for_another_process_as_long_as_it_may(database):
    for wait, expected in ((0.5, 500), (None, 10_000), (3, 3000)):
        with database.transaction(wait=wait) as session:
            assert session.scalar(text("PRAGMA busy_timeout")) == pytest.approx(expected, abs=100)


@one_engine
def test_a_transaction_that_fails_lets_the_next_writer_in(database):
    with pytest.raises(ValueError, match="no"), database.transaction():
        raise ValueError("no")
    with database.transaction(wait=1) as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_a_file_is_written_again_once_nobody_only_reads(tmp_path):
    path = str(tmp_path / "one.sqlite3")
    database = Database(f"sqlite:///{path}")
    say(database)
    with opened_elsewhere(path), only_reading(database.engine, path):
        reading = database.engine.connect()
        with pytest.raises(OperationalError, match="readonly"):
            say(database)
    threading.Timer(0.3, reading.close).start()  # as long as it is open, all others of this process can only read, too
    say(database)
    with database.transaction(writing=False) as session:
        assert session.scalar(text("SELECT count(*) FROM said")) == 2
    database.engine.dispose()


def say(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS said (word TEXT)"))
        session.execute(text("INSERT INTO said VALUES ('yes')"))


@contextmanager
def opened_elsewhere(path):
    """Let another process have the file open, so that what is beside it stays there."""
    command = [sys.executable, "-c", OPEN, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline()
        yield
        other.communicate()


@contextmanager
def only_reading(engine, path):
    """Let connections that are opened meanwhile only read, and what SQLite shares between them, too."""

    def connect(*_arguments):
        name = f"file:{path}?mode=ro&readonly_shm=1"
        return sqlite3.connect(name, uri=True, isolation_level=None, check_same_thread=False)

    engine.dispose()
    event.listen(engine, "do_connect", connect)
    yield
    event.remove(engine, "do_connect", connect)
