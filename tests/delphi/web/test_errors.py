"""Pages that say what did not work: each names what to do next, and whom a panelist can ask."""

import pytest

from delphi.database import Database
from delphi.failures import WritersBusy

CONTACT = "mailto:ada@example.org"
ELSE = "answer that mail: the study team reads it"


@pytest.fixture
def known(one):
    """A panelist's browser that has seen a page of the study."""
    assert one.get("/panel").status_code == 200
    return one


def stale(browser):
    return browser.post("/panel/page/1", data={"answer-1": "3"})


def too_much(browser):
    return browser.send("/panel/page/1", {"comment-1": "x" * 1_100_000})


def elsewhere(browser):
    return browser.send("/panel/page/1", {}, headers={"Sec-Fetch-Site": "cross-site"})


def nowhere(browser):
    return browser.get("/panel/page/99")


def odd_answer(browser):
    return browser.send("/panel/page/1", {"answer-1": "77"})


@pytest.mark.parametrize(
    ("ask", "status", "next_step"),
    [
        (stale, 400, "reload the page"),
        (too_much, 413, "shorten the text"),
        (elsewhere, 400, "Go back"),
        (nowhere, 404, "start from the study"),
        (odd_answer, 422, "Go back"),
    ],
)
def test_an_error_says_what_to_do_and_whom_to_ask(known, ask, status, next_step):
    answer = ask(known)
    assert (answer.status_code, CONTACT in answer.text) == (status, True)
    assert next_step in answer.text
    assert 'href="/panel"' in answer.text


@pytest.mark.parametrize(("error", "status"), [(WritersBusy(), 503), (KeyError("x"), 500)])
def test_a_failure_names_the_contact_without_a_database(known, monkeypatch, error, status):
    def fail(*_given, **_named):
        raise error

    monkeypatch.setattr(Database, "begin", fail)
    answer = known.get("/panel")
    assert (answer.status_code, CONTACT in answer.text) == (status, True)


def test_an_ended_session_says_how_to_come_back(app, known):
    with known.session_transaction(base_url="http://delphi.example.org") as kept:
        kept["panelist_grant"] = "g" * 43
    for answer in (known.get("/panel"), known.get("/panel/my-data"), known.send("/panel/submit")):
        assert answer.status_code == 404
        assert "Open your personal link from the mail again" in answer.text
        assert 'href="/link"' in answer.text
        assert CONTACT in answer.text


def test_a_stranger_is_told_of_no_study(app, known):
    for path in ("/panel", "/nowhere", "/p/" + "a" * 43, "/studies/care/x", "/link"):
        page = app.test_client().get(path, follow_redirects=True).text
        assert "ada@example.org" not in page
        assert "care" not in page.replace("/studies/care/x", "")


def test_a_signed_out_browser_keeps_no_contact(known):
    known.send("/panel/leave")
    page = known.get("/panel/page/1")
    assert (page.status_code, CONTACT in page.text, ELSE in page.text) == (404, False, True)
