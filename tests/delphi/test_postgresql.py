"""PostgreSQL directly and behind a pooler: what a transaction brings along, and what is left on no connection."""

import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from delphi import clock, postgresql
from delphi.failures import Failure, failure_of

pytestmark = pytest.mark.parametrize("template", ["postgresql"], indirect=True, scope="session")
DAY = 86_400
LIMITS = {"5s", "30s", "1min"}


def shown(connection, name: str) -> str:
    return connection.exec_driver_sql(f"SHOW {name}").scalar_one()


@pytest.mark.parametrize(("served_by", "left"), [(postgresql.SERVED_BY, LIMITS), ("SELECT 0", {"0"})])
def test_each_transaction_has_its_limits(database, monkeypatch, served_by, left):
    monkeypatch.setattr(postgresql, "SERVED_BY", served_by)  # another process: a pooler stands between
    database.engine.dispose()
    with database.transaction() as session:
        within = {shown(session.connection(), name) for name in postgresql.LIMITS}
    driver = database.engine.raw_connection()
    after = {driver.execute(f"SHOW {name}").fetchone()[0] for name in postgresql.LIMITS}
    driver.close()
    assert (within, after) == (LIMITS, left)


@pytest.mark.parametrize(("idle", "found"), [(0.0, False), (60.0, True)])
def test_a_lost_connection_that_was_idle_is_noticed(database, monkeypatch, idle, found):
    def served_by() -> int:
        with database.transaction() as session:
            return session.scalar(text("SELECT pg_backend_pid()"))

    before = served_by()
    other = postgresql.engine_for(database.engine.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({before}, 5000)")
    other.dispose()
    monkeypatch.setattr(postgresql, "TRUSTED", postgresql.TRUSTED - idle)
    if found:
        assert served_by() != before
        return
    with pytest.raises(DBAPIError) as failed:
        served_by()
    assert failure_of(failed.value) is Failure.GONE
    assert served_by() != before


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
