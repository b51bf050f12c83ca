"""Signing in by a real OpenID provider: whom it proves comes in, whoever cheats does not."""

import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from browsing import HOST, application
from builders import Cast
from databases import one_engine
from sqlalchemy import select

from delphi.config import WrongSetting, from_environment
from delphi.deployment import institution as looked_at
from delphi.deployment.findings import Level
from delphi.model.account import Account, AccountSession, AccountSubject
from delphi.web import institution
from rounds.demo.server import free_port

START, BACK = "/account/institution", "/account/institution/back"
VERIFIED = {"email": "Ada@example.org", "email_verified": True}


@pytest.fixture(scope="module")
def provider():
    """A provider in a process of its own: what it is deprecated for is not ours to mend."""
    port = free_port(0)
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
        "true",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address, end = f"http://localhost:{port}", time.monotonic() + 30
        while not answers(address):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        yield address
        process.terminate()


def answers(address):
    try:
        return requests.get(f"{address}/.well-known/openid-configuration", timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def app(settings, provider):
    made = application(
        replace(
            settings,
            oidc_issuer=provider,
            oidc_client_id="delphi",
            oidc_client_secret="s" * 16,
            oidc_name="Example Hospital",
        )
    )
    with made.extensions["database"].transaction() as session:
        Cast.enter(session)
    yield made
    made.extensions["database"].engine.dispose()


@pytest.fixture
def person(provider):
    """Tell the provider what it knows of somebody."""

    def known(subject, **claims):
        requests.put(f"{provider}/users/{subject}", json=claims, timeout=10).raise_for_status()
        return subject

    return known


def proved(browser, subject, start=START):
    """Go to the provider, sign in there, and come back with what it says."""
    asked = browser.get(start)
    answer = requests.post(asked.location, data={"sub": subject}, allow_redirects=False, timeout=10)
    return answer.headers["Location"].removeprefix(HOST)


def enter(browser, subject, start=START):
    page = browser.get(proved(browser, subject, start))
    return page, browser.send(BACK)


def subjects(app):
    with app.extensions["database"].transaction(writing=False) as session:
        rows = session.execute(select(Account.email, AccountSubject.subject).join(AccountSubject)).all()
        return {row.subject: row.email for row in rows}


@one_engine
def test_a_verified_address_finds_the_account_once_then_its_subject_does(app, person):
    browser = app.test_client()
    page, answer = enter(browser, person("4711", **VERIFIED))
    assert "Example Hospital says that you are ada@example.org" in page.text
    assert (answer.status_code, answer.location) == (303, "/studies")
    assert "Study care" in browser.get("/studies").text
    assert subjects(app) == {"4711": "ada@example.org"}
    other = app.test_client()
    person("4711", email="married@example.org", email_verified=False)
    _page, answer = enter(other, "4711")
    assert answer.location == "/studies"
    assert "Study care" in other.get("/studies").text


@one_engine
@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_opens_nothing(app, person, verified):
    browser = app.test_client()
    page, answer = enter(browser, person("77", email="ada@example.org", email_verified=verified))
    assert "ada@example.org" not in page.text
    assert answer.status_code == 409
    assert browser.get("/studies").status_code == 303
    assert subjects(app) == {}


@one_engine
def test_an_address_that_was_given_to_another_person_opens_nothing(app, person):
    enter(app.test_client(), person("first", **VERIFIED))
    _page, answer = enter(app.test_client(), person("second", **VERIFIED))
    assert answer.status_code == 409
    assert subjects(app) == {"first": "ada@example.org"}


@one_engine
def test_whoever_has_no_account_gets_none(app, person):
    _page, answer = enter(app.test_client(), person("9", email="new@example.org", email_verified=True))
    assert answer.status_code == 409
    assert "new@example.org" in answer.text
    with app.extensions["database"].transaction(writing=False) as session:
        assert session.scalars(select(Account).filter_by(email="new@example.org")).first() is None


@one_engine
def test_a_closed_account_stays_closed(app, person):
    enter(app.test_client(), person("4711", **VERIFIED))
    with app.extensions["database"].transaction() as session:
        session.scalars(select(Account).filter_by(email="ada@example.org")).one().active = False
    _page, answer = enter(app.test_client(), "4711")
    assert answer.status_code == 409


@one_engine
def test_who_is_signed_in_connects_an_institution_without_verified_addresses(app, person):
    with app.extensions["database"].transaction(writing=False) as session:
        ben = session.scalars(select(Account).filter_by(email="ben@example.org")).one()
        session.expunge_all()
    browser = app.test_client().sign_in(ben)
    assert "Connect this account" in browser.get("/studies").text
    page, answer = enter(browser, person("ben-there"))
    assert "You are signed in here as ben@example.org" in page.text
    assert answer.location == "/studies"
    assert subjects(app) == {"ben-there": "ben@example.org"}
    assert enter(app.test_client(), "ben-there")[1].location == "/studies"
    with app.extensions["database"].transaction(writing=False) as session:
        cleo = session.scalars(select(Account).filter_by(email="cleo@example.org")).one()
        session.expunge_all()
    assert enter(app.test_client().sign_in(cleo), "ben-there")[1].status_code == 409


@one_engine
def test_a_request_carries_state_nonce_and_pkce(app):
    browser = app.test_client()
    asked = parse_qs(urlsplit(browser.get(START).location).query)
    with browser.session_transaction(base_url=HOST) as kept:
        (state,) = [kept[key]["data"] for key in kept if key.startswith("_state_institution_")]
    challenge = urlsafe_b64encode(sha256(state["code_verifier"].encode()).digest()).decode().rstrip("=")
    assert asked["code_challenge"] == [challenge]
    assert asked["code_challenge_method"] == ["S256"]
    assert [len(asked[name][0]) > 15 for name in ("state", "nonce", "code_challenge")] == [True] * 3
    assert asked["redirect_uri"] == [HOST + BACK]
    assert asked["scope"] == ["openid email"]


@one_engine
def test_an_answer_for_another_browser_signs_nobody_in(app, person):
    stolen = proved(app.test_client(), person("4711", **VERIFIED))
    victim = app.test_client()
    victim.get(START)
    assert victim.get(stolen).status_code == 409
    assert victim.send(BACK).status_code == 409
    assert victim.get(stolen.replace("state=", "state=x")).status_code == 409
    assert victim.get(BACK).status_code == 409


@one_engine
def test_an_answer_with_the_nonce_of_another_sign_in_is_refused(app, person):
    browser = app.test_client()
    answer = proved(browser, person("4711", **VERIFIED))
    with browser.session_transaction(base_url=HOST) as kept:
        (key,) = [key for key in kept if key.startswith("_state_institution_")]
        kept[key] = kept[key] | {"data": kept[key]["data"] | {"nonce": "of another one"}}
    assert browser.get(answer).status_code == 409


@one_engine
def test_an_answer_is_used_once_and_soon(app, person, monkeypatch):
    browser = app.test_client()
    answer = proved(browser, person("4711", **VERIFIED))
    browser.get(answer)
    assert browser.get(answer).status_code == 409
    browser.get(proved(browser, "4711"))
    monkeypatch.setattr(institution, "KEEP_FOR", timedelta(seconds=-1))
    assert browser.send(BACK).status_code == 409


@one_engine
def test_reading_what_the_provider_says_stores_nothing(app, person):
    browser = app.test_client()
    browser.get(proved(browser, person("4711", **VERIFIED)))
    with app.extensions["database"].transaction(writing=False) as session:
        assert session.scalars(select(AccountSession)).all() == []
    assert subjects(app) == {}


@one_engine
def test_the_page_that_was_asked_for_comes_after_the_sign_in(app, person):
    person("4711", **VERIFIED)
    assert enter(app.test_client(), "4711", f"{START}?next=/studies/care")[1].location == "/studies/care"
    assert enter(app.test_client(), "4711", f"{START}?next=//elsewhere.example")[1].location == "/studies"


@one_engine
def test_a_provider_that_is_away_leaves_the_password(settings):
    away = application(replace(settings, oidc_issuer="http://localhost:9", oidc_client_id="x", oidc_client_secret="y"))
    answer = away.test_client().get(START)
    assert (answer.status_code, "use your password" in answer.text) == (409, True)
    assert "Sign in by your institution" in away.test_client().get("/account/sign-in").text
    away.extensions["database"].engine.dispose()


@one_engine
def test_without_a_provider_there_is_no_such_sign_in(settings):
    plain = application(settings)
    browser = plain.test_client()
    assert [browser.get(path).status_code for path in (START, BACK)] == [404, 404]
    assert "institution" not in browser.get("/account/sign-in").text
    plain.extensions["database"].engine.dispose()


def test_the_doctor_asks_the_provider(settings, provider):
    with_one = replace(settings, oidc_issuer=provider)
    assert [finding.level for finding in looked_at.provider(with_one)] == [Level.OK, Level.ADVICE]
    other_name = replace(settings, oidc_issuer=f"{provider}/")
    assert next(iter(looked_at.provider(other_name))).level is Level.WRONG
    assert next(iter(looked_at.provider(replace(settings, oidc_issuer="http://localhost:9")))).level is Level.WRONG
    assert list(looked_at.provider(settings)) == []


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"OIDC_ISSUER": "http://id.example.org"}, "write https://"),
        ({"OIDC_ISSUER": "https://id.example.org"}, "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET"),
    ],
)
def test_a_provider_is_named_whole(changes, remedy):
    secrets = {"SECRET_KEY": "k" * 32, "SECURITY_PASSWORD_SALT": "s" * 32}
    with pytest.raises(WrongSetting, match=remedy):
        from_environment(secrets | changes)
