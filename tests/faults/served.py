"""A study in an open round, behind `delphi serve` and `delphi work` in processes of their own; what browsers of it need."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from browsing import HOST, SECRET, application
from builders import NOW, account, open_to_all, panel_of, study
from sqlalchemy import func, select, update

from delphi import clock
from delphi.config import Settings
from delphi.database import Database
from delphi.model.account import Account
from delphi.model.letter import Letter
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.statements.statements import NewStatement
from exports.files import jobs
from exports.files.orders import Order
from exports.record.reader_profile import Profile

SLUG, PANELISTS, STATEMENTS = "faults", 24, 20
SECONDS_TO_START = 60
NAMES = {"SECRET_KEY": SECRET, "SECURITY_PASSWORD_SALT": SECRET[::-1], "PUBLIC_URL": HOST}
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Door:
    """The cookie and the token with which a browser sends forms."""

    cookie: str
    token: str


@dataclass
class Site:
    """The study, its panel, and the processes that serve it."""

    url: str
    study: int = 0
    ada: int = 0
    panel: list[UUID] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = Database(self.url)
        self.app = application(Settings(self.url, HOST, SECRET, SECRET[::-1]))

    def begin(self, *, panelists: int = PANELISTS) -> "Site":
        """Launch a round in which everybody has agreed to take part; nobody is written to but in tests of letters."""
        asked = tuple(NewStatement(f"S{n}", f"Service {n} is needed.", section="One page") for n in range(STATEMENTS))
        with self.database.transaction() as session:
            ada = account(session, "ada")
            made = study(session, ada, SLUG, panelists=panelists, statements=asked)
            open_to_all(session, made)
            self.study, self.panel, self.ada = made.id, panel_of(session, made), ada.id
        return self

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start `delphi` with a command and its options."""
        names = {**os.environ, **NAMES, "DATABASE_URL": self.url, **environment}
        program = [sys.executable, "-c", "import wsgi; wsgi.main()", *command]
        process = subprocess.Popen(program, env=names, stdout=subprocess.DEVNULL, start_new_session=True)
        self.processes.append(process)
        return process

    def serve(self, port: int, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a server, again as long as its port is still held by one that was killed, and wait until it answers."""
        end = time.monotonic() + SECONDS_TO_START
        process = self.start("serve", "--port", str(port), *options, **environment)
        while not (children(process.pid)["worker"] and answers(port)):  # not only what a killed server left
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.1)
            if process.poll() is not None:
                process = self.start("serve", "--port", str(port), *options, **environment)
        return process

    def stop(self) -> None:
        """End every process that was started."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.database.engine.dispose()
        self.app.extensions["database"].engine.dispose()

    def panelist(self, n: int) -> Door:
        """Let a panelist in."""
        return door_of(self.app.test_client().enter(self.study, self.panel[n]))

    @cached_property
    def writer(self) -> Door:
        """The browser of the last panelist, who sends forms and none of the savers' answers."""
        return self.panelist(-1)

    def lead(self) -> Door:
        """Let Ada in, who leads the study."""
        with self.database.transaction() as session:
            ada = session.scalars(select(Account).where(Account.email == "ada@example.org")).one()
            session.expunge_all()
        return door_of(self.app.test_client().sign_in(ada))

    def close(self, port: int) -> int:
        """Close the round by its page; the status of the answer."""
        return send(port, self.lead(), f"/studies/{SLUG}/rounds/1/close", {})[0]

    def set_deadline(self, moment: object) -> None:
        with self.database.transaction() as session:
            session.execute(update(Round).where(Round.study_id == self.study).values(closes_at=moment))

    def count(self, table: type, *which: object) -> int:
        with self.database.transaction(writing=False) as session:
            return session.scalar(select(func.count()).select_from(table).where(*which)) or 0

    def quiet(self) -> None:
        """Leave no letter to be sent."""
        with self.database.transaction() as session:
            session.execute(update(Letter).values(sent_at=NOW))


def door_of(browser: object) -> Door:
    token = browser.token()
    return Door("session=" + browser.get_cookie("session", domain="delphi.example.org").value, token)


def send(
    port: int, door: Door, path: str, form: Mapping[str, str] | None = None, *, seconds: float = 60
) -> tuple[int, dict[str, str], bytes]:
    """Send a form, or ask for a page where there is none: status, headers and body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        head = {"Host": "delphi.example.org", "Cookie": door.cookie, "Connection": "close"}
        if form is None:
            connection.request("GET", path, headers=head)
        else:
            body = urlencode({"csrf_token": door.token, **form})
            connection.request("POST", path, body, {**head, "Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def answers(port: int) -> bool:
    """Whether a server gives pages here."""
    try:
        return send(port, Door("", ""), "/account/sign-in", seconds=5)[0] == 200
    except (OSError, HTTPException):
        return False


def children(pid: int) -> dict[str, list[int]]:
    """The processes of a server by what they do: workers of the web, and `delphi work`."""
    found: dict[str, list[int]] = {"worker": [], "work": []}
    lists = Path(f"/proc/{pid}/task").glob("*/children")  # by thread
    with suppress(OSError):
        for child in " ".join(one.read_text() for one in lists).split():
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            found["work" if b"work" in words else "worker"].append(int(child))
    return found


@contextmanager
def site_at(url: str, **options: int) -> Iterator[Site]:
    """A site on an empty database with tables."""
    site = Site(url).begin(**options)
    try:
        yield site
    finally:
        site.stop()


def until(true: object, seconds: float = 60) -> float:
    """Wait until something is true; how many seconds it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it took too long"
        time.sleep(0.05)
    return time.monotonic() - began


def order(site: Site, n: int = 1) -> None:
    """Order files as a page does."""
    with site.database.transaction() as session:
        study = session.get_one(Study, site.study)
        for _ in range(n):
            jobs.ask(session, study, Order("consensus", "xlsx", Profile.ANALYST), by=site.ada, at=clock.now())
