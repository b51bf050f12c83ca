"""Closing and sealing a round of 100 statements, its figures, and the first opening of the pages that read them (make bench-seal)."""

import resource
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from bench_pages import answer
from browsing import HOST, SECRET, Browser
from builders import LATER, NOW, account, people, rate_again, study
from sqlalchemy import event

import wsgi
from delphi.config import Settings
from delphi.database import Database
from delphi.migrations import upgrade_to_head
from delphi.model.account import Account
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.people import roster
from delphi.statements.statements import NewStatement
from exports.results import figures
from rounds.lifecycle import lifecycle
from rounds.seal import sealing

STATEMENTS, LARGEST = 100, 4000
SIZES = (57, 400, LARGEST)
SECONDS, MEGABYTES, LOCKED, MILLISECONDS = 10, 500, 1, 50
PAGES = {"the panel": "results/panel", "one statement": "results/statements/7"}


def played(database: Database, panelists: int) -> tuple[int, int]:
    """Play a first round to its release, and answer a second one."""
    with database.transaction() as session:
        ada = account(session, "ada")
        asked = tuple(NewStatement(f"S{n}", f"Statement {n}.", section=f"Part {n // 20}") for n in range(STATEMENTS))
        made = study(session, ada, "large", panelists=0, statements=asked, groups=("nurses", "peers"))
        roster.add(session, made, people(panelists))
        for number in (1, 2):
            round_ = session.get_one(Round, (made.id, number))
            rate_again(session, made, round_)
            lifecycle.launch(session, made, round_, closes_at=LATER, by=ada.id, at=NOW)
            answer(session, made, number, STATEMENTS, unfinished=panelists // 13)
            if number == 1:
                lifecycle.close(session, round_, by=ada.id, at=NOW)
                lifecycle.release(session, made, round_, by=ada.id, at=NOW)
                lifecycle.prepare_next(session, made, round_, by=ada.id, at=NOW)
        return made.id, ada.id


@contextmanager
def timed(took: dict[str, float], name: str):
    """Note how long something took, in seconds of the processor: other work on the machine is not counted."""
    started = time.process_time()
    yield
    took[name] = time.process_time() - started


@contextmanager
def watched(peak: list[float]):
    """Note the largest size of this process, in MB, while something runs."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            peak[0] = max(peak[0], pages * resource.getpagesize() / 1e6)

    thread = threading.Thread(target=look)
    thread.start()
    yield
    over.set()
    thread.join()


def closed(database: Database, study_id: int, lead: int) -> tuple[dict[str, float], float]:
    """Close and seal the second round as the pages do, step by step."""
    took: dict[str, float] = {}
    peak = [0.0]
    with watched(peak):
        with timed(took, "mark (lock)"), database.transaction() as session:
            made, round_ = session.get_one(Study, study_id), session.get_one(Round, (study_id, 2))
            lifecycle.end_answers(session, made, round_, by=lead, at=NOW)
        with timed(took, "count"), database.transaction(writing=False) as session:
            made, round_ = session.get_one(Study, study_id), session.get_one(Round, (study_id, 2))
            prepared = sealing.prepare(session, made, round_)
        with timed(took, "write (lock)"), database.transaction() as session:
            made, round_ = session.get_one(Study, study_id), session.get_one(Round, (study_id, 2))
            sealing.write(session, made, round_, prepared, at=NOW)
    seal = peak[0]
    for number in (1, 2):
        with timed(took, f"figures of round {number}"):
            figures.complete_apart(database, study_id, number, at=NOW)
    return took, seal


def opened(url: str, lead: int) -> dict[str, tuple[float, float, int]]:
    """Open each page for the first time in an application of its own: server time, the next time, and statements of SQL."""
    opened_pages = {}
    for name, path in PAGES.items():
        app = wsgi.app(Settings(database_url=url, public_url=HOST, secret_key=SECRET, password_salt=SECRET[::-1]))
        app.test_client_class = Browser
        database, asked = app.extensions["database"], []
        with database.transaction(writing=False) as session:
            ada = session.get_one(Account, lead)
            session.expunge_all()
        browser = app.test_client().sign_in(ada)
        assert browser.get("/studies/large/results/statements").status_code == 200  # templates are read once a server
        event.listen(database.engine, "before_cursor_execute", lambda *given, asked=asked: asked.append(given[2]))
        took = []
        for _ in range(5):
            started = time.process_time()
            assert browser.get(f"/studies/large/{path}").status_code == 200
            took.append(1000 * (time.process_time() - started))
        opened_pages[name] = (took[0], min(took[1:]), len(asked) // 5)
    return opened_pages


def main() -> int:
    """Print what each size took; count what is above its bound for the largest."""
    late = 0
    for panelists in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'large.sqlite3'}"
            upgrade_to_head(url)
            database = Database(url)
            study_id, lead = played(database, panelists)
            took, peak = closed(database, study_id, lead)
            pages = opened(url, lead)
            database.engine.dispose()
        steps = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in took.items())
        print(f"{panelists} × {STATEMENTS}: {steps}; process {peak:.0f} MB", flush=True)
        for name, (first, later, sql) in pages.items():
            print(f"  {name}: first {first:.0f} ms, then {later:.0f} ms, {sql} statements of SQL", flush=True)
            late += first > MILLISECONDS
        sealed = took["mark (lock)"] + took["count"] + took["write (lock)"]
        late += sealed > SECONDS or peak > MEGABYTES or max(took["mark (lock)"], took["write (lock)"]) > LOCKED
    return late


if __name__ == "__main__":
    sys.exit(main())
