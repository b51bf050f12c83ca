"""What whoever watches a server may ask: without the public name, without an account, and without learning anything."""

from dataclasses import replace

import pytest
from browsing import application
from sqlalchemy import text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_server_that_serves_says_ok_to_any_host(app, path):
    answer = app.test_client().get(path, base_url="http://10.0.0.7:8000")
    assert (answer.status_code, answer.text, answer.headers["Cache-Control"]) == (200, "ok\n", "no-store")
    assert "Set-Cookie" not in answer.headers
    assert app.test_client().head(path).data == b""


def test_tables_of_another_version_are_not_ready(app):
    database = app.extensions["database"]
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = app.test_client().get("/readyz")
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    assert (answer.status_code, answer.text) == (503, "the tables are at another revision\n")
    assert app.test_client().get("/healthz").status_code == 200


def test_a_database_that_is_gone_is_not_ready(settings, tmp_path):
    gone = application(replace(settings, database_url=f"sqlite:///{tmp_path}/none/gone.sqlite3"))
    answer = gone.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the database cannot be reached\n")
    assert gone.test_client().get("/healthz").status_code == 200


def test_only_these_two_addresses_are_answered_so(app):
    assert app.test_client().get("/healthz/", base_url="http://10.0.0.7").status_code == 400
    assert app.test_client().post("/healthz").status_code == 404
