"""What a database cannot do at the moment: it is full, read-only, busy or gone. All else that it says is a mistake of ours."""

import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class Failure(StrEnum):
    """Why nothing could be read or saved for now."""

    FULL = "full"
    READ_ONLY = "read_only"
    BUSY = "busy"
    GONE = "gone"


class WritersBusy(Exception):
    """Too many wait to write, or for too long."""


SQLITE = {
    sqlite3.SQLITE_FULL: Failure.FULL,
    sqlite3.SQLITE_READONLY: Failure.READ_ONLY,
    sqlite3.SQLITE_BUSY: Failure.BUSY,
    sqlite3.SQLITE_LOCKED: Failure.BUSY,
    sqlite3.SQLITE_PROTOCOL: Failure.BUSY,
    sqlite3.SQLITE_NOMEM: Failure.BUSY,
    sqlite3.SQLITE_IOERR: Failure.GONE,
    sqlite3.SQLITE_CANTOPEN: Failure.GONE,
}
# The states of https://www.postgresql.org/docs/current/errcodes-appendix.html, whole or by class.
POSTGRESQL = {
    "53100": Failure.FULL,
    "25006": Failure.READ_ONLY,
    "55P03": Failure.BUSY,  # lock_timeout
    "57014": Failure.BUSY,  # statement_timeout
    "40": Failure.BUSY,  # a deadlock was broken
    "53": Failure.BUSY,  # no memory, no connection left
    "57P": Failure.GONE,
    "25P03": Failure.GONE,  # a transaction that stood idle was ended
    "08": Failure.GONE,
    "58": Failure.GONE,
}


def failure_of(error: BaseException) -> Failure | None:
    """What keeps the database from answering, or None where the mistake is ours.

    Examples
    --------
    >>> failure_of(WritersBusy())
    <Failure.BUSY: 'busy'>
    >>> failure_of(ValueError()) is None
    True
    """
    if isinstance(error, WritersBusy | PoolTimeout):
        return Failure.BUSY
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return SQLITE.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)  # what is above the first byte is detail
    return _of_state(error)


def is_read_only(error: BaseException | None) -> bool:
    """Whether something could not be written for it may only be read."""
    return error is not None and failure_of(error) is Failure.READ_ONLY


def _of_state(error: DBAPIError) -> Failure | None:
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # no server spoke: the connection broke, or none could be made
        return Failure.GONE if error.connection_invalidated or _is_operational(error) else None
    return next((POSTGRESQL[known] for known in (state, state[:3], state[:2]) if known in POSTGRESQL), None)


def _is_operational(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout")
