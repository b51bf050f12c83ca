"""Saves per CPU second beside a bare Flask view that commits one row, in one process and turn by turn (make bench-save)."""

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from bare import bare_app
from bench_pages import second_round
from browsing import HOST, SECRET, Browser
from builders import account
from flask import Flask

import wsgi
from delphi.config import Settings
from delphi.database import Database
from delphi.migrations import upgrade_to_head

TURNS, TIMES = 20, 25


def posted(app: Flask, path: str, form: dict[str, str], cookie: str = "") -> None:
    """Send one form straight to the application, without a client around it."""
    body = urlencode(form).encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "delphi.example.org",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "delphi.example.org",
        "HTTP_COOKIE": cookie,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
    }
    said = []
    answer = app.wsgi_app(environ, lambda status, _headers, _error=None: said.append(status))
    b"".join(answer)
    answer.close()
    assert said == ["200 OK"], said


def saving(app: Flask, key: tuple[int, Any]) -> Callable[[], None]:
    """A panelist's page that changes one answer again and again."""
    browser: Browser = app.test_client()
    browser.enter(*key)
    token = browser.token()
    cookie = "session=" + browser.get_cookie("session", domain="delphi.example.org").value
    seen = iter(range(10**9))

    def save() -> None:
        n = next(seen)
        form = {"answer-1": str(1 + n % 2), "seen-answer-1": str(n), "request": str(uuid4()), "csrf_token": token}
        posted(app, "/panel/answers", form, cookie)

    return save


def milliseconds(work: Callable[[], None]) -> float:
    """CPU of one call, over some."""
    started = time.process_time()
    for _ in range(TIMES):
        work()
    return 1000 * (time.process_time() - started) / TIMES


def main() -> int:
    """Print the CPU of a save and of the bare view, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if sys.argv[1:] else f"sqlite:///{Path(folder) / 'save.sqlite3'}"
        upgrade_to_head(url)
        database = Database(url)
        with database.transaction() as session:
            key = second_round(session, account(session, "ada").id)
        app = wsgi.app(Settings(database_url=url, public_url=HOST, secret_key=SECRET, password_salt=SECRET[::-1]))
        app.test_client_class = Browser
        save, bare = saving(app, key), bare_app(url)
        turns = [
            (milliseconds(lambda: posted(bare, "/bare", {"value": "3"})), milliseconds(save)) for _ in range(TURNS)
        ]
    of_bare, of_save = (median(column) for column in zip(*turns, strict=True))
    print(f"bare view {of_bare:.2f} ms, a save {of_save:.2f} ms of CPU: {of_bare / of_save:.0%} of the bare view")
    return 0


if __name__ == "__main__":
    sys.exit(main())
