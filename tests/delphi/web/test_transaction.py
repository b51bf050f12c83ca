"""The edge and the errors: returning commits, raising rolls back, and each error says what happened."""

import sqlite3

import pytest
from browsing import Browser, application
from flask import Blueprint
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from delphi.database import Database
from delphi.errors import Issue, NotFound, NotReady, Refused
from delphi.model.study import Study
from delphi.sheets.errors import SheetError
from delphi.web.policy import OPEN, policy
from delphi.web.transaction import current_connection, current_session

BUSY = sqlite3.OperationalError("secret")
BUSY.sqlite_errorcode = sqlite3.SQLITE_BUSY
ERRORS = {
    "missing": (NotFound(), 404, "Error:"),
    "unready": (NotReady([Issue("a", "Lock it."), Issue("b", "Fill it.")]), 409, "Fill it."),
    "refused": (Refused("Not now; nothing was changed."), 409, "Not now; nothing was changed."),
    "sheet": (SheetError.at(3, "email", "is empty"), 422, "is empty"),
    "taken": (IntegrityError("", {}, Exception("secret")), 409, "Error:"),
    "stale": (StaleDataError("secret"), 409, "Error:"),
    "busy": (OperationalError("", {}, BUSY), 503, "Error:"),
    "no-table": (OperationalError("", {}, sqlite3.OperationalError("secret")), 500, "Error:"),
    "bug": (RuntimeError("secret"), 500, "Error:"),
}


@pytest.fixture
def app(settings):
    """An application of one's own: these tests change it."""
    app = application(settings)
    yield app
    app.extensions["database"].engine.dispose()


@pytest.fixture
def act(app, pages):
    """A browser for views that change the title of study 1 and then do as their name says."""
    blueprint = Blueprint("acts", __name__)

    @blueprint.route("/act/<name>", methods=["GET", "POST"])
    @policy(OPEN)
    def act(name: str):
        current_session().execute(update(Study).where(Study.id == 1).values(title=name))
        if name in ERRORS:
            raise ERRORS[name][0]
        return "done", int(name)

    @blueprint.post("/connected/<name>")
    @policy(OPEN)
    def connected(name: str):
        current_connection().execute(update(Study).where(Study.id == 1).values(title=name))
        seen = current_session().scalars(select(Study.title).where(Study.id == 1)).one()
        if name in ERRORS:
            raise ERRORS[name][0]
        return seen, int(name)

    @blueprint.get("/unguarded")
    def unguarded():
        return "secret"

    app.register_blueprint(blueprint)
    browser: Browser = app.test_client()
    return browser


def title(app) -> str:
    with app.extensions["database"].transaction(writing=False) as session:
        return session.scalars(select(Study.title).where(Study.id == 1)).one()


@pytest.mark.parametrize("status", ["200", "303"])
def test_returning_commits(app, act, status):
    act.send(f"/act/{status}")
    assert title(app) == status


@pytest.mark.parametrize("status", ["400", "404", "409", "500"])
def test_an_error_status_rolls_back(app, act, status):
    act.send(f"/act/{status}")
    assert title(app) == "Study care"


def test_reading_keeps_nothing(app, act):
    act.get("/act/200")
    assert title(app) == "Study care"


@pytest.mark.parametrize(("status", "kept"), [("200", "200"), ("409", "Study care")])
def test_a_connection_is_kept_as_a_session_is(app, act, status, kept):
    assert act.send(f"/connected/{status}").text == status  # the session that joined it saw what it wrote
    assert title(app) == kept


def test_a_connection_lets_the_next_writer_in_after_an_error(app, act):
    assert act.send("/connected/bug").status_code == 500
    assert title(app) == "Study care"
    assert act.send("/connected/200").status_code == 200
    assert title(app) == "200"


def test_a_connection_that_cannot_be_had_gives_its_turn_back(app, act, monkeypatch):
    database = app.extensions["database"]
    with monkeypatch.context() as broken:
        broken.setattr(database, "_engine_with", lambda *_: 1 / 0)
        assert act.send("/connected/200").status_code == 500
    assert act.send("/connected/200").status_code == 200


@pytest.mark.parametrize("name", ERRORS)
def test_raising_rolls_back_and_says_what_happened(app, act, name):
    answer = act.send(f"/act/{name}")
    _, status, told = ERRORS[name]
    assert answer.status_code == status
    assert told in answer.text
    assert "secret" not in answer.text
    assert title(app) == "Study care"


def test_after_an_error_the_next_writer_is_let_in(app, act):
    act.send("/act/bug")
    assert act.send("/act/200").status_code == 200
    assert title(app) == "200"


def test_a_busy_database_says_when_to_come_back(act):
    assert act.send("/act/busy").headers["Retry-After"] == "5"


def test_a_failure_carries_a_number_that_stands_in_the_log(act, caplog):
    page = act.send("/act/bug").text
    number = caplog.messages[-1].rpartition(" ")[2]
    assert number in page


@pytest.mark.parametrize("number", ["0", "99999999999", "9" * 30])
def test_a_round_beyond_all_numbers_is_not_there(app, pages, number):
    ada = app.test_client().sign_in(pages.ada)
    assert ada.get(f"/studies/care/rounds/{number}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/studies/%00", "/p/%00", "/studies/care/rounds/1/statements/9999999999999999999/drop"]
)
def test_an_odd_address_is_no_failure_of_ours(app, pages, path):
    ada = app.test_client().sign_in(pages.ada)
    assert ada.get(path).status_code in (400, 404)
    assert ada.send(path, {"reason": "x"}).status_code in (400, 404)


def test_text_that_no_database_can_hold_is_refused_or_kept_and_no_failure(app, pages):
    ada = app.test_client().sign_in(pages.ada)
    form = {
        "template": "reference",
        "slug": "nul",
        "lead_name": "A\0da",
        "contact_email": "ada@example.org",
        "time_zone": "UTC",
    }
    assert ada.send("/studies/new", form).status_code in (303, 400)
    assert app.test_client().send("/account/sign-in", {"email": "a\0@b.org", "password": "x"}).status_code in (200, 400)


def test_a_view_without_a_policy_answers_to_nobody(act):
    assert act.get("/unguarded").status_code == 404


def test_a_wrong_method_looks_like_a_missing_page(act):
    assert act.open("/studies/care", method="DELETE").status_code == 404


def test_a_failing_commit_is_a_failed_request(app, act, monkeypatch):
    def fail(_session, *, keep):
        raise IntegrityError("", {}, Exception("late"))

    monkeypatch.setattr(app.extensions["database"], "end", fail)
    answer = act.send("/act/200")
    assert (answer.status_code, "Somebody was faster" in answer.text) == (409, True)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    monkeypatch.undo()
    assert title(app) == "Study care"


def test_a_failing_commit_leaves_no_word_of_success(app, pages, monkeypatch):
    ada = app.test_client().sign_in(pages.ada)
    end = Database.end

    def fail(self, session, *, keep):
        end(self, session, keep=False)
        if session.info["writing"]:
            raise OperationalError("", {}, BUSY)

    monkeypatch.setattr(Database, "end", fail)
    answer = ada.send("/studies/care/team", {"email": "new@example.org", "role": "viewer"})
    monkeypatch.undo()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    page = answer.text + ada.get("/studies/care/team").text
    assert not [words for words in ("The invitation is on its way", ">new@example.org<") if words in page]
