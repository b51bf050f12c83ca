"""The command line: tables, accounts, serving."""

import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from mailbox import listening

import pytest
from aiosmtpd.controller import Controller
from browsing import HOST, SECRET
from builders import Cast
from click.testing import CliRunner
from sqlalchemy import inspect, text

import wsgi
from delphi import clock, migrations
from delphi.config import SETTINGS
from delphi.database import Database, engine_for
from delphi.deployment import mail
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
        "MAIL_URL": "smtp://127.0.0.1:9",
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


def test_every_setting_is_printed_with_its_source(run, monkeypatch):
    monkeypatch.setenv("MAIL_PER_DOMAIN", "30")
    done = run("config")
    assert (done.exit_code, SECRET in done.output) == (0, False)
    assert [setting.name for setting in SETTINGS if f"\n{setting.name} = " not in f"\n{done.output}"] == []
    assert "MAIL_PER_DOMAIN = 30  [environment]\n    Letters a minute to one domain" in done.output


def test_a_wrong_setting_ends_the_print_with_one(run, monkeypatch):
    monkeypatch.setenv("MAIL_FROM", "nobody")
    done = run("config")
    assert done.exit_code == 1
    assert "MAIL_FROM: WRONG  [environment]" in done.output
    assert "PUBLIC_URL = " in done.output


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
    port = free_port(0)
    assert run("serve", "--port", str(port)).output == f"Serving {HOST} on 127.0.0.1:{port}\n"
    ((workers, app),) = started
    assert workers == 1 or not settings.database_url.startswith("sqlite")
    app.extensions["database"].engine.dispose()


@pytest.fixture
def taken():
    """A port on which another server listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_taken_port_is_told_with_its_remedy(run, taken):
    done = run("serve", "--port", str(taken))
    assert done.exit_code == 1
    assert done.output == (
        f"Error: No server can listen on 127.0.0.1:{taken} (Address already in use): "
        "choose another --port or --host, or end what has it.\n"
    )


@pytest.mark.parametrize("name", ["LISTEN_FDS", "GUNICORN_FD"])
def test_a_socket_that_was_opened_before_is_served_on(run, taken, monkeypatch, name):
    from gunicorn.app.base import BaseApplication

    started = []
    monkeypatch.setattr(BaseApplication, "run", lambda self: started.append(self.load()))
    monkeypatch.setenv(name, "1")
    assert run("serve", "--port", str(taken)).exit_code == 0
    started[0].extensions["database"].engine.dispose()


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_address_of_version_6_is_served_on(run, monkeypatch, host):
    from gunicorn.app.base import BaseApplication

    started = []
    monkeypatch.setattr(BaseApplication, "run", lambda self: started.append((self.cfg.address, self.load())))
    monkeypatch.setenv("GUNICORN_FD", "1")  # nothing is opened here: not every machine has version 6
    assert run("serve", "--host", host).exit_code == 0
    ((addresses, app),) = started
    assert addresses == [("::1", 8000)]
    app.extensions["database"].engine.dispose()


@pytest.mark.parametrize("port", ["0", "65536"])
def test_a_port_that_cannot_be_is_refused(run, port):
    done = run("serve", "--port", port)
    assert (done.exit_code, "is not in the range 1<=x<=65535" in done.output) == (2, True)


def test_letters_without_a_mail_server_are_told_of(run, monkeypatch):
    from gunicorn.app.base import BaseApplication

    monkeypatch.delenv("MAIL_URL")
    started = []
    monkeypatch.setattr(BaseApplication, "run", lambda self: started.append(self.load()))
    done = run("serve", "--port", str(free_port(0)))
    assert done.stderr == "MAIL_URL is not set, so no letter is sent: write smtp://user:password@host:port.\n"
    started[0].extensions["database"].engine.dispose()


def test_behind_a_proxy_the_scheme_is_the_proxys(settings):
    app = wsgi.app(replace(settings, trusted_proxies=1))
    answer = app.test_client().get("/studies", base_url=HOST, headers={"X-Forwarded-Host": "evil.example.org"})
    assert (answer.status_code, "evil" in answer.location) == (303, False)
    app.extensions["database"].engine.dispose()


# What a shell does to jobs in the background, from which the tests may run, is undone: they ignore SIGINT.
WORK = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import wsgi; wsgi.main()"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_work_sends_the_letters_and_stops_when_told(run, settings, number, tmp_path):
    with Relay() as relay:
        invite(settings)
        working = subprocess.Popen(
            [sys.executable, "-c", WORK, "work"],
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
    assert done.output.endswith(
        "look at what else is in the database, and whether the account in DATABASE_URL owns it.\n"
    )
    assert set(inspect(engine).get_table_names()) == {"rating"}
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("sqlite:////nowhere/delphi.sqlite3", "a file that this account may write, in a folder that it may write."),
        ("postgresql://delphi@/delphi?host=/nowhere", "look at DATABASE_URL and at its server."),
    ],
)
def test_a_database_that_cannot_be_opened_is_told(run, monkeypatch, url, remedy):
    monkeypatch.setenv("DATABASE_URL", url)
    for command in (["serve"], ["db", "upgrade"]):
        done = run(*command)
        assert done.output.startswith("Error: The database cannot be opened (")
        assert (done.output.endswith(f"{remedy}\n"), done.output.count("\n")) == (True, 1)


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


SENTENCE = "Error: TRUSTED_PROXIES is “yes”, but must be a number: write 1 behind one proxy, 0 without.\n"


@pytest.mark.parametrize(
    "server",
    [["gunicorn", "--no-control-socket", "wsgi:app()"], ["gunicorn", "--no-control-socket", "wsgi:application"],
     ["flask", "--app", "wsgi", "routes"]],
    ids=" ".join,
)  # fmt: skip
def test_another_server_ends_with_the_sentence(run, monkeypatch, server):
    monkeypatch.setenv("TRUSTED_PROXIES", "yes")
    monkeypatch.setenv("GUNICORN_CMD_ARGS", f"--bind 127.0.0.1:{free_port(0)}")
    done = subprocess.run([sys.executable, "-m", *server], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, SENTENCE in done.stderr, "Traceback" in done.stderr) == (4, True, False)


def test_a_backup_is_restored_and_compared_by_command(run, tmp_path, monkeypatch, template):
    run(*NEW)
    written = run("backup", str(tmp_path / "all.zip"))
    assert (written.exit_code, "are not in it" in written.output) == (0, True)
    tried = run("restore", "--verify", str(tmp_path / "all.zip"))
    assert (tried.exit_code, "are as they were on" in tried.output) == (0, True)
    monkeypatch.setenv("DATABASE_URL", template.empty())
    restored = run("restore", str(tmp_path / "all.zip"))
    assert (restored.exit_code, "The database is up to date." in restored.output) == (0, True)
    assert "There is an account" in run(*NEW).output


def test_a_refused_backup_or_restore_says_why(run, tmp_path):
    (tmp_path / "all.zip").write_bytes(b"none")
    again, none = run("backup", str(tmp_path / "all.zip")), run("restore", "--verify", str(tmp_path / "all.zip"))
    assert (again.exit_code, "there already" in again.output) == (1, True)
    assert (none.exit_code, "is no backup of Delphi" in none.output) == (1, True)


def test_an_empty_database_has_nothing_to_keep(run, tmp_path, monkeypatch, template):
    monkeypatch.setenv("DATABASE_URL", template.empty())
    done = run("backup", str(tmp_path / "all.zip"))
    assert (done.exit_code, "nothing to keep" in done.output) == (1, True)


def test_an_upgrade_makes_a_backup_and_says_the_way_back(run, tmp_path):
    assert run("upgrade").exit_code == 2
    done = run("upgrade", "--backup", str(tmp_path / "all.zip"))
    assert (done.exit_code, f"delphi restore {tmp_path / 'all.zip'}" in done.output) == (0, True)
    assert run("restore", "--verify", str(tmp_path / "all.zip")).exit_code == 0
    assert run("upgrade", "--no-backup").output == "The database is up to date.\n"


def test_an_upgrade_offers_no_backup_as_the_way_back_to_0_1_0(run, tmp_path, monkeypatch, template):
    url = template.empty()
    monkeypatch.setenv("DATABASE_URL", url)
    migrations.upgrade_to(url, "0001")
    done = run("upgrade", "--backup", str(tmp_path / "all.zip"))
    assert (done.exit_code, "reads no backup" in done.output, list(tmp_path.iterdir())) == (1, True, [])
    assert migrations.known_revision(url) == "0001"
    assert run("upgrade", "--no-backup").exit_code == 0


def test_the_doctor_says_what_to_mend_and_ends_with_one(run, monkeypatch):
    monkeypatch.setattr(mail, "texts_of", lambda _name: None)
    done = run("doctor")
    assert done.exit_code == 1
    assert "wrong   The mail server cannot be used" in done.output
    assert "ok      The database answers" in done.output
    assert "ok      " not in run("doctor", "--quiet").output


def test_the_doctor_is_content_with_an_installation_that_is_well(run, monkeypatch, tmp_path):
    monkeypatch.setattr(mail, "texts_of", lambda _name: ["v=spf1", "v=DMARC1"])
    (tmp_path / "all.zip").touch()
    with listening() as box:
        for name, value in {
            "PUBLIC_URL": "https://delphi.uni.example",
            "TRUSTED_PROXIES": "1",
            "MAIL_URL": box.url,
            "MAIL_FROM": "delphi@uni.example",
        }.items():
            monkeypatch.setenv(name, value)
        done = run("doctor", "--quiet", "--backups", str(tmp_path), "--send-to", "it@uni.example")
    assert (done.exit_code, [line for line in done.output.splitlines() if not line.startswith("advice  DKIM")]) == (
        0,
        [],
    )
