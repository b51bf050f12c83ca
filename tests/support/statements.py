"""How many statements of SQL a piece of work sends, and rows it reads: bounds that stay true on every machine, unlike milliseconds."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event

FRAMES = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Collect what an application sends to its database, without what begins and ends a transaction."""
    sent: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest) -> None:
        if not statement.startswith(FRAMES):
            sent.append(statement)

    engine = app.extensions["database"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@dataclass
class Rows:
    """How many rows were handed over by the database so far."""

    n: int = 0


@contextmanager
def rows_counted(app: Flask) -> Iterator[Rows]:
    """Count the rows that an application reads from SQLite."""
    rows = Rows()

    class Cursor(sqlite3.Cursor):
        def fetchone(self) -> Any:
            row = super().fetchone()
            rows.n += row is not None
            return row

        def fetchmany(self, *size: int) -> list[Any]:
            found = super().fetchmany(*size)
            rows.n += len(found)
            return found

        def fetchall(self) -> list[Any]:
            found = super().fetchall()
            rows.n += len(found)
            return found

    class Connection(sqlite3.Connection):
        def cursor(self, _factory: Any = None) -> Any:
            return super().cursor(Cursor)

    def count(_dialect, _record, _positional, named: dict[str, Any]) -> None:
        named["factory"] = Connection

    engine = app.extensions["database"].engine
    event.listen(engine.dialect, "do_connect", count)
    engine.dispose()
    try:
        yield rows
    finally:
        event.remove(engine.dialect, "do_connect", count)
        engine.dispose()
