"""The command line: tables, accounts, serving."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from browsing import HOST, SECRET
from builders import Cast
from click.testing import CliRunner
from sqlalchemy import inspect, text

import wsgi
from delphi import clock, migrations
from delphi.config import WrongSetting
from delphi.database import Database, engine_for
from delphi.model.study import Role
from delphi.studies import team
from rounds.demo.server import free_port

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


def test_behind_a_proxy_the_scheme_is_the_proxys(settings):
    app = wsgi.app(replace(settings, trusted_proxies=1))
    answer = app.test_client().get("/studies", base_url=HOST, headers={"X-Forwarded-Host": "evil.example.org"})
    assert (answer.status_code, "evil" in answer.location) == (303, False)
    app.extensions["database"].engine.dispose()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_work_sends_the_letters_and_stops_when_told(run, settings, number, tmp_path):
    with Relay() as relay:
        invite(settings)
        working = subprocess.Popen(
            [sys.executable, "-c", "import wsgi; wsgi.main()", "work"],
            env={**os.environ, "MAIL_URL": f"smtp://127.0.0.1:{relay.port}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert relay.came.wait(30)
        working.send_signal(number)
        assert working.communicate(timeout=40)[0] == "Working: letters, files, deletions. Ctrl-C ends it.\n"
        assert working.returncode == 0


class Relay:
    """A mail server on loopback that remembers whether anything came."""

    def __init__(self):
        self.came, self.port = threading.Event(), free_port(0)
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server, _session, _envelope):
        self.came.set()
        return "250 kept"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()


def invite(settings):
    """Queue a letter to a new member of a team."""
    database = Database(settings.database_url)
    with database.transaction() as session:
        cast = Cast.enter(session)
        team.invite(session, cast.study, "new@example.org", Role.VIEWER, by=cast.ada.id, at=clock.now())
    database.engine.dispose()


def schema_at(url, revision):
    """Change what a database says of its tables."""
    engine = engine_for(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    engine.dispose()


COMMANDS = [
    ["serve"], ["work"], NEW, ["export", "reference"], ["data", "reference", "--output", "x.zip"],
    ["bundle", "reference", "--output", "x.zip"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_an_empty_database_is_told_with_its_remedy(run, template, monkeypatch, command):
    monkeypatch.setenv("DATABASE_URL", template.empty())
    done = run(*command)
    assert (done.exit_code, done.output) == (1, "Error: The database has no tables yet: run delphi db upgrade.\n")


def test_importing_needs_the_tables_too(run, template, monkeypatch, tmp_path):
    (tmp_path / "study.zip").write_bytes(b"")
    monkeypatch.setenv("DATABASE_URL", template.empty())
    assert "run delphi db upgrade" in run("import", str(tmp_path / "study.zip")).output


def test_older_tables_are_told_with_their_remedy(run, monkeypatch):
    current = migrations.newest_revision()
    monkeypatch.setattr(migrations, "newest_revision", lambda: "0009")
    done = run("serve")
    assert (done.exit_code, done.output) == (
        1,
        f"Error: The tables of the database are at revision {current}, this version needs 0009: run delphi db upgrade.\n",
    )


@pytest.mark.parametrize("command", [["serve"], ["db", "upgrade"]], ids=" ".join)
def test_newer_tables_are_told_with_their_remedy(run, settings, command):
    schema_at(settings.database_url, "9999")
    done = run(*command)
    assert done.exit_code == 1
    assert done.output.startswith("Error: The tables of the database are at revision 9999, which this version does not")


def test_an_upgrade_that_fails_says_why_and_changes_nothing(run, template, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", template.empty())
    engine = engine_for(os.environ["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE rating (id INTEGER)"))
    done = run("db", "upgrade")
    assert done.exit_code == 1
    assert done.output.startswith("Error: The tables could not be upgraded (")
    assert ("already exists" in done.output, done.output.count("\n")) == (True, 1)
    assert set(inspect(engine).get_table_names()) == {"rating"}
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite:////nowhere/delphi.sqlite3", "postgresql://delphi@/delphi?host=/nowhere"])
def test_a_database_that_cannot_be_opened_is_told(run, monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    for command in (["serve"], ["db", "upgrade"]):
        done = run(*command)
        assert done.output.startswith("Error: The database cannot be opened (")
        assert done.output.count("\n") == 1


def test_an_upgrade_without_revisions_fails(run, monkeypatch, tmp_path):
    (tmp_path / "versions").mkdir()
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    done = run("db", "upgrade")
    assert (done.exit_code, "The revisions of the tables are not installed" in done.output) == (1, True)


def test_an_account_needs_an_address(run):
    done = run("account", "create", "notamail")
    assert done.exit_code == 2
    assert "“notamail” is not an e-mail address: write name@example.org." in done.output


def test_another_server_finds_the_application_by_its_name(run, caplog):
    application = wsgi.application
    assert wsgi.application is application
    vars(wsgi).pop("application")
    assert application.test_client().get("/account/sign-in", base_url=HOST).status_code == 200
    assert [record.message for record in caplog.records] == [
        "Letters, files and deletions need `delphi work` to run beside this server."
    ]
    application.extensions["database"].engine.dispose()
    assert not hasattr(wsgi, "app1ication")


def test_flask_finds_the_application(run):
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "routes"]
    done = subprocess.run(flask, capture_output=True, text=True, check=True)
    assert "overview.index" in done.stdout


def test_another_server_gets_the_sentence_too(run, monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", "yes")
    with pytest.raises(WrongSetting, match=r"^TRUSTED_PROXIES is “yes”"):
        wsgi.app()
