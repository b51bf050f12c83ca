"""Panelists as the server meets them: with a script that saves each answer, or with forms alone; and who only writes."""

import http.client
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from bench.panel import Panel
from bench.samples import Samples
from rounds.demo.browser import Form, Page

VALUES = ("1", "2", "3", "4")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HUNG_UP_AFTER = 1.0  # seconds after which the server may have closed a connection that nobody used
TRIES, AGAIN_AFTER = 5, 1.0
COMMENTS = 0.05  # of all statements


class RoundOver(Exception):
    """The round was closed while somebody answered."""


@dataclass
class Visitor:
    """A browser that keeps a cookie and a connection; every answer of the server is a sample."""

    base: str
    cookie: str
    samples: Samples
    used: float = 0.0

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=60)

    def send(
        self, kind: str, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, str, str]:
        """One request: its status, its text, and where it leads on to."""
        if time.monotonic() - self.used > HUNG_UP_AFTER:
            self.connection.close()
        begun = time.monotonic()
        more = {"Cookie": self.cookie, **(FORM if body is not None else {}), **headers}
        try:
            response, text = self._answer(method, path, body, more)
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.samples.add(kind, begun, type(error).__name__)
            raise
        self.used = time.monotonic()
        for header in response.headers.get_all("Set-Cookie") or ():
            self.cookie = header.partition(";")[0]
        self.samples.add(kind, begun, response.status)
        return response.status, text, response.headers.get("Location", "")

    def _answer(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, str]:
        """One answer; where the server hung up before it read anything, a new connection is taken, as browsers do."""
        used_before = self.connection.sock is not None
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            if not used_before:
                raise
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        return response, response.read().decode()

    def patiently(
        self, kind: str, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, str, str]:
        """One request, sent again as it is while the server is busy, as the script of the page does."""
        for _ in range(TRIES):
            answer = self.send(kind, method, path, body, **headers)
            if answer[0] != 503:
                break
            time.sleep(AGAIN_AFTER)
        return answer

    def page(self, path: str) -> Page:
        """Open a page."""
        status, text, _on = self.patiently("page", "GET", path)
        if status == 409:
            raise RoundOver
        return Page(status, path, text).expect()

    def post(self, kind: str, form: Form, values: dict[str, str]) -> Page:
        """Send a form, and open the page after it."""
        status, _text, on = self.patiently(kind, "POST", form.action, urlencode(form.fields | values).encode())
        if status == 409:
            raise RoundOver
        assert status == 303, f"{form.action} answered {status}"
        return self.page(on.partition("#")[0])


@dataclass
class Person:
    """A panelist who answers everything once; each step is one answer, and says how long is thought before the next."""

    panel: Panel
    who: UUID
    visitor: Visitor
    draw: Random
    think: float = 0.0
    acknowledged: dict[tuple[UUID, int], tuple[int, int]] = field(default_factory=dict)

    def _thinks(self) -> float:
        return self.draw.uniform(0.5, 1.5) * self.think

    def with_script(self) -> Iterator[float]:
        """Open the pages, save each answer and some comments, go on, submit."""
        yield self._thinks()
        self.visitor.page("/panel")
        page = self.visitor.page("/panel/page/1")
        while page.path.startswith("/panel/page/"):
            form, given = page.form(having="sheet"), {}
            for statement in _statements(page):
                yield self._thinks()
                given |= self._save(form, f"answer-{statement}", self.draw.choice(VALUES))
                if self.draw.random() < COMMENTS:
                    given |= self._save(
                        form, f"comment-{statement}", "Because it has to be said, in a sentence or two."
                    )
            page = self.visitor.post("form", form, given)
        self.visitor.post("submit", page.form("/submit"), {})

    def _save(self, form: Form, name: str, value: str) -> dict[str, str]:
        """Save one field as the script of the page does; what the page knows then."""
        sent = {name: value, f"seen-{name}": form.fields[f"seen-{name}"], "request": str(uuid4())}
        body = urlencode(sent | {"sheet": form.fields["sheet"]}).encode()
        headers = {"X-CSRFToken": form.fields["csrf_token"]}
        status, text, _on = self.visitor.patiently("save", "POST", "/panel/answers", body, **headers)
        if status == 409 and json.loads(text)["state"] == "closed":
            raise RoundOver
        assert status == 200, f"a save was answered {status}: {text[:200]}"
        version = json.loads(text)["versions"][name]
        self._keep(name, version, value)
        return {name: value, f"seen-{name}": str(version)}

    def with_forms(self) -> Iterator[float]:
        """Open the pages, send each with all its answers, submit."""
        yield self._thinks()
        self.visitor.page("/panel")
        page = self.visitor.page("/panel/page/1")
        while page.path.startswith("/panel/page/"):
            statements = _statements(page)
            yield len(statements) * self._thinks()
            given = {f"answer-{statement}": self.draw.choice(VALUES) for statement in statements}
            page = self.visitor.post("form", page.form(having="sheet"), given | {"go": "on"})
            for name, value in given.items():
                self._keep(name, 1, value)
        self.visitor.post("submit", page.form("/submit"), {})

    def _keep(self, name: str, version: int, value: str) -> None:
        kind, _dash, statement = name.partition("-")
        if kind == "answer":
            self.acknowledged[self.who, int(statement)] = (version, int(value))

    def changes(self) -> Iterator[float]:
        """Change one answer again and again: a writer."""
        page = self.visitor.page("/panel/page/1")
        form, name = page.form(having="sheet"), f"answer-{_statements(page)[0]}"
        for n in range(10**6):
            form.fields |= self._save(form, name, VALUES[n % 2])
            yield 0.0


def bare_writer(visitor: Visitor) -> Iterator[float]:
    """Post one value again and again."""
    while True:
        status, _text, _on = visitor.send("bare", "POST", "/bare", b"value=3")
        assert status == 200
        yield 0.0


def _statements(page: Page) -> list[str]:
    return re.findall(r'data-statement="(\d+)"', page.text)
