"""Headers on every answer, and requests that come from elsewhere (TRUST 6)."""

import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from browsing import HOST, Browser, fingerprint
from flask import session
from routes import requests

import wsgi
from delphi import clock
from delphi.web.security import HEADERS


def test_every_answer_carries_the_headers(app, ada):
    for endpoint, method, path in requests(app):
        answer = ada.ask(path, method)
        # the handbook, tests/whole/handbook/test_site.py, and a letter, tests/delphi/people/pages/test_letters.py
        has_own = path.startswith("/help/") or endpoint == "letters.html"
        own = {"Content-Security-Policy"} if has_own else set()
        assert {name: answer.headers.get(name) for name in HEADERS.keys() - own} == {
            name: HEADERS[name] for name in HEADERS.keys() - own
        }, path
        assert answer.headers["Cache-Control"] == "no-store", path
    for wrong in ("/nowhere", "/studies/../etc"):
        assert ada.get(wrong).headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_a_file_with_its_hash_may_be_kept_for_a_year(app, ada):
    page = ada.get("/studies").text
    path = page.partition('href="/static/')[2].partition('"')[0]
    assert ada.get(f"/static/{path}").headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ada.get("/static/components.css").headers["Cache-Control"] == "no-store"
    assert ada.get("/static/nothing.css?v=1").headers["Cache-Control"] == "no-store"


def test_policy_allows_no_inline_script_and_no_other_site():
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert "http" not in HEADERS["Content-Security-Policy"]


def test_over_https_the_cookie_is_bound_to_the_host(settings):
    app = wsgi.app(replace(settings, public_url=HOST.replace("http:", "https:")))
    app.test_client_class = Browser
    answer = app.test_client().get("/account/sign-in", base_url="https://delphi.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    app.extensions["database"].engine.dispose()


@pytest.mark.parametrize("token", [None, "", "forged"])
def test_a_form_without_our_token_does_nothing(app, ada, token):
    before = fingerprint(app)
    answer = ada.post("/studies/care/rounds/1/launch", data={"csrf_token": token} if token is not None else {})
    assert answer.status_code == 400
    assert "was not saved" in answer.text
    assert fingerprint(app) == before


def test_another_host_is_refused(ada):
    for send in (ada.get, ada.post):
        answer = send("/studies", base_url="http://evil.example.org")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store")
        assert "Nothing was changed" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example.org"},
    ],
)
def test_a_form_of_another_site_does_nothing(app, ada, headers):
    before = fingerprint(app)
    assert ada.send("/studies/other/lock", headers=headers).status_code == 400
    assert ada.send("/studies/care/rounds/1/close", headers=headers).status_code == 400
    assert fingerprint(app) == before


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": HOST}, {"Origin": "null"}, {}]
)
def test_a_form_of_ours_is_taken(ada, headers):
    assert ada.send("/studies/care/rounds/1/close", headers=headers).status_code == 409


def test_a_large_request_is_refused(app, ada):
    before = fingerprint(app)
    answer = ada.send("/studies/care/lock", {"file": "x" * 1_100_000})
    assert answer.status_code == 413
    assert fingerprint(app) == before


@pytest.mark.parametrize(("ahead", "stays"), [(3, True), (-3, True), (-25 * 3600, False)])
def test_a_session_of_a_host_with_another_clock_is_taken(ada, monkeypatch, ahead, stays):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=ahead))
    with ada.session_transaction(base_url=HOST) as kept:
        kept["seen"] = True  # signed anew, by the host that is ahead
    monkeypatch.setattr(clock, "now", lambda: now)
    assert (ada.get("/studies").status_code == 200) is stays


def test_a_browser_keeps_a_session_by_the_clock_of_all_hosts(app, pages, monkeypatch):
    browser, now = app.test_client(), clock.now()
    path = browser.link(pages.study.id, pages.panel[0])
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=3))
    cookie = browser.send(path).headers["Set-Cookie"]
    assert parsedate_to_datetime(re.search("Expires=([^;]+)", cookie)[1]) == now + timedelta(days=4)


@pytest.fixture
def said(app):
    """What a request with this cookie finds in its session; it adds a word to a list there."""
    serializer = app.session_interface.get_signing_serializer(app)

    def read(cookie: str | None = None) -> dict:
        cookie = serializer.dumps({"words": ["one"]}) if cookie is None else cookie
        with app.test_request_context(base_url=HOST, headers={"Cookie": f"session={cookie}"}):
            found = {name: list(value) for name, value in session.items()}
            session.get("words", []).append("two")
            return found

    read.sign = serializer.dumps
    return read


def test_a_cookie_says_the_same_each_time(said):
    cookie = said.sign({"words": ["one"]})
    assert [said(cookie), said(cookie)] == [{"words": ["one"]}] * 2


def test_a_cookie_that_was_read_before_still_grows_old(said, app, monkeypatch):
    cookie, later = said.sign({"words": ["one"]}), clock.now() + app.permanent_session_lifetime
    assert said(cookie)
    for more, found in ((timedelta(seconds=-60), True), (timedelta(seconds=60), False)):
        monkeypatch.setattr(clock, "now", lambda more=more: later + more)
        assert bool(said(cookie)) is found


def test_a_changed_cookie_says_nothing(said):
    cookie = said.sign({"words": ["one"]})
    assert said(cookie)
    assert said("x" + cookie) == said(cookie[:-2]) == {}


def test_a_script_sends_the_token_of_its_own_session(one, app):
    stranger = app.test_client()
    for token, answered in ((stranger.token(), 401), ("forged", 401), (one.token(), 200)):
        answer = one.post("/panel/answers", data={"answer-1": "3"}, headers={"X-CSRFToken": token})
        assert answer.status_code == answered
