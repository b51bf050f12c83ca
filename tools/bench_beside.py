"""A panelist's saves beside heavy requests, and beside a large export in `delphi work`, turn by turn (make bench-beside)."""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench_pages import answer, played
from beside import Browsing, Saver, Served, serving
from browsing import Browser
from builders import LATER, NOW, account, panel_of, people, study
from flask_security.utils import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from workbooks import workbook

from delphi.database import Database
from delphi.migrations import upgrade_to_head
from delphi.model.account import Account
from delphi.model.job import ExportJob
from delphi.model.round import Round
from delphi.model.study import Consent, Study
from delphi.people import roster
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle

PASSWORD = "seven quiet herons by the weir"
PANELISTS, STATEMENTS, TURNS, ALONE = 400, 40, 5, 1.0
LARGE = (1000, 100)  # of the study that is exported
ASKED = tuple(NewStatement(f"S{n}", f"Statement {n}.", section=f"Part {n // 20}") for n in range(STATEMENTS))
PEOPLE = [["name", "email", "group"], *([f"P {n}", f"p{n}@panel.example.org", "nurses"] for n in range(PANELISTS))]
SHEET = [["code", "text"], *([f"T{n}", f"Service {n} is needed."] for n in range(STATEMENTS))]
Work = Callable[[int], None]


def prepared(session: Session) -> tuple[Account, int, Any]:
    """A panelist's study, for each turn a round to close and a study to fill, and a large one to export."""
    ada = account(session, "ada")
    key = opened(session, ada, "care")
    for turn in range(TURNS):
        opened(session, ada, f"closing-{turn}")
        study(session, ada, f"fresh-{turn}", panelists=0, statements=(), locked=False)
    played(session, ada, panelists=LARGE[0], statements=LARGE[1])
    who = panel_of(session, session.get_one(Study, key))[0]
    session.add(Consent(study_id=key, panelist=who, version=1, given_on=NOW.date()))
    session.flush()
    session.refresh(ada)
    return ada, key, who


def opened(session: Session, ada: Account, slug: str) -> int:
    """A study whose first round is open; all but the panelist's own are answered."""
    made = study(session, ada, slug, panelists=0, statements=ASKED, feedback=("own_rating",))
    roster.add(session, made, people(PANELISTS))
    round_ = session.get_one(Round, (made.id, 1))
    lifecycle.launch(session, made, round_, closes_at=LATER, by=ada.id, at=NOW)
    if slug != "care":
        answer(session, made, 1, STATEMENTS)
    return made.id


def requests(lead: Browsing, stranger: Browsing) -> dict[str, Work]:
    """What is heavy, by name: each does its requests of one turn."""

    def sent(path: str, status: int = 200, **form: str) -> Work:
        return lambda turn: told(lead.send(path.format(turn=turn), form), status)

    def looked(path: str, rows: list[list[str]]) -> Work:
        file = workbook(rows)
        return lambda turn: told(lead.send(f"/studies/fresh-{turn}/{path}", {}, file=file), 200)

    def taken(path: str, rows: list[list[str]]) -> Work:
        data = "\n".join(",".join(row) for row in rows)
        return lambda turn: told(lead.send(f"/studies/fresh-{turn}/{path}/import", {"data": data}), 303)

    password = {"email": "ada@example.org", "password": PASSWORD}
    order = {"format": "xlsx", "profile": "analyst"}
    return {
        "signing in": lambda _turn: told(stranger.send("/account/sign-in", password), 302),
        "a workbook of 400 people, looked at": looked("panel", PEOPLE),
        "400 people, taken": taken("panel", PEOPLE),
        "a workbook of 40 statements, looked at": looked("statements", SHEET),
        "40 statements, taken": taken("statements", SHEET),
        "the panel as a workbook": sent("/studies/care/panel.xlsx"),
        "the trail as a workbook": sent("/studies/large/trail.xlsx"),
        "the consensus table as a workbook": sent("/studies/closing-0/exports", report="participation", **order),
        "reminding 400 people": sent("/studies/closing-{turn}/rounds/1/remind", 303, to="not_submitted"),
        "closing and sealing 400 × 40": sent("/studies/closing-{turn}/rounds/1/close", 303),
        "releasing 400 × 40": sent("/studies/closing-{turn}/rounds/1/release", 303),
        "the bundle of 400 × 40": sent("/studies/closing-{turn}/bundle", profile="analyst"),
    }


def told(answered: tuple[int, bytes], status: int) -> None:
    """Stop where a request was not answered as it should."""
    assert answered[0] == status, (answered[0], answered[1][-400:])


def beside(saver: Saver, work: Work) -> tuple[list[float], list[float]]:
    """The saves alone and beside some work, turn by turn."""
    alone, along = [], []
    for turn in range(TURNS):
        began = time.perf_counter()
        time.sleep(ALONE / 4)
        middle = time.perf_counter()
        work(turn)
        ended = time.perf_counter()
        alone += saver.between(began, middle - 0.02)
        along += saver.between(middle, ended)
        time.sleep(0.05)
    return alone, along


def line(name: str, alone: Sequence[float], along: Sequence[float]) -> str:
    """One row of the table: medians, p95 and their ratios."""
    cut = [
        (median(times), quantiles([*times, max(times)], n=20, method="inclusive")[-1], max(times))
        for times in (alone, along)
    ]
    (middle, late, _), (middle_along, late_along, longest) = cut
    told_ms = " | ".join(f"{1000 * ms:.1f}" for ms in (middle, middle_along, late, late_along, longest))
    ratio = f"{middle_along / middle:.2f}"
    return f"| {name} | {len(along)} | {told_ms} | {ratio} | {late_along / late:.2f} |"


HEAD = (
    "| beside | saves | median alone | beside | p95 alone | beside | longest | median × | p95 × |\n|---"
    + 9 * "|---"
    + "|"
)


def exporting(served: Served, lead: Browsing) -> Work:
    """Order large files, and wait until `delphi work` has made them."""
    database = served.app.extensions["database"]

    def waiting() -> int:
        with database.transaction(writing=False) as session:
            return session.scalar(select(func.count()).select_from(ExportJob).where(ExportJob.unfinished)) or 0

    def work(_turn: int) -> None:
        told(lead.send("/studies/large/bundle", {"profile": "analyst"}), 303)
        told(lead.send("/studies/large/exports", {"report": "groups", "format": "xlsx", "profile": "analyst"}), 303)
        while waiting():
            time.sleep(0.1)

    return work


def main() -> int:
    """Print a row for each heavy request, and one for the export."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'beside.sqlite3'}"
        upgrade_to_head(url)
        database = Database(url)
        with database.transaction() as session:
            ada, key, who = prepared(session)
            session.expunge_all()
        database.engine.dispose()
        with serving(url) as served:
            with served.app.app_context(), served.app.extensions["database"].transaction() as session:
                session.get_one(Account, ada.id).password = hash_password(PASSWORD)
            browser: Browser = served.app.test_client()
            lead = served.browsing(browser.sign_in(ada))
            saver = Saver(served.browsing(served.app.test_client().enter(key, who)))
            saver.start()
            time.sleep(ALONE)
            print(HEAD)
            for name, work in requests(lead, served.browsing(served.app.test_client())).items():
                print(line(name, *beside(saver, work)), flush=True)
            print(line("a large export in `delphi work`", *beside(saver, exporting(served, lead))), flush=True)
            saver.stop()
            assert not saver.failed, saver.failed
    return 0


if __name__ == "__main__":
    sys.exit(main())
