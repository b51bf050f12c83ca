"""How PostgreSQL is reached, alike whether directly or through a pooler that lends a connection for one transaction.

Such a pooler (pgbouncer in transaction mode) hands the next transaction to another connection of the server. So nothing may be
left on a connection there: the limits are set in each transaction, and no statement stays prepared. A direct connection gets its
limits once.
"""

import time
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DisconnectionError

from delphi import clock
from delphi.failures import is_read_only

POOL_TIMEOUT = 5
LIMITS = {"lock_timeout": "5s", "statement_timeout": "30s", "idle_in_transaction_session_timeout": "60s"}
LIMITS_ONCE = "; ".join(f"SET {name} = '{value}'" for name, value in LIMITS.items())
BEGIN_WITH_LIMITS = "; ".join(["BEGIN", *(f"SET LOCAL {name} = '{value}'" for name, value in LIMITS.items())])
TRUSTED = 2.0  # seconds after which a connection that nobody used is asked whether it is still there
# A host that is cut off without a word is given up within 20 seconds, and not after two hours.
REACHING = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
SERVED_BY = "SELECT pg_backend_pid()"
NOW = "SELECT extract(epoch FROM clock_timestamp())::float8"


def engine_for(url: str) -> Engine:
    """Make an engine whose connections begin their transactions by themselves, with our limits."""
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_timeout=POOL_TIMEOUT,
        connect_args=REACHING | {"autocommit": True},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "checkin", _on_checkin)
    event.listen(engine, "checkout", _on_checkout)
    event.listen(engine, "begin", _on_begin)
    event.listen(engine, "handle_error", _on_error)
    return engine


def _on_error(context: ExceptionContext) -> None:
    """Let go of the connections to a server that only reads: by now another may be the one that writes."""
    if context.engine is not None and is_read_only(context.sqlalchemy_exception):
        context.is_disconnect = True
        context.engine.dispose()


def _on_connect(connection: Any, record: Any) -> None:
    """Set the limits once, and leave nothing where a pooler stands between: another process than greeted us serves us then."""
    if connection.execute(SERVED_BY).fetchone()[0] == connection.info.backend_pid:
        connection.execute(LIMITS_ONCE)
        record.info["begin"] = "BEGIN"
    else:
        connection.prepare_threshold = None
        record.info["begin"] = BEGIN_WITH_LIMITS
    _on_checkin(connection, record)


def _on_checkin(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _on_checkout(connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that was idle for a while whether it is still there; SQLAlchemy takes another where it is not."""
    if time.monotonic() - record.info["used_at"] < TRUSTED:
        return
    try:
        connection.execute("")
    except connection.OperationalError as error:
        raise DisconnectionError from error


def _on_begin(connection: Connection) -> None:
    """Begin, with the limits where none stay, in one message to the server; now and then ask it what time it is."""
    connection.exec_driver_sql(connection.info["begin"])
    if clock.is_unsure():
        began = time.monotonic()
        seconds = connection.exec_driver_sql(NOW).scalar_one()
        clock.follow(seconds, asked_for=time.monotonic() - began)
