"""Sessions and transactions: the only commit in the code base (ARCHITECTURE 4, TRUST 8.2)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, Select, String, cast, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from delphi import postgresql, sqlite
from delphi.model.base import Base
from delphi.sqlite import PATIENCE, WritersQueue

Entity = TypeVar("Entity", bound=Base)


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
    return sqlite.engine_for(url) if url.startswith("sqlite") else postgresql.engine_for(url)


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
