"""How many statements of SQL a piece of work sends: a bound on them stays true on every machine, unlike milliseconds."""

from collections.abc import Iterator
from contextlib import contextmanager

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
