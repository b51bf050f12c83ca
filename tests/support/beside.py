"""A panelist who saves again and again at a running server, while something else is going on."""

import http.client
import os
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from browsing import HOST, SECRET, Browser, application

from delphi.config import Settings
from rounds.demo.server import free_port

NAME = HOST.removeprefix("http://")
BORDER = "one-part-of-a-form"
COMMAND = "import wsgi; wsgi.main()"


@dataclass
class Browsing:
    """A browser of an in-process application, whose cookie and token are good at the running server too."""

    port: int
    cookie: str
    token: str
    keep: bool = False  # whether the connection stays open between two requests
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def send(self, path: str, form: dict[str, Any], *, file: bytes | None = None) -> tuple[int, bytes]:
        """Post a form, with a file if there is one; status and body of the answer."""
        form = {"csrf_token": self.token, **form}
        if file is None:
            return self._ask("POST", path, urlencode(form).encode(), "application/x-www-form-urlencoded")
        parts = [f'--{BORDER}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in form.items()]
        head = f'--{BORDER}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n'
        body = ("".join(parts) + head).encode() + file + f"\r\n--{BORDER}--\r\n".encode()
        return self._ask("POST", path, body, f"multipart/form-data; boundary={BORDER}")

    def get(self, path: str) -> tuple[int, bytes]:
        return self._ask("GET", path, b"", "text/plain")

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
        headers = {"Host": NAME, "Cookie": f"session={self.cookie}", "Content-Type": kind}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        status, content = answer.status, answer.read()
        if not self.keep:
            self.connection.close()
        return status, content


class Served:
    """`delphi serve` on a database, and an application on the same, which gives browsers their grants."""

    def __init__(self, database_url: str, *options: str) -> None:
        self.port = free_port(0)
        self.browsings: list[Browsing] = []
        self.app = application(Settings(database_url, HOST, secret_key=SECRET, password_salt=SECRET))
        keys = {"SECRET_KEY": SECRET, "SECURITY_PASSWORD_SALT": SECRET, "MAIL_URL": ""}
        environment = os.environ | keys | {"DATABASE_URL": database_url, "PUBLIC_URL": HOST}
        command = [sys.executable, "-c", COMMAND, "serve", "--port", str(self.port), *options]
        self.process = subprocess.Popen(command, env=environment)

    def wait(self) -> None:
        end = time.monotonic() + 110
        while not self._answers():
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/account/sign-in", headers={"Host": NAME})
            with urllib.request.urlopen(asked) as answer:
                return answer.status == 200
        except OSError:
            return False

    def browsing(self, browser: Browser) -> Browsing:
        token = browser.token()
        cookie = browser.get_cookie("session", domain=NAME)
        assert cookie is not None
        self.browsings.append(Browsing(self.port, cookie.value, token))
        return self.browsings[-1]

    def stop(self) -> None:
        for browsing in self.browsings:
            browsing.connection.close()
        self.process.terminate()
        self.process.wait(60)
        self.app.extensions["database"].engine.dispose()


@contextmanager
def serving(database_url: str, *options: str):
    """A server that answers, until the end."""
    served = Served(database_url, *options)
    try:
        served.wait()
        yield served
    finally:
        served.stop()


class Saver(threading.Thread):
    """Changes one answer again and again, with a pause; notes when each save began and how many seconds it took."""

    def __init__(self, browsing: Browsing, *, pause: float = 0.005) -> None:
        super().__init__(daemon=True)
        browsing.keep = True
        self.browsing, self.pause, self.over = browsing, pause, threading.Event()
        self.seen = 0
        self.took: list[tuple[float, float]] = []
        self.failed: list[tuple[int, bytes]] = []

    def run(self) -> None:
        while not self.over.is_set():
            form = {"answer-1": 1 + self.seen % 2, "seen-answer-1": self.seen, "request": uuid4()}
            began = time.perf_counter()
            try:
                status, body = self.browsing.send("/panel/answers", form)
            except OSError as error:  # the server has ended
                status, body = 0, str(error).encode()
            self.took.append((began, time.perf_counter() - began))
            if status != 200:
                self.failed.append((status, body))
                return
            self.seen += 1
            self.over.wait(self.pause)

    def between(self, since: float, until: float) -> list[float]:
        """The saves that were under way in a span of time."""
        return sorted(seconds for began, seconds in list(self.took) if began < until and began + seconds > since)

    def stop(self) -> None:
        self.over.set()
        self.join(60)
