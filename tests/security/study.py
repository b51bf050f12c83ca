"""A study of 57 people, played as they would: by the pages; what everybody answered is kept aside, to mark guesses by."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from random import Random
from typing import Any

from browsing import Browser, application
from builders import NOW, SMALL, account, people
from flask import Flask
from guards import Killed
from sqlalchemy import select
from uploads import upload

from delphi import clock
from delphi.cli import loops_of
from delphi.config import Settings
from delphi.letters.relay import Outcome, Relay
from delphi.model.account import Account
from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.study import Harm, Membership, Role
from delphi.people import roster
from delphi.protocol import method
from delphi.statements.statements import NewStatement
from delphi.studies import creation
from delphi.studies.designs import StudyPlan

Answers = dict[int, int | str]
SLUG = "attacked"
SIZES = {"carers": 4, "nurses": 6, "patients": 47}
STATEMENTS = 12
STAYS = 0.9  # the share of answers that are given again in the next round
ROLES = {"ben": Role.ANALYST, "mia": Role.PANEL_MANAGER, "vic": Role.VIEWER}
LATE = "Panelist 57"
LEAVERS = {"Panelist 1": 1, "Panelist 2": 1, "Panelist 3": 1, "Panelist 11": 1, "Panelist 5": 2}  # their last rounds
WITHDRAWN = {1: "Panelist 20", 2: "Panelist 29"}  # between the close and the release of these rounds
CHANGED = "Panelist 10"  # a nurse who would rather speak as a patient
MIXED = [1, 1, 2, 3, 4]  # what people incline to, where their group says nothing else
CORRECTED = "Panelist 38"  # whose address the lead changes to one of their own
MINE = "ada-herself@example.org"


def number_pages(session: Any) -> None:
    """Give the pages of people addresses by their names, so that those of two plays can be laid side by side."""
    member = (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist)
    for panelist, name in session.execute(select(Panelist, Identity.name).join(Identity, member)):
        panelist.page_code = name.upper().replace(" ", "-")


@dataclass
class Play:
    """A study that is being played, and what only the people themselves know.

    Attributes
    ----------
    truth
        What everybody answered, by round and name.
    letters
        Address, subject and text of each mail.
    left
        Who has left the panel, and in which round.
    refused
        Buttons that did not do what they say.
    swapped
        Two people who give each other's answers.
    silent
        Nobody writes a comment.
    leanings
        What the people of a group incline to.
    leavers, withdrawn
        The last round of those who drop out; who leaves the panel between the close and the release of a round.
    log
        Every line that the product logged.
    """

    app: Flask
    settings: Settings
    sizes: dict[str, int]
    seed: int = 1
    rounds: int = 3
    groups: dict[str, str] = field(default_factory=dict)
    truth: dict[int, dict[str, Answers]] = field(default_factory=dict)
    scripts: dict[int, dict[str, Answers]] = field(default_factory=dict)
    letters: list[tuple[str, str, str]] = field(default_factory=list)
    browsers: dict[str, Browser] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    swapped: tuple[str, str] = ("", "")
    silent: bool = False
    leanings: dict[str, list[int]] = field(default_factory=lambda: {"patients": [1, 2, 3, 4, 4]})
    leavers: dict[str, int] = field(default_factory=LEAVERS.copy)
    withdrawn: dict[int, str] = field(default_factory=WITHDRAWN.copy)
    log: list[str] = field(default_factory=list)

    @property
    def at(self) -> str:
        return f"/studies/{SLUG}"

    @property
    def lead(self) -> Browser:
        return self.browsers["ada"]

    def prepare(self, **design: Any) -> None:
        """Make the study, its team and its panel."""
        members = [name for name, size in self.sizes.items() for _ in range(size)]
        everybody = [replace(one, group=g) for one, g in zip(people(len(members)), members, strict=True)]
        self.groups = {one.name: one.group or "" for one in everybody}
        with self.database.transaction() as session:
            ada = account(session, "ada")
            plan = StudyPlan(slug=SLUG, title="Attacked", lead_name="Ada", contact_email="ada@example.org")
            asked = tuple(NewStatement(f"S{n}", f"Service {n} is needed.") for n in range(1, STATEMENTS + 1))
            wanted = {"statements": asked, "groups": tuple(self.sizes), "rounds": self.rounds} | design
            made = creation.create(session, replace(SMALL, **wanted), plan, by=ada.id, at=NOW)
            made.harm = Harm.YES
            method.lock(session, made, by=ada.id, at=NOW)
            session.flush()
            for name, role in ROLES.items():
                session.add(Membership(study_id=made.id, account=account(session, name).id, role=role))
            roster.add(session, made, [one for one in everybody if one.name != LATE])
            self.study_id = made.id
            number_pages(session)
        with self.database.transaction() as session:
            accounts = {one.email.partition("@")[0]: one for one in session.scalars(select(Account))}
            session.expunge_all()
        self.browsers = {name: self.app.test_client().sign_in(accounts[name]) for name in ("ada", *ROLES)}

    @property
    def database(self) -> Any:
        return self.app.extensions["database"]

    def panelist(self, name: str) -> Browser:
        """Open a browser in which somebody of the panel is signed in."""
        with self.database.transaction(writing=False) as session:
            who = session.scalars(select(Identity.panelist).filter_by(study_id=self.study_id, name=name)).one()
        return self.app.test_client().enter(self.study_id, who)

    def press(self, path: str, data: dict[str, Any] | None = None, browser: Browser | None = None) -> bool:
        """Press a button of the lead; what was refused is kept in words."""
        sent = (browser or self.lead).send(f"{self.at}/{path}", data)
        if sent.status_code >= 400:
            self.refused.append(f"{path}: {sent.status_code}")
        return sent.status_code < 400

    def launch(self, number: int) -> bool:
        """Draft the round if it is a later one, decide to ask all again, and launch it."""
        if number > 1:
            self.press(f"rounds/{number - 1}/next")
            self.press(f"rounds/{number}/decide", self._again())
        closes = (clock.now() + timedelta(days=14)).strftime("%Y-%m-%dT%H:%M")
        went = self.press(f"rounds/{number}/launch", {"closes_at": closes})
        self.post()
        return went

    def _again(self) -> dict[str, str]:
        chosen = {f"decide-{n}": "rate_again" for n in range(1, STATEMENTS + 1)}
        return chosen | {f"reason-{n}": "once more" for n in range(1, STATEMENTS + 1)}

    def answer(self, number: int, names: Sequence[str]) -> None:
        """Let these people answer, comment now and then, and finish."""
        draw = Random(f"{self.seed}/{number}")
        self.scripts[number] = {name: self._given(number, name, draw) for name in names}
        self.truth[number] = {}
        for name in names:
            given = self.scripts[number][self.played_by(name)]
            self.fill_in(name, given)
            self.truth[number][name] = given

    def played_by(self, name: str) -> str:
        """Whose answers somebody gives."""
        one, other = self.swapped
        return {one: other, other: one}.get(name, name)

    def fill_in(self, name: str, given: Answers) -> None:
        """Agree, answer every page, and finish."""
        browser = self.panelist(name)
        browser.send("/panel/consent", {"decision": "agree"})
        sent = {f"answer-{n}": str(value) for n, value in given.items()}
        remark = {"comment-2": remark_of(name)} if remark_of(name) and not self.silent else {}
        page, where = 1, "/panel/page/1"
        while "/page/" in where and page < STATEMENTS:
            where = browser.send(where, sent | remark).location or ""
            page += 1
        assert browser.send("/panel/submit").status_code < 400, (name, where)

    def _given(self, number: int, name: str, draw: Random) -> Answers:
        before = self.scripts.get(number - 1, {}).get(name, {})
        own = Random(f"{self.seed}/{name}")
        leaning = {n: own.choice(self.leanings.get(self.groups[name], MIXED)) for n in NUMBERS}
        fresh = {n: draw.choice([1, 2, 3, 4]) for n in NUMBERS}
        kept = {n: draw.random() < STAYS for n in NUMBERS}
        return {n: (before or leaning)[n] if kept[n] or not before else fresh[n] for n in NUMBERS}

    def withdraw(self, name: str, number: int) -> None:
        """Leave the panel, and have as much removed as is offered."""
        browser = self.panelist(name)
        for choice in ("remove_unreleased", "remove_open", "keep"):
            sent = browser.send("/panel/withdraw", {"choice": choice, "confirm": "yes"})
            if sent.status_code == 200 and browser.get("/panel").status_code == 404:
                break
        self.left[name] = number
        self.post()

    def correct(self, name: str) -> bool:
        """Change somebody's address to one of the lead's own."""
        page = f"panel/{name.upper().replace(' ', '-')}"
        text = self.lead.get(f"{self.at}/{page}").text
        seen = re.search(r'name="seen" value="([^"]*)"', text)
        fields = {"name": name, "group": self.groups[name], "seen": seen[1] if seen else ""}
        went = self.press(page, fields | {"email": MINE})
        self.post()
        return went

    def regroup(self, name: str, group: str) -> bool:
        """Import a list in which somebody is in another group."""
        number = name.split()[1]
        row = f"name,email,group\n{name},panelist{number}@panel.example.org,{group}\n"
        went = upload(self.lead, f"{self.at}/panel", row).status_code == 303
        self.groups[name] = group if went else self.groups[name]
        return went

    def join(self, name: str) -> None:
        """Import one person more."""
        number = name.split()[1]
        upload(
            self.lead, f"{self.at}/panel", f"name,email,group\n{name},p{number}@panel.example.org,{self.groups[name]}\n"
        )
        with self.database.transaction() as session:
            number_pages(session)

    def post(self) -> None:
        """Let the worker do what is due: letters, files, whatever else it is given."""
        with catching(self.letters):
            for loop in loops_of(self.app):
                with suppress(Killed):
                    while loop.work(at=clock.now()):
                        pass


NUMBERS = range(1, STATEMENTS + 1)


def remark_of(name: str) -> str:
    """What somebody writes beside an answer; most write nothing."""
    number = int(name.split()[1])
    return f"Remark {Random(name).randrange(10**6)}." if number % 9 == 2 else ""


@contextmanager
def catching(letters: list[tuple[str, str, str]]) -> Iterator[None]:
    """Keep what is handed to the relay."""

    def keep(_relay: Relay, mail: EmailMessage, **_in_time: Any) -> Outcome:
        letters.append((str(mail["To"]), str(mail["Subject"]), mail.get_body(("plain",)).get_content()))
        return Outcome.SENT

    kept = Relay.open, Relay.send
    Relay.open, Relay.send = (lambda _relay: None), keep
    try:
        yield
    finally:
        Relay.open, Relay.send = kept


@contextmanager
def logging_to(lines: list[str]) -> Iterator[None]:
    """Keep what is logged."""
    handler = Kept(lines)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


class Kept(logging.Handler):
    """Keeps every line of the log, with its traceback."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(self.format(record))


def begin(url: str, host: str, secret: str, sizes: dict[str, int] = SIZES, **design: Any) -> Play:
    """Make the application on a database, and the study in it."""
    settings = Settings(
        database_url=url, public_url=host, secret_key=secret, password_salt=secret[::-1], mail_url="smtp://localhost:1"
    )
    play = Play(application(settings), settings, sizes)
    play.prepare(**design)
    return play
