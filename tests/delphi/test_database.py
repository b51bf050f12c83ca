"""Writers queue on SQLite, and leave threads to those who read."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from databases import one_engine
from sqlalchemy import text

from delphi.database import A_MOMENT, READERS, WritersQueue
from delphi.failures import WritersBusy


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
