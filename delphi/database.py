"""Sessions and transactions: the only commit in the code base (ARCHITECTURE 4, TRUST 8.2)."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, Select, String, cast, create_engine, event, func, select
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from delphi import postgresql
from delphi.config import SERVER_THREADS
from delphi.failures import Failure, WritersBusy, failure_of
from delphi.host_queue import HostQueue
from delphi.model.base import Base

PATIENCE = 10.0  # seconds that work beside the pages waits for another process
A_MOMENT = 0.5  # seconds of one turn after which nobody waits where the threads for readers would be used up
SECONDS_TO_REOPEN = 5.0  # after the file was found to be read-only
READERS = 2  # threads that never wait for long to write
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={PATIENCE * 1000:.0f}",
    "foreign_keys=ON",
    "secure_delete=ON",
)
_read_only_at = float("-inf")
Entity = TypeVar("Entity", bound=Base)


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


class Database:
    """An engine with its rules: one transaction a request, writers in a queue on SQLite."""

    def __init__(self, url: str) -> None:
        self.engine = engine_for(url)
        self._engines: dict[tuple[bool, int], Engine] = {}  # with their options, of which there are few: made once
        self.writers = WritersQueue(database=self.engine.url.database) if self.engine.dialect.name == "sqlite" else None

    def session(self, *, writing: bool, wait: float = PATIENCE) -> Session:
        """Open a session; a writing one begins with the write lock on SQLite, and waits so long for other processes."""
        return Session(self._engine_with(writing, _tenths(wait)), autoflush=False)

    def _engine_with(self, writing: bool, tenths: int) -> Engine:  # noqa: FBT001 (a key)
        if (writing, tenths) not in self._engines:
            self._engines[writing, tenths] = self.engine.execution_options(writing=writing, wait=tenths / 10)
        return self._engines[writing, tenths]

    @contextmanager
    def transaction(self, *, writing: bool = True, wait: float | None = None) -> Iterator[Session]:
        """One session and one transaction: leaving commits, raising rolls back."""
        session = self.begin(writing=writing, wait=wait)
        try:
            yield session
            self._commit(session)
        finally:
            self.close(session)

    def begin(self, *, writing: bool, wait: float | None = None) -> Session:
        """Open a session that `end` and `close` will finish; a writer waits for its turn, at most so many seconds."""
        left = self.writers.enter(wait) if writing and self.writers else PATIENCE
        session = self.session(writing=writing, wait=left)
        session.info["writing"] = session.info["for_change"] = writing
        return session

    def connect(self, *, wait: float) -> Connection:
        """Begin to write without a session, for what loads no object; `end` and `close` finish it."""
        left = self.writers.enter(wait) if self.writers else PATIENCE
        try:
            connection = self._engine_with(True, _tenths(left)).connect()
            connection.begin()
        except BaseException:
            if self.writers:
                self.writers.leave()
            raise
        return connection

    def session_on(self, connection: Connection) -> Session:
        """A session that reads within the transaction of a connection, which goes on to decide what is kept."""
        session = Session(connection, autoflush=False, join_transaction_mode="rollback_only")
        session.info["writing"] = session.info["for_change"] = True
        return session

    def end(self, work: Session | Connection, *, keep: bool) -> None:
        """Commit what was decided, or roll it back; a failing commit raises."""
        if keep and is_writing(work):
            self._commit(work)
        else:
            work.rollback()

    def _commit(self, work: Session | Connection) -> None:
        try:
            work.commit()
        except Exception:
            work.invalidate()  # nobody knows in which state its connection is
            raise

    def close(self, work: Session | Connection) -> None:
        """Close a session or a connection, and let the next writer in."""
        try:
            work.close()
        finally:
            if is_writing(work) and self.writers:
                self.writers.leave()


def is_writing(work: Session | Connection) -> bool:
    """Whether a session was opened to write; a connection is."""
    return isinstance(work, Connection) or bool(work.info["writing"])


def _tenths(wait: float) -> int:
    return round(wait * 10)


def engine_for(url: str) -> Engine:
    """Make an engine that keeps our rules on either database."""
    engine = _sqlite_engine(url) if url.startswith("sqlite") else postgresql.engine_for(url)
    event.listen(engine, "handle_error", _on_error)
    return engine


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"isolation_level": None, "check_same_thread": False}
    )
    event.listen(engine, "do_connect", _on_do_connect)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    event.listen(engine, "checkin", _on_checkin)
    return engine


def _on_checkin(_connection: Any, record: ConnectionPoolEntry) -> None:
    """Keep no connection that may have been opened to be read only."""
    if time.monotonic() - _read_only_at < SECONDS_TO_REOPEN:
        record.invalidate()


def _on_do_connect(_dialect: Any, _record: Any, arguments: list[Any], _options: dict[str, Any]) -> None:
    """Make a new database's file one that its owner alone may read; the files beside it follow."""
    with suppress(OSError):  # it is there already, or SQLite says why it cannot be made
        os.close(os.open(arguments[0], os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _on_error(context: ExceptionContext) -> None:
    """Let go of connections that only read: the file may be writable by now, or another server be the one that writes.

    Of all at once, and none is kept for a while: on SQLite what one has opened to be read is shared by all of its process.
    """
    global _read_only_at  # noqa: PLW0603 (a process has one database)
    error = context.sqlalchemy_exception
    if error is not None and context.engine is not None and failure_of(error) is Failure.READ_ONLY:
        context.is_disconnect = True
        context.engine.dispose()
        _read_only_at = time.monotonic()


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


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


def locked(session: Session, kind: type[Entity], key: tuple[Any, ...], *, share: bool = False) -> Entity | None:
    """Lock a row and look at it as it is now: a plain lock would give an already loaded object's old attributes."""
    session.flush()  # looking again must not lose what was decided and not yet written
    return session.get(kind, key, with_for_update={"read": share}, populate_existing=True)


def lock_all(session: Session, rows: Select[Any]) -> None:
    """Lock all rows of a query, in its order."""
    session.flush()
    session.execute(rows.with_for_update()).all()


def remembered(session: Session, kind: str) -> dict[Any, Any]:
    """What a session that only reads was answered already, by question; one that writes asks each time."""
    if session.info.get("writing", True):
        return {}
    answers: dict[Any, Any] = session.info.setdefault("remembered", {}).setdefault(kind, {})
    return answers


def database_now(session: Session) -> datetime:
    """Ask the database what time it is now, not when the transaction began."""
    return moment_of(session.execute(select(clock_column(session.get_bind().dialect.name))).scalar_one())


def clock_column(dialect: str) -> ColumnElement[str]:
    """The time by the database's clock, as a column of a query; `moment_of` reads it."""
    if dialect == "sqlite":
        return func.strftime("%Y-%m-%dT%H:%M:%f+00:00", "now", type_=String)
    return cast(func.clock_timestamp(), String)


def moment_of(text: str) -> datetime:
    """Read what `clock_column` gave."""
    return datetime.fromisoformat(text).astimezone(UTC)
