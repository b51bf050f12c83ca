"""PostgreSQL directly and behind a pooler: what a transaction brings along, and what is left on no connection."""

import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from delphi import clock, postgresql
from delphi.failures import Failure, failure_of

pytestmark = pytest.mark.parametrize("template", ["postgresql"], indirect=True, scope="session")
DAY = 86_400


def shown(connection, name: str) -> str:
    return connection.exec_driver_sql(f"SHOW {name}").scalar_one()


def test_a_transaction_brings_its_limits_and_leaves_none(database):
    with database.transaction() as session:
        within = {name: shown(session.connection(), name) for name in postgresql.LIMITS}
    driver = database.engine.raw_connection()
    after = {driver.execute(f"SHOW {name}").fetchone()[0] for name in postgresql.LIMITS}
    driver.close()
    assert (within, after) == ({**postgresql.LIMITS, "idle_in_transaction_session_timeout": "1min"}, {"0"})


@pytest.mark.parametrize(("served_by", "prepares"), [(postgresql.SERVED_BY, True), ("SELECT 0", False)])
def test_statements_stay_prepared_only_without_a_pooler(database, monkeypatch, served_by, prepares):
    monkeypatch.setattr(postgresql, "SERVED_BY", served_by)
    database.engine.dispose()
    for _ in range(8):
        with database.transaction() as session:
            session.execute(text("SELECT :n"), {"n": 1})
            kept = session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
    assert (kept > 0) is prepares


def test_a_server_that_only_reads_is_let_go_of(database):
    def served_by(sql: str) -> int:
        with database.transaction() as session:
            session.execute(text(sql))
            session.execute(text("DELETE FROM event"))
            return session.scalar(text("SELECT pg_backend_pid()"))

    before = served_by("SELECT 1")
    with pytest.raises(DBAPIError) as failed:
        served_by("SET TRANSACTION READ ONLY")
    assert failure_of(failed.value) is Failure.READ_ONLY
    assert served_by("SELECT 1") != before


def test_the_clock_of_the_database_is_followed(database, monkeypatch):
    monkeypatch.setattr(clock, "_ahead", clock.timedelta(0))
    monkeypatch.setattr(clock, "_asked_at", None)
    monkeypatch.setattr(postgresql, "NOW", f"{postgresql.NOW} + {DAY}")
    with database.transaction(writing=False) as session:
        session.execute(text("SELECT 1"))
    assert clock.now().timestamp() - time.time() == pytest.approx(DAY, abs=3)
