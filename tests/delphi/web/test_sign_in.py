"""Trying passwords is slowed down, for whoever tries; nobody is locked out by a stranger."""

from datetime import timedelta

import pytest
from flask_security.utils import hash_password
from sqlalchemy import select

from delphi import clock
from delphi.model.account import Account
from delphi.model.panel import Attempt

SIGN_IN = "/account/sign-in"
PASSWORD = "seven quiet herons by the weir"


@pytest.fixture
def door(app, pages):
    """Ada with a password, and a browser before her door."""
    with app.test_request_context(), app.extensions["database"].transaction() as session:
        session.get_one(Account, pages.ada.id).password = hash_password(PASSWORD)
    return app.test_client()


def attempt(browser, password="wrong", email="ada@example.org", **options):
    return browser.send(SIGN_IN, {"email": email, "password": password}, **options)


def test_the_sixth_try_waits_and_the_right_password_waits_with_it(door):
    assert {attempt(door).status_code for _ in range(5)} == {200}
    answer = attempt(door, PASSWORD)
    assert (answer.status_code, "Try again in" in answer.text) == (429, True)
    assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_after_a_quarter_of_an_hour_it_can_be_tried_again(door, monkeypatch):
    for _ in range(6):
        attempt(door)
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert attempt(door, PASSWORD).status_code in (302, 303)


def test_a_stranger_elsewhere_locks_nobody_out(door):
    for _ in range(7):
        attempt(door, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert attempt(door, PASSWORD).status_code in (302, 303)


def test_one_client_cannot_try_address_after_address(door):
    codes = [attempt(door, email=f"p{n}@example.org").status_code for n in range(42)]
    assert codes[:40] == [200] * 40
    assert codes[40:] == [429] * 2


def test_the_right_password_forgets_the_tries_before_it(app, door):
    for _ in range(4):
        attempt(door)
    attempt(door, PASSWORD)
    with app.extensions["database"].transaction(writing=False) as session:
        windows = session.scalars(select(Attempt.window)).all()
    assert [window.split()[0] for window in windows] == ["sign-ins"]
