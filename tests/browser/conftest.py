"""A server, a Chromium, a study: for tests that play a person. What a person must never meet fails every test.

Nothing may leave for another host, break the content security policy, or raise an error in a script.
"""

import os
import secrets
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from browsing import SECRET
from builders import NOW, account, lead_of, panel_of, released, select_account, study
from flask import Flask
from mockups import second_round
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from sqlalchemy import select, update
from werkzeug.serving import WSGIRequestHandler, make_server

import wsgi
from delphi import clock
from delphi.access import sha256
from delphi.config import Settings
from delphi.consensus.vocabulary import Decided
from delphi.database import Database
from delphi.migrations import upgrade_to_head
from delphi.model.panel import AccessLink
from delphi.model.rating import Comment, Rating
from delphi.model.round import Round
from delphi.model.study import Consent, Study
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle
from rounds.revision import changes as revision
from rounds.revision.decisions import DecidedBy

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ROOT = ["--no-sandbox"] if os.geteuid() == 0 else []
SECTIONS = ("Barriers", "Services", "Rights", "Data", "Recommendations")
FULL = ("own_rating", "distribution", "quartiles", "wording", "groups", "comments")


class Quiet(WSGIRequestHandler):
    reachable = True

    def handle(self) -> None:
        """Answer, or hang up as a network does that is gone."""
        if self.reachable:
            super().handle()

    def run_wsgi(self) -> None:
        """Hang up too where the browser had connected before, and asks only now."""
        if self.reachable:
            super().run_wsgi()
        else:
            self.close_connection = True

    def log(self, *_: Any) -> None:
        """Say nothing: a personal link is no text for a log."""


@dataclass
class Site:
    """A running server with its database."""

    url: str
    app: Flask
    database: Database

    def study(
        self,
        slug: str,
        *,
        statements: int = 6,
        rounds: int = 1,
        panelists: int = 12,
        ratings: Sequence[int] = (4, 4, 3, 4, 3, 2, 1),
        asked: Sequence[NewStatement] = (),
        **changes: Any,
    ) -> "Played":
        """Make a study whose last round is open, and before it rounds in which everybody rated."""
        with self.database.transaction() as session:
            lead = session.scalars(select_account("ada")).first() or account(session, "ada")
            asked = tuple(asked) or tuple(map(self._statement, range(1, statements + 1), [statements] * statements))
            statements = len(asked)
            made = study(session, lead, slug, panelists=panelists, statements=asked, **({"feedback": FULL} | changes))
            played = Played(self, made.id, panel_of(session, made))
            for who in played.panel:
                session.add(Consent(study_id=made.id, panelist=who, version=1, given_on=NOW.date()))
            session.flush()
            for number in range(1, rounds):
                votes = [
                    {n: "nq" if i == 11 else ratings[(i + n) % len(ratings)] for n in range(1, statements + 1)}
                    for i in range(panelists)
                ]
                before = released(session, made, votes, number)
                draft = lifecycle.prepare_next(session, made, before, by=lead_of(session, made), at=NOW)
                by = DecidedBy(lead_of(session, made), NOW, "the panel judges once more")
                again = dict.fromkeys(range(1, statements + 1), (Decided.RATE_AGAIN, by))
                revision.decide(session, draft, again)
            draft = session.get_one(Round, (made.id, rounds))
            lifecycle.launch(
                session, made, draft, closes_at=NOW + timedelta(days=14), by=lead_of(session, made), at=NOW
            )
            played.rounds = rounds
        return played

    @staticmethod
    def _statement(n: int, statements: int) -> NewStatement:
        return NewStatement(
            f"STMT{n}",
            f"Statement {n}: services for migrants who use drugs are within reach of those who need them.",
            help="Within reach means open in the evening, without papers and in a language people speak.",
            section=SECTIONS[(n - 1) * len(SECTIONS) // max(statements, len(SECTIONS))],
        )

    def second_round(self, scale: str) -> "Played":
        """Make a study of the design's words and numbers whose second round is open, with one reader."""
        with self.database.transaction() as session:
            lead = session.scalars(select_account("ada")).first() or account(session, "ada")
            made, reader = second_round(session, lead, f"second-{scale}".replace("_", "-"), scale)
        return Played(self, made, [reader], 2)


@dataclass
class Played:
    """A study under way, as tests look at it and act on it from outside."""

    site: Site
    id: int
    panel: list[UUID] = field(default_factory=list)
    rounds: int = 1

    def link(self, person: int = 0) -> str:
        """Mint a personal link."""
        token = secrets.token_urlsafe(32)
        with self.site.database.transaction() as session:
            key = {"study_id": self.id, "panelist": self.panel[person]}
            session.add(AccessLink(token_sha256=sha256(token), minted_on=clock.now().date(), **key))
        return f"{self.site.url}/p/{token}"

    def ratings(self, person: int = 0) -> dict[int, tuple[int | None, int]]:
        """Give what is stored for a person in the open round: value and version, by statement."""
        mine = select(Rating.statement, Rating.value, Rating.version).filter_by(
            study_id=self.id, round=self.rounds, panelist=self.panel[person]
        )
        with self.site.database.transaction(writing=False) as session:
            return {row.statement: (row.value, row.version) for row in session.execute(mine)}

    def comments(self, person: int = 0) -> list[str]:
        mine = select(Comment.text).filter_by(study_id=self.id, round=self.rounds, panelist=self.panel[person])
        with self.site.database.transaction(writing=False) as session:
            return list(session.scalars(mine))

    def close(self) -> None:
        with self.site.database.transaction() as session:
            made = session.get_one(Study, self.id)
            round_ = session.get_one(Round, (self.id, self.rounds))
            lifecycle.close(session, round_, by=lead_of(session, made), at=clock.now())

    def deadline(self, closes_at: Any) -> None:
        """Move the deadline, into the past as well: what the clock would do in days."""
        moved = {"opened_at": NOW - timedelta(days=9), "closes_at": closes_at}
        with self.site.database.transaction() as session:
            session.execute(update(Round).filter_by(study_id=self.id, number=self.rounds).values(**moved))


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    url = f"sqlite:///{tmp_path_factory.mktemp('site')}/site.sqlite3"
    upgrade_to_head(url)
    holder = make_server("127.0.0.1", 0, lambda *_: [], threaded=True, request_handler=Quiet)
    address = f"http://127.0.0.1:{holder.server_port}"
    settings = Settings(
        database_url=url, public_url=address, secret_key=SECRET, password_salt=SECRET[::-1], pseudo_language=True
    )
    app = wsgi.app(settings)
    holder.app = app
    threading.Thread(target=holder.serve_forever, daemon=True).start()
    yield Site(address, app, app.extensions["database"])
    holder.shutdown()
    app.extensions["database"].engine.dispose()


@pytest.fixture
def network(monkeypatch) -> Any:
    """Let the network go, and come back: everything that any browser asks for is hung up on."""
    return lambda there: monkeypatch.setattr(Quiet, "reachable", there)


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    assert CHROMIUM, "Chromium is needed: make browser installs it where it may"
    with sync_playwright() as one:
        yield one


@pytest.fixture(scope="session")
def chromium(driver) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=ROOT)
    yield browser
    browser.close()


@pytest.fixture
def installed(driver, site, tmp_path) -> Any:
    """Open a browser with the same profile again and again, as a phone does after its battery was empty."""
    profile = str(tmp_path / "profile")

    def start() -> Page:
        context = driver.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=ROOT, base_url=site.url, locale="en-GB"
        )
        return context.pages[0]

    start.profile = profile
    return start


@pytest.fixture
def visit(chromium, site) -> Iterator[Any]:
    """Open browsers for persons; at the end ask whether anything happened that must not."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def person(**options: Any) -> Page:
        context = chromium.new_context(base_url=site.url, locale="en-GB", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith((site.url, "data:")) else wrong.append(r.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda m: wrong.append(m.text) if "Content Security Policy" in m.text else None)
        return page

    yield person
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def enter(visit) -> Any:
    """Open a person's link and start."""

    def start(played: Played, person: int = 0, *, page: Page | None = None, **options: Any) -> Page:
        page = page or visit(**options)
        page.goto(played.link(person))
        page.get_by_role("button", name="Continue").click()
        return page

    return start
