"""How long a request keeps others from writing (SQLite): every form of a team, in a study of 200 people and 40 statements."""

import io
import time
from datetime import timedelta

import pytest
from bench_pages import answer
from builders import LATER, account, study
from databases import one_engine
from routes import requests
from sqlalchemy import select

from delphi.cli import read_templates
from delphi.model.study import Study
from exports.catalogue import CATALOGUE

pytestmark = [one_engine, pytest.mark.timeout(300)]
PEOPLE, STATEMENTS = 200, 40
LONGEST, LONGEST_OF_MANY = 0.1, 0.6  # seconds of the processor; a save holds it for 0.002, a bundle takes 0.13
# These write a row or more a person or statement, and nothing else under the lock.
MANY = {
    "panel_import.take",
    "statement_import.take",
    "round.launch",
    "round.remind",
    "round.stop_reminders",
    "round.extend",
}
MANY |= {"round.close", "revision.decide"}
AT = "/studies/care"
ROSTER = "name,email,group\n" + "".join(f"P {n},p{n}@panel.example.org,peers\n" for n in range(PEOPLE))
SHEET = "code,section,text\n" + "".join(f"S{n},Part {n // 20},Service {n} is needed.\n" for n in range(STATEMENTS))
DEADLINE = {"closes_at": f"{LATER:%Y-%m-%dT%H:%M}", "remind": "y"}
LATER_ONE = {"closes_at": f"{LATER + timedelta(days=3):%Y-%m-%dT%H:%M}", "reason": "Holidays.", "tell": "all"}


class Locks:
    """Notes for how long each request held the lock of writers: seconds of the processor, by what was asked."""

    def __init__(self, app, monkeypatch):
        self.app, self.writers, self.held, self.longest = app, app.extensions["database"].writers, [], {}
        self.name = ("", "what a test prepares")
        enter, leave = self.writers.enter, self.writers.leave
        monkeypatch.setattr(self.writers, "enter", lambda wait: (enter(wait), self.held.append(time.thread_time()))[0])
        monkeypatch.setattr(self.writers, "leave", lambda: (self.end(), leave())[1])

    def end(self):
        self.longest.setdefault(self.name, []).append(time.thread_time() - self.held.pop())

    def send(self, browser, path, form=None, **more):
        self.name = (self.app.url_map.bind("delphi.example.org").match(path, "POST")[0], path)
        return browser.send(path, form or {}, **more)


@pytest.fixture
def locks(app, monkeypatch):
    return Locks(app, monkeypatch)


@pytest.fixture
def lead(app):
    """The lead of an empty study; templates are compiled, as by a server before its first request."""
    read_templates(app)
    with app.extensions["database"].transaction() as session:
        ada = account(session, "ada")
        study(session, ada, "care", panelists=0, locked=False, statements=(), feedback=("own_rating",))
        session.flush()
        session.expunge_all()
    return app.test_client().sign_in(ada)


def answered(app, number):
    with app.extensions["database"].transaction() as session:
        answer(session, session.scalars(select(Study)).one(), number, STATEMENTS)


def live(app, locks, lead):
    """Prepare, run and report the study with its forms."""

    def send(path, form=None, status=303):
        assert locks.send(lead, AT + path, form).status_code == status, path

    for path, file in (("/panel", ROSTER), ("/statements", SHEET)):
        page = {"file": (io.BytesIO(file.encode()), "file.csv")}
        assert locks.send(lead, AT + path, page, content_type="multipart/form-data").status_code == 200
        send(f"{path}/import", {"data": file})
    send("/lock")
    for number in (1, 2):
        at = f"/rounds/{number}"
        send(f"{at}/launch", DEADLINE)
        answered(app, number)
        for act, form in (("remind", {}), ("remind/stop", {}), ("extend", LATER_ONE), ("close", {}), ("release", {})):
            send(f"{at}/{act}", form)
        send(f"{at}/next")
        words = {f"decide-{n}": "rate_again" for n in range(1, STATEMENTS + 1)}
        send(f"/rounds/{number + 1}/decide", words | {f"reason-{n}": "Once more." for n in range(1, STATEMENTS + 1)})
    for report, known in CATALOGUE.items():
        if not known.long:
            locks.send(lead, f"{AT}/exports", {"report": report, "format": "csv", "profile": "analyst"})
    for path, form in (
        ("/bundle", {"profile": "analyst"}),
        ("/results.xlsx", {}),
        ("/panel.xlsx", {}),
        ("/trail.xlsx", {}),
    ):
        send(path, form, 200)
    send("/finish", {"reason": "Enough."})


def test_no_form_keeps_others_from_saving_for_long(app, locks, lead):
    live(app, locks, lead)
    for endpoint, method, path in requests(app):
        if method == "POST" and path.startswith("/studies") and endpoint not in MANY:
            locks.send(lead, path)
    longest = {path: (LONGEST_OF_MANY if endpoint in MANY else LONGEST, max(held))
               for (endpoint, path), held in locks.longest.items() if endpoint}  # fmt: skip
    assert {path: held for path, (bound, held) in longest.items() if held > bound} == {}
    assert {endpoint for endpoint, _ in locks.longest} >= MANY
