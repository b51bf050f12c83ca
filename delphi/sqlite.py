"""How SQLite is reached: by one writer at a time, who waits in a queue, and anew after its file was read-only."""

import os
import sqlite3
import threading
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from delphi.alphabet import sort_key
from delphi.config import SERVER_THREADS
from delphi.failures import WritersBusy, is_read_only
from delphi.host_queue import HostQueue

PATIENCE = 10.0  # seconds that work beside the pages waits for another process
A_MOMENT = 0.5  # seconds of one turn after which nobody waits where the threads for readers would be used up
READERS = 2  # threads that never wait for long to write
SECONDS_TO_REOPEN = 5.0  # after the file was found to be read-only
SECONDS_TO_CLOSE = 1.0  # that a connection waits then for the last of the others
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={PATIENCE * 1000:.0f}",
    "foreign_keys=ON",
    "secure_delete=ON",
)


class WritersQueue:
    """Lets the writers of one SQLite process in one by one, in turn with other processes of this host.

    They wait here and not for SQLite's busy handler, which is unfair (p99 40 times longer). Some threads are left to
    readers: where all others wait already, whoever comes goes on waiting only while the turns change quickly.
    """

    def __init__(self, threads: int = SERVER_THREADS, *, database: str | None = None) -> None:
        self._host = HostQueue(database)
        self._turn = threading.Lock()
        self._places = threading.Semaphore(max(1, threads - READERS - 1))  # one more thread writes
        self._since = 0.0

    def enter(self, wait: float | None) -> float:
        """Wait for the turn; what is left of the time, for another process that writes.

        Raises
        ------
        WritersBusy
            The turn did not come within so many seconds; without a number it is waited for.
        """
        if wait is None:
            self._turn.acquire()
            self._since = time.monotonic()
            return max(self._host.enter(PATIENCE), A_MOMENT)
        began = time.monotonic()
        placed = self._places.acquire(blocking=False)
        try:
            if not (self._turn.acquire(timeout=wait) if placed else self._comes_soon(began + wait)):
                raise WritersBusy
        finally:
            if placed:
                self._places.release()
        self._since = time.monotonic()
        return self._host.enter(max(0.0, wait - (self._since - began)))

    def _comes_soon(self, end: float) -> bool:
        while (now := time.monotonic()) < end and now - self._since < A_MOMENT:
            if self._turn.acquire(timeout=A_MOMENT / 10):
                return True
        return self._turn.acquire(blocking=False)

    def leave(self) -> None:
        """Let the next writer in."""
        self._host.leave()
        self._turn.release()


def engine_for(url: str) -> Engine:
    """Make an engine that begins for itself, with our pragmas."""
    engine = create_engine(
        url, hide_parameters=True, connect_args={"isolation_level": None, "check_same_thread": False}
    )
    event.listen(engine, "do_connect", _make_file)
    Reopening().listen(engine)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


class Reopening:
    """Lets a file that was read-only be written again.

    What SQLite has opened to be read alone, it shares with all connections of the process until the last one is closed. So
    after such a failure none that was open is kept, and a new one waits for a moment in which there is no other.
    """

    def __init__(self) -> None:
        self._failed_at = float("-inf")
        self._open = 0
        self._closed = threading.Condition()

    def listen(self, engine: Engine) -> None:
        """Follow the connections of an engine."""
        event.listen(engine, "handle_error", self._on_error)
        event.listen(engine, "do_connect", self._on_do_connect)
        event.listen(engine, "connect", self._on_connect)
        event.listen(engine, "checkin", self._on_checkin)
        event.listen(engine, "close", self._on_close)

    def _on_error(self, context: ExceptionContext) -> None:
        if context.engine is not None and is_read_only(context.sqlalchemy_exception):
            self._failed_at = time.monotonic()
            context.engine.dispose()

    def _is_doubtful(self, opened_at: float) -> bool:
        return opened_at - self._failed_at < SECONDS_TO_REOPEN

    def _on_do_connect(self, *_arguments: Any) -> None:
        if self._is_doubtful(time.monotonic()):
            with self._closed:
                self._closed.wait_for(lambda: not self._open, SECONDS_TO_CLOSE)

    def _on_connect(self, _connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info["opened_at"] = time.monotonic()
        with self._closed:
            self._open += 1

    def _on_checkin(self, _connection: Any, record: ConnectionPoolEntry) -> None:
        if self._is_doubtful(record.info.get("opened_at", 0.0)):
            record.invalidate()

    def _on_close(self, connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        """Close it here, before the pool does, to say then that it is closed."""
        connection.close()
        with self._closed:
            self._open -= 1
            self._closed.notify_all()


def _make_file(_dialect: Any, _record: Any, arguments: list[Any], _options: dict[str, Any]) -> None:
    """Make a new database's file one that its owner alone may read; the files beside it follow."""
    with suppress(OSError):  # it is there already, or SQLite says why it cannot be made
        os.close(os.open(arguments[0], os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("sort_key", 2, sort_key, deterministic=True)


def _on_begin(connection: Connection) -> None:
    """Begin for ourselves: the driver's own habits lose savepoints and upgrade locks too late."""
    options = connection.get_execution_options()
    writing = options.get("writing", True)
    if writing:
        _wait_for_others(connection, options.get("wait", PATIENCE))
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _wait_for_others(connection: Connection, wait: float) -> None:
    """Set how long SQLite waits for another process, where that changes."""
    milliseconds = round(wait * 10) * 100
    if connection.info.get("busy_timeout", round(PATIENCE * 1000)) != milliseconds:
        connection.connection.driver_connection.execute(f"PRAGMA busy_timeout={milliseconds}")  # type: ignore[union-attr]  # it is open
        connection.info["busy_timeout"] = milliseconds
