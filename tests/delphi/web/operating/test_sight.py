"""What the log tells of requests and of security: numbers and views, and no name, link, token or address."""

import io
import json
import logging
import re

import pytest
from builders import people
from databases import one_engine
from routes import requests

from delphi.logs import JsonLines
from delphi.model.study import Study
from delphi.people import roster
from delphi.web.policy import PANELIST

SECRETS = ("SecretName", "secret-address", "secret-token", "203.0.113.7", "secret password")


@pytest.fixture
def log():
    """All lines that were written as JSON."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    names = ("delphi.requests", "delphi.security")
    for name in names:
        logging.getLogger(name).setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    for name in names:
        logging.getLogger(name).setLevel(logging.NOTSET)


def told(lines, logger):
    return [line for line in lines if line["logger"] == f"delphi.{logger}"]


def test_a_request_of_the_team_leaves_a_line(app, ada, pages, log):
    ada.get("/studies/care")
    ada.get("/studies/care/team")
    first, second = told(log(), "requests")
    assert (first["method"], first["endpoint"], first["status"]) == ("GET", "overview.show", 200)
    assert first["account"] == pages.ada.id
    assert first["request"] != second["request"]
    assert "care" not in json.dumps([first, second])


def test_a_panelist_leaves_no_line(one, log):
    assert one.get("/panel").status_code == 200
    assert one.send("/panel/page/1", {"answer-1": "4"}).status_code == 303
    assert told(log(), "requests") == []


def test_a_failure_is_found_by_the_number_that_its_page_tells(app, one, log, monkeypatch):
    def broken():
        return 1 / 0

    broken.policy = PANELIST
    monkeypatch.setitem(app.view_functions, "home.show", broken)
    page = one.get("/panel")
    number = re.search(r"the number (\w{8})", page.text)[1]
    lines = [line for line in log() if line.get("request") == number]
    assert {line.get("error") for line in lines} == {"ZeroDivisionError", None}
    assert [line["status"] for line in told(lines, "requests")] == [500]


def test_signing_in_and_out_and_refusals_are_told(app, pages, ada, log):
    stranger = app.test_client()
    stranger.send("/account/sign-in", {"email": "ada@example.org", "password": "wrong"})
    ada.get("/studies/other")
    ada.get("/studies/care/panel")
    ada.send("/account/sign-out")
    events = [(line["event"], line.get("account")) for line in told(log(), "security")]
    ada_id = pages.ada.id
    assert events == [
        ("sign-in refused", None),
        ("refused", ada_id),
        ("names shown", ada_id),
        ("sign-out", ada_id),
    ]


@one_engine
def test_no_line_holds_a_name_a_link_a_token_or_an_address(app, pages, ada, one, log):
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, pages.study.id)
        someone = people(7)[6]
        hidden = type(someone)("SecretName Person", "secret-address@example.org", "nurses")
        roster.add(session, made, [hidden])
    for browser in (ada, one, app.test_client()):
        for _endpoint, method, path in requests(app, token="secret-token"):
            data = {
                "email": "secret-address@example.org",
                "password": "secret password",
                "name": "SecretName",
                "search": "SecretName",
            }
            said = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.7"}, "query_string": {"search": "SecretName"}}
            if method == "POST":
                browser.send(path, data, **said)
            else:
                browser.open(path, method=method, **said)
    lines = log()
    assert len(lines) > 100
    text = json.dumps(lines)
    assert [secret for secret in SECRETS if secret in text] == []
