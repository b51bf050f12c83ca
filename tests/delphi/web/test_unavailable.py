"""A database that is full, read-only, locked or gone: nothing is half saved, and what was typed comes back."""

import re
import sqlite3
from dataclasses import replace
from html import unescape

import pytest
from browsing import Browser, application
from databases import one_engine as on_sqlite
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import OperationalError

from delphi import database as databases
from delphi import postgresql
from delphi.failures import WritersBusy
from delphi.model.rating import Rating
from delphi.model.study import Study
from delphi.web import transaction

on_postgresql = pytest.mark.parametrize("template", ["postgresql"], indirect=True, scope="session")
FAILS_AT_COMMIT = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$;
CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON rating DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail();
"""
TYPED = "A long remark,\n\nwith “quotes” & <tags>."


@pytest.fixture
def own(settings, opened):
    """Make an application on the same database, by other settings; its engine is closed at the end."""
    made = []

    def make(**changes):
        made.append(application(replace(settings, **changes)))
        return made[-1]

    yield make
    for app in made:
        app.extensions["database"].engine.dispose()


@pytest.fixture
def panelist(own, opened):
    """A browser of panelist 1 before an application of one's own."""
    return lambda **changes: own(**changes).test_client().enter(opened.study.id, opened.panel[0])


def ratings(app) -> int:
    with app.extensions["database"].transaction(writing=False) as session:
        return session.scalar(select(func.count()).select_from(Rating))


def send_card(browser: Browser):
    return browser.send("/panel/page/1", {"answer-1": "4", "comment-1": TYPED, "go": "on"})


def given_back(page: str) -> dict[str, str]:
    """The fields of the form that is sent again."""
    form = page[page.index('class="stack">') :]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL))
    return {name: unescape(value) for name, value in fields.items()}


def autosave(browser: Browser):
    return browser.post("/panel/answers", data={"answer-1": "4"}, headers={"X-CSRFToken": browser.token()})


def full(app, most: int | None):
    """Let the file grow no further; without a number it may grow again."""

    @event.listens_for(app.extensions["database"].engine, "connect")
    def limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count={most or 1_000_000}")

    app.extensions["database"].engine.dispose()


def fill(app):
    """Use up what room is left within the pages of the file."""
    for size in (100_000, 20_000, 5_000):
        while grows(app, size):
            pass


def grows(app, size: int) -> bool:
    """Whether there was room for a text."""
    try:
        with app.extensions["database"].transaction() as session:
            session.execute(update(Study).values(notice=func.coalesce(Study.notice, "") + "x" * size))
    except OperationalError:
        return False
    return True


@on_sqlite
def test_a_full_disk_is_507_and_gives_the_answers_back(panelist, place):
    one = panelist()
    app, texts = one.application, {f"comment-{n}": f"{n} " * 900 for n in (1, 2, 3)}
    with place.database.engine.connect() as connection:
        full(app, connection.scalar(text("PRAGMA page_count")))
    fill(app)
    answer = one.send("/panel/page/1", {"answer-1": "4", **texts, "go": "on"})
    assert (answer.status_code, answer.headers["Retry-After"], "no space left" in answer.text) == (507, "30", True)
    again = given_back(answer.text)
    assert {name: again[name].strip() for name in texts} == {name: typed.strip() for name, typed in texts.items()}
    assert (ratings(app), one.get("/panel/page/1").status_code) == (0, 200)
    full(app, None)
    assert one.post("/panel/page/1", data=again).status_code == 303
    assert ratings(app) == 1


@on_sqlite
def test_a_read_only_file_shows_pages_and_says_so(panelist, place):
    path = place.url.removeprefix("sqlite:///")
    one = panelist(database_url=place.url)
    one.application.extensions["database"].engine = databases.engine_for(f"sqlite:///file:{path}?mode=ro&uri=true")
    answer = send_card(one)
    assert (answer.status_code, "save nothing" in answer.text) == (503, True)
    assert one.get("/panel/page/1").status_code == 200


@on_sqlite
def test_a_file_that_can_be_written_again_is_written(panelist, place, monkeypatch):
    path, one = place.url.removeprefix("sqlite:///"), panelist()
    engine = one.application.extensions["database"].engine

    @event.listens_for(engine, "do_connect")
    def only_reads(*_arguments):
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)

    engine.dispose()
    for idle in [engine.connect() for _ in range(3)]:
        idle.close()
    assert send_card(one).status_code == 503
    assert engine.pool.checkedin() <= 1  # of the page that says so, and it is closed
    event.remove(engine, "do_connect", only_reads)
    assert [send_card(one).status_code for _ in range(2)][-1] == 303


@on_sqlite
def test_a_file_that_another_process_locks_is_503_in_time(panelist, place, monkeypatch):
    monkeypatch.setattr(transaction, "WAIT", 0.3)
    one = panelist()
    other = sqlite3.connect(place.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer, saved = send_card(one), autosave(one)
    assert one.get("/panel/page/1").status_code == 200
    other.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert (saved.status_code, saved.json["state"], saved.headers["Retry-After"]) == (503, "unavailable", "5")
    again = given_back(answer.text)
    assert (again["comment-1"], again["answer-1"], again["go"]) == (TYPED, "4", "on")
    assert one.post("/panel/page/1", data=again).status_code == 303


@on_postgresql
def test_a_lock_that_is_held_for_long_is_503(panelist, place, monkeypatch):
    monkeypatch.setattr(postgresql, "LIMITS_ONCE", "SET lock_timeout = '200ms'")
    one = panelist()
    with place.database.transaction() as session:
        session.execute(text("SELECT 1 FROM participation FOR UPDATE"))
        answer = send_card(one)
    assert (answer.status_code, "The server is busy" in answer.text) == (503, True)
    assert one.post("/panel/page/1", data=given_back(answer.text)).status_code == 303


@on_postgresql
@pytest.mark.parametrize("state", ["53100", "57P01", "53300", "08006"])
def test_what_the_server_says_at_the_commit_is_told(panelist, place, state):
    one = panelist()
    with place.database.transaction() as session:
        session.execute(text(FAILS_AT_COMMIT.format(state=state)))
    answer = send_card(one)
    with place.database.transaction() as session:
        session.execute(text("DROP TRIGGER fails ON rating"))
    assert (answer.status_code, "Retry-After" in answer.headers) == (507 if state == "53100" else 503, True)
    assert one.post("/panel/page/1", data=given_back(answer.text)).status_code == 303


@on_postgresql
def test_a_connection_that_ends_before_the_commit_is_503(panelist, place):
    one = panelist()
    engine = one.application.extensions["database"].engine

    @event.listens_for(engine, "commit")
    def end(connection):
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with place.database.engine.connect() as other:
            other.execute(select(func.pg_terminate_backend(number, 5000)))

    answer = send_card(one)
    event.remove(engine, "commit", end)
    assert (answer.status_code, "cannot reach its database" in answer.text) == (503, True)
    assert ratings(one.application) == 0
    assert one.post("/panel/page/1", data=given_back(answer.text)).status_code == 303
    assert ratings(one.application) == 1


@on_postgresql
def test_a_server_that_only_reads_shows_pages_and_says_so(panelist):
    one = panelist()
    one.application.extensions["database"].engine.dispose()

    @event.listens_for(one.application.extensions["database"].engine, "begin")
    def read_only(connection):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    answer = send_card(one)
    assert (answer.status_code, "save nothing" in answer.text) == (503, True)
    assert one.get("/panel/page/1").status_code == 200


@on_postgresql
def test_a_pool_without_a_free_connection_is_503(panelist, monkeypatch):
    monkeypatch.setattr(postgresql, "POOL_TIMEOUT", 0.2)
    one = panelist()
    engine = one.application.extensions["database"].engine
    held = [engine.connect() for _ in range(15)]
    answers = one.get("/panel/page/1"), send_card(one)
    for connection in held:
        connection.close()
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "5")] * 2
    assert one.get("/panel/page/1").status_code == 200


def test_a_password_is_not_given_back(own, monkeypatch):
    def busy(*_args, **_options):
        raise WritersBusy

    app = own()
    monkeypatch.setattr(app.extensions["database"], "begin", busy)
    answer = app.test_client().send("/account/sign-in", {"email": "ada@example.org", "password": "very secret"})
    assert (answer.status_code, "secret" in answer.text, "Send again" in answer.text) == (503, False, False)
