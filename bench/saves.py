"""CPU of a save beside a bare Flask view that commits one row, in one process and turn by turn (make bench-save)."""

import io
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from bench_pages import second_round
from browsing import HOST, SECRET, Browser
from builders import account
from flask import Flask

import wsgi
from bench.bare import bare_app
from delphi.config import Settings
from delphi.database import Database
from delphi.migrations import upgrade_to_head
from delphi.web.security import masked

TURNS, TIMES = 40, 25
Environ = dict[str, Any]


def request_of(path: str, form: dict[str, str], **more: Any) -> Environ:
    """What a server hands over for one form, made before the clock runs."""
    body = urlencode(form).encode()
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "delphi.example.org",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "delphi.example.org",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        **more,
    }


def answered(app: Flask, environ: Environ) -> None:
    """Hand one request to the application, without a server around it."""
    said = []
    answer = app.wsgi_app(environ, lambda status, _headers, _error=None: said.append(status))
    b"".join(answer)
    answer.close()
    assert said == ["200 OK"], said


def bare_requests() -> Iterator[Environ]:
    """One value, again and again."""
    while True:
        yield request_of("/bare", {"value": "3"})


def saves(app: Flask, key: tuple[int, Any]) -> Iterator[Environ]:
    """What the page of a panelist sends who changes one answer again and again."""
    browser: Browser = app.test_client()
    browser.enter(*key)
    token = masked(browser.token())
    cookie = "session=" + browser.get_cookie("session", domain="delphi.example.org").value
    sheet = browser.get("/panel/answers").json["sheet"]
    for seen in range(10**9):
        form = {"answer-1": str(1 + seen % 2), "seen-answer-1": str(seen), "request": str(uuid4()), "sheet": sheet}
        yield request_of("/panel/answers", form, HTTP_COOKIE=cookie, HTTP_X_CSRFTOKEN=token)


def milliseconds(app: Flask, requests: Iterator[Environ], times: int = TIMES) -> float:
    """CPU of one request, over some."""
    sent = [next(requests) for _ in range(times)]
    started = time.process_time()
    for environ in sent:
        answered(app, environ)
    return 1000 * (time.process_time() - started) / times


def prepared(url: str) -> tuple[Callable[[int], float], Callable[[int], float]]:
    """The bare view and the platform on one database: each gives the CPU of one request, over so many."""
    upgrade_to_head(url)
    database = Database(url)
    with database.transaction() as session:
        key = second_round(session, account(session, "ada").id)
    app = wsgi.app(Settings(database_url=url, public_url=HOST, secret_key=SECRET, password_salt=SECRET[::-1]))
    app.test_client_class = Browser
    bare, own, plain = bare_app(url), saves(app, key), bare_requests()
    return lambda times: milliseconds(bare, plain, times), lambda times: milliseconds(app, own, times)


def main() -> int:
    """Print the CPU of a save and of the bare view, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if sys.argv[1:] else f"sqlite:///{Path(folder) / 'save.sqlite3'}"
        bare, save = prepared(url)
        turns = [(bare(TIMES), save(TIMES)) for _ in range(TURNS)]
    of_bare, of_save = (median(column) for column in zip(*turns, strict=True))
    ratio = median(one / other for one, other in turns)
    print(f"bare view {of_bare:.2f} ms, a save {of_save:.2f} ms of CPU: {ratio:.0%} of the bare view")
    return 0


if __name__ == "__main__":
    sys.exit(main())
