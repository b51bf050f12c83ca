"""The command line: tables, accounts, serving."""

import threading
from dataclasses import replace

import pytest
from browsing import HOST, SECRET
from click.testing import CliRunner
from sqlalchemy import inspect

import wsgi
from delphi import cli
from delphi.database import Database

NEW = ["account", "create", "new@example.org"]


@pytest.fixture
def run(settings, monkeypatch):
    """The command `delphi` over a migrated database."""
    for name, value in {
        "DATABASE_URL": settings.database_url,
        "PUBLIC_URL": HOST,
        "SECRET_KEY": SECRET,
        "SECURITY_PASSWORD_SALT": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *args: CliRunner().invoke(wsgi.main, args)


def test_an_account_is_created_with_a_link(run):
    done = run(*NEW)
    assert done.exit_code == 0
    assert done.output.startswith(f"{HOST}/account/reset/")


def test_an_account_is_created_once_and_gets_new_links(run):
    run(*NEW)
    again = run(*NEW)
    assert (again.exit_code, "There is an account" in again.output) == (1, True)
    assert run("account", "link", "new@example.org").output.startswith(HOST)
    assert "There is no account" in run("account", "link", "nobody@example.org").output


def test_a_missing_secret_is_said_in_one_line(run, monkeypatch):
    monkeypatch.delenv("SECRET_KEY")
    done = run(*NEW)
    assert done.exit_code == 1
    assert done.output.startswith("Error: SECRET_KEY is not set")


def test_tables_are_brought_up_to_date(template, monkeypatch):
    url = template.empty()
    monkeypatch.setenv("DATABASE_URL", url)
    assert CliRunner().invoke(wsgi.main, ["db", "upgrade"]).output == "The database is up to date.\n"
    database = Database(url)
    assert "rating" in inspect(database.engine).get_table_names()
    database.engine.dispose()


def test_on_sqlite_one_process_serves(run, settings, monkeypatch):
    from gunicorn.app.base import BaseApplication

    started = []
    monkeypatch.setattr(BaseApplication, "run", lambda self: started.append((self.cfg.workers, self.load())))
    assert run("serve", "--port", "8123").output == "Serving on http://127.0.0.1:8123\n"
    ((workers, app),) = started
    assert workers == 1 or not settings.database_url.startswith("sqlite")
    app.extensions["database"].engine.dispose()


def test_the_postman_works_in_a_thread_of_its_own(app, monkeypatch):
    from delphi.people.postman import Postman

    ran = threading.Event()
    monkeypatch.setattr(Postman, "run", lambda _self: ran.set())
    thread = cli.start_postman(app)
    thread.join(5)
    assert ran.is_set()
    assert thread.daemon


def test_behind_a_proxy_the_scheme_is_the_proxys(settings):
    app = wsgi.app(replace(settings, trusted_proxies=1))
    answer = app.test_client().get("/studies", base_url=HOST, headers={"X-Forwarded-Host": "evil.example.org"})
    assert (answer.status_code, "evil" in answer.location) == (303, False)
    app.extensions["database"].engine.dispose()


def test_studies_are_deleted_from_a_thread_of_its_own(app, monkeypatch, caplog):
    from delphi.studies import retention

    ran = threading.Event()
    monkeypatch.setattr(retention, "wipe_due", lambda _session, *, at: ran.set() or [f"gone-{at.year}"])
    thread = cli.start_deleting(app)
    assert ran.wait(5)
    assert thread.daemon
    assert thread.is_alive()
