"""How PostgreSQL is reached, alike whether directly or through a pooler that lends a connection for one transaction.

Such a pooler (pgbouncer in transaction mode) hands the next transaction to another connection of the server. So nothing may be
left on a connection: the limits of a transaction are set in it, and behind a pooler no statement stays prepared.
"""

import time
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext

from delphi import clock
from delphi.failures import is_read_only

POOL_TIMEOUT = 5
LIMITS = {"lock_timeout": "5s", "statement_timeout": "30s", "idle_in_transaction_session_timeout": "60s"}
BEGIN = "; ".join(["BEGIN", *(f"SET LOCAL {name} = '{value}'" for name, value in LIMITS.items())])
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
        pool_pre_ping=True,
        pool_timeout=POOL_TIMEOUT,
        connect_args=REACHING | {"autocommit": True},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    event.listen(engine, "handle_error", _on_error)
    return engine


def _on_error(context: ExceptionContext) -> None:
    """Let go of the connections to a server that only reads: by now another may be the one that writes."""
    if context.engine is not None and is_read_only(context.sqlalchemy_exception):
        context.is_disconnect = True
        context.engine.dispose()


def _on_connect(connection: Any, _record: Any) -> None:
    """Prepare nothing where a pooler stands between: the process that the server names is not the one that greeted us."""
    if connection.execute(SERVED_BY).fetchone()[0] != connection.info.backend_pid:
        connection.prepare_threshold = None


def _on_begin(connection: Connection) -> None:
    """Begin and set the limits, in one message to the server; now and then ask it what time it is."""
    connection.exec_driver_sql(BEGIN)
    if clock.is_unsure():
        began = time.monotonic()
        seconds = connection.exec_driver_sql(NOW).scalar_one()
        clock.follow(seconds, asked_for=time.monotonic() - began)
