"""Sessions and transactions: the only commit in the code base (ARCHITECTURE 4, TRUST 8.2)."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, Select, String, cast, create_engine, event, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from delphi.model.base import Base

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON", "secure_delete=ON")
POSTGRESQL_OPTIONS = "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
Entity = TypeVar("Entity", bound=Base)


class Database:
    """An engine with its rules: one transaction a request, writers in a queue on SQLite."""

    def __init__(self, url: str) -> None:
        self.engine = engine_for(url)
        # Writers of one SQLite process wait for a lock here, not for the busy handler: it is unfair (p99 40 times longer).
        self._writers = threading.Lock() if self.engine.dialect.name == "sqlite" else nullcontext()

    def session(self, *, writing: bool) -> Session:
        """Open a session; a writing one begins with the write lock on SQLite."""
        return Session(self.engine.execution_options(writing=writing), autoflush=False)

    @contextmanager
    def transaction(self, *, writing: bool = True) -> Iterator[Session]:
        """One session and one transaction: leaving commits, raising rolls back."""
        with self._writers if writing else nullcontext(), self.session(writing=writing) as session:
            yield session
            session.commit()

    def begin(self, *, writing: bool) -> Session:
        """Open a session that `end` and `close` will finish; a writer waits for its turn."""
        if writing:
            self._writers.__enter__()
        session = self.session(writing=writing)
        session.info["writing"] = writing
        return session

    def end(self, session: Session, *, keep: bool) -> None:
        """Commit what a session decided, or roll it back; a failing commit raises."""
        if keep and session.info["writing"]:
            session.commit()
        else:
            session.rollback()

    def close(self, session: Session) -> None:
        """Close a session and let the next writer in."""
        session.close()
        if session.info["writing"]:
            self._writers.__exit__(None, None, None)


def engine_for(url: str) -> Engine:
    """Make an engine that keeps our rules on either database."""
    if not url.startswith("sqlite"):
        return create_engine(
            url, hide_parameters=True, pool_pre_ping=True, connect_args={"options": POSTGRESQL_OPTIONS}
        )
    engine = create_engine(
        url, hide_parameters=True, connect_args={"isolation_level": None, "check_same_thread": False}
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    """Begin for ourselves: the driver's own habits lose savepoints and upgrade locks too late."""
    writing = connection.get_execution_options().get("writing", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def locked(session: Session, kind: type[Entity], key: tuple[Any, ...], *, share: bool = False) -> Entity | None:
    """Lock a row and look at it as it is now: a plain lock would give an already loaded object's old attributes."""
    session.flush()  # looking again must not lose what was decided and not yet written
    return session.get(kind, key, with_for_update={"read": share}, populate_existing=True)


def lock_all(session: Session, rows: Select[Any]) -> None:
    """Lock all rows of a query, in its order."""
    session.flush()
    session.execute(rows.with_for_update()).all()


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
