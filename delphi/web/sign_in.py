"""Trying passwords is slowed down: from the sixth try in a quarter of an hour the page says to wait (TRUST 5.5).

Tries count by address and client together, so that a stranger elsewhere cannot lock anybody out, and by client alone.
"""

from datetime import datetime
from typing import Any

from flask import Flask, render_template, request
from flask_security import user_authenticated

from delphi import clock
from delphi.web import throttle
from delphi.web.transaction import apart, writing_session

ONE_ADDRESS, ALL_ADDRESSES = 5, 40
PlainResponse = tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    """Count before the request opens its transaction: a refused try must still be counted."""

    @app.before_request
    def slow_down() -> PlainResponse | None:
        if request.endpoint != "security.login" or request.method != "POST":
            return None
        at, key = clock.now(), _key()
        with apart() as session:
            own = throttle.count(session, "sign-in", key, at=at, by=throttle.QUARTER)
            clients = throttle.count(session, "sign-ins", request.remote_addr or "", at=at, by=throttle.QUARTER)
        if own <= ONE_ADDRESS and clients <= ALL_ADDRESSES:
            return None
        seconds = _left(at)
        page = render_template("errors/too_many.html", minutes=-(-seconds // 60))
        return page, 429, {"Retry-After": str(seconds)}

    user_authenticated.connect(_forget, app)


def _key() -> str:
    return f"{request.form.get('email', '').strip().lower()} {request.remote_addr}"


def _left(at: datetime) -> int:
    """The seconds until the quarter of an hour is over."""
    return 900 - (at.minute % 15 * 60 + at.second)


def _forget(_app: Flask, **_: Any) -> None:
    throttle.forget(writing_session(), "sign-in", _key(), at=clock.now(), by=throttle.QUARTER)
