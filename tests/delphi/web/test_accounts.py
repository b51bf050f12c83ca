"""Accounts: a one-time link sets a password, signing in opens a session, signing out ends it (TRUST 5)."""

import pytest
from browsing import HOST, Browser
from sqlalchemy import func, select

from delphi.errors import Refused
from delphi.model.account import Account, AccountSession
from delphi.web.accounts import one_time_link

PASSWORD = "correct horse battery staple"


@pytest.fixture
def link(app):
    """A path that sets the password of a new account."""
    return made(app, "new@example.org", new=True)


def made(app, email, *, new):
    with app.app_context():
        link = one_time_link(app.extensions["database"], app.extensions["settings"], email, new=new)
    return link.removeprefix(HOST)


def chosen(browser, link, password=PASSWORD):
    return browser.send(link, {"password": password, "password_confirm": password, "submit": "1"})


def sign_in(browser: Browser, email="new@example.org", password=PASSWORD):
    return browser.send("/account/sign-in", {"email": email, "password": password, "submit": "1"})


def sessions(app) -> int:
    with app.extensions["database"].transaction(writing=False) as session:
        return session.scalar(select(func.count()).select_from(AccountSession))


def test_a_link_sets_a_password_and_opens_the_studies(app, link):
    browser = app.test_client()
    assert browser.get(link).status_code == 200
    answer = chosen(browser, link)
    assert answer.status_code in (302, 303)
    assert sign_in(app.test_client()).location.endswith("/studies")


def test_a_link_works_once(app, link):
    chosen(app.test_client(), link)
    again = app.test_client()
    again.get(link)
    chosen(again, link, "another horse battery staple")
    assert sign_in(app.test_client(), password="another horse battery staple").status_code == 200
    assert sign_in(app.test_client()).status_code in (302, 303)


@pytest.mark.parametrize("password", ["short", "passwordpassword"])
def test_a_weak_password_is_not_taken(app, link, password):
    answer = chosen(app.test_client(), link, password)
    assert answer.status_code == 200
    with app.extensions["database"].transaction(writing=False) as session:
        assert session.scalars(select(Account.password).where(Account.email == "new@example.org")).one() is None


def test_a_signed_in_browser_sees_its_studies(app, link):
    chosen(app.test_client(), link)
    browser = app.test_client()
    sign_in(browser)
    assert browser.get("/studies").status_code == 200
    assert browser.get("/").location.endswith("/studies")


@pytest.mark.parametrize("email", ["new@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(app, link, email):
    chosen(app.test_client(), link)
    before = sessions(app)
    answer = sign_in(app.test_client(), email, "wrong horse battery staple")
    assert answer.status_code == 200
    assert "The address or the password is not right" in answer.text
    assert sessions(app) == before


def test_signing_in_leads_back_to_our_own_pages_only(app, link):
    chosen(app.test_client(), link)
    answer = app.test_client().send(
        "/account/sign-in?next=https://evil.example.org/", {"email": "new@example.org", "password": PASSWORD}
    )
    assert "evil" not in (answer.location or "")


def test_signing_out_revokes_the_old_cookie(app, pages):
    browser = app.test_client().sign_in(pages.ada)
    cookie = browser.get_cookie("session", domain="delphi.example.org").value
    assert browser.send("/account/sign-out").status_code in (302, 303)
    assert browser.get("/studies").status_code == 303
    browser.set_cookie("session", cookie, domain="delphi.example.org")
    assert browser.get("/studies").status_code == 303


def test_signing_out_here_keeps_the_other_browser(app, pages):
    here, there = (app.test_client().sign_in(pages.ada) for _ in range(2))
    here.send("/account/sign-out")
    assert there.get("/studies").status_code == 200


def test_a_new_password_ends_the_sessions_that_were_open(app, pages):
    old = app.test_client().sign_in(pages.ada)
    assert old.get("/studies").status_code == 200
    chosen(app.test_client(), made(app, "ada@example.org", new=False))
    assert old.get("/studies").status_code == 303


def test_a_session_without_its_row_opens_nothing(app, ada):
    assert ada.get("/studies").status_code == 200
    with app.extensions["database"].transaction() as session:
        session.query(AccountSession).delete()
    assert ada.get("/studies").status_code == 303


def test_an_account_is_made_once_and_a_link_needs_one(app, pages):
    with pytest.raises(Refused, match="already"):
        made(app, "Ada@example.org ", new=True)
    with pytest.raises(Refused, match="no account"):
        made(app, "nobody@example.org", new=False)
