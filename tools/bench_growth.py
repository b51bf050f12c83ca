"""Every page of a study lead at 57, 400 and 4,000 panelists and 100 statements: server time and statements (make bench-growth)."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench_pages import opened, paths, played
from browsing import HOST, SECRET, Browser
from builders import NOW, account
from sqlalchemy import event

import wsgi
from delphi.config import Settings
from delphi.database import Database
from delphi.migrations import upgrade_to_head
from exports.results import figures

SIZES, STATEMENTS, REPEATS = (57, 400, 4000), 100, 5
AT = "/studies/large"
MORE = {
    "overview": AT,
    "monitor of an open round": f"{AT}/rounds/3",
    "people": f"{AT}/panel",
    "audit trail": f"{AT}/trail",
    "files": f"{AT}/exports",
    "team": f"{AT}/team",
    "protocol": f"{AT}/protocol",
    "anonymity": f"{AT}/anonymity",
}


class Statements:
    """Counts the statements that a database is asked."""

    def __init__(self, database: Database) -> None:
        self.n = 0
        event.listen(database.engine, "before_cursor_execute", self._count)

    def _count(self, *_args: object) -> None:
        self.n += 1


def opened_page(browser: Browser, counted: Statements, path: str) -> str:
    """Open a page some times: first opening, median of the others, in ms of the processor, and statements of the last."""
    took = []
    for _ in range(REPEATS + 1):
        counted.n, started = 0, time.process_time()
        status = browser.get(path).status_code
        assert status == 200, f"{path}: {status}"
        took.append(1000 * (time.process_time() - started))
    return f"{took[0]:.0f} · {statistics.median(took[1:]):.0f} ms, {counted.n}"


def study_of(size: int) -> dict[str, str]:
    """Play a study of this size, and open every page."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'large.sqlite3'}"
        upgrade_to_head(url)
        app = wsgi.app(Settings(database_url=url, public_url=HOST, secret_key=SECRET, password_salt=SECRET[::-1]))
        app.test_client_class = Browser
        database = app.extensions["database"]
        with database.transaction() as session:
            ada = account(session, "ada")
            made = played(session, ada, panelists=size, statements=STATEMENTS)
            key, by = made.id, ada.id
            session.expunge_all()
        for number in (1, 2):
            figures.complete_apart(database, key, number, at=NOW)
        browser, counted = app.test_client().sign_in(ada), Statements(database)
        found = {name: opened_page(browser, counted, path) for name, path in paths().items()}
        opened(database, key, by, STATEMENTS)
        return found | {name: opened_page(browser, counted, path) for name, path in MORE.items()}


def main() -> int:
    """Print a table: a row a page, a column a size."""
    table = {size: study_of(size) for size in SIZES}
    print("| page | " + " | ".join(f"{size:,}" for size in SIZES) + " |")
    print("|---|" + "---|" * len(SIZES))
    for name in table[SIZES[0]]:
        print(f"| {name} | " + " | ".join(table[size][name] for size in SIZES) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
