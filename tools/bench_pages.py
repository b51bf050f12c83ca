"""Server time of desk and results pages with 400 panelists and 200 statements, and of a panelist's (make bench-pages)."""

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

from browsing import HOST, SECRET, Browser
from builders import LATER, NOW, account, lead_of, open_to_all, panel_of, people, rate_again, study
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

import wsgi
from delphi.config import Settings
from delphi.database import Database
from delphi.migrations import upgrade_to_head
from delphi.model.account import Account
from delphi.model.rating import Comment, Moderation, Rating
from delphi.model.round import Participation, Round
from delphi.model.study import Study
from delphi.people import roster
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle

PANELISTS, STATEMENTS, REPEATS, MILLISECONDS = 400, 200, 15, 100
AT_ONCE = 20_000  # ratings that are written together: a large panel's would not fit into memory
RATING, FOR_PANELISTS = 35, 30  # statements of a panelist's round, and milliseconds for each of its pages
SHOWN = ("own_rating", "distribution", "quartiles", "wording", "groups", "comments")
GROUPS = ("clinicians", "patients", "carers")
TEXT = "Every service that the panel was asked about is to be offered in each region, whoever runs it: number {}."
REMARK = "In my country the services know this, the registers do not ({})."


def played(session: Session, ada: Account, *, panelists: int = PANELISTS, statements: int = STATEMENTS) -> Study:
    """Play two rounds of a large study with simulated answers, and draft the third."""
    asked = tuple(NewStatement(f"STMT{n}", TEXT.format(n), section=f"Section {n // 20}") for n in range(statements))
    made = study(session, ada, "large", panelists=0, statements=asked, groups=GROUPS, rounds=4)
    sizes = [GROUPS[i % 2] for i in range(panelists - 4)] + ["carers"] * 4
    roster.add(session, made, [replace(new, group=g) for new, g in zip(people(panelists), sizes, strict=True)])
    for number in (1, 2):
        round_ = session.get_one(Round, (made.id, number))
        rate_again(session, made, round_)
        lifecycle.launch(session, made, round_, closes_at=LATER, by=lead_of(session, made), at=NOW, remind=True)
        answer(session, made, number, statements)
        lifecycle.close(session, round_, by=lead_of(session, made), at=NOW)
        if number == 1:
            lifecycle.release(session, made, round_, by=lead_of(session, made), at=NOW)
        lifecycle.prepare_next(session, made, round_, by=lead_of(session, made), at=NOW)
    return made


def answer(session: Session, made: Study, number: int, statements: int, *, unfinished: int = 30) -> None:
    """Give ratings, comments and days of submitting, straight into the tables."""
    draw = Random(number)
    key = {"study_id": made.id, "round": number}
    everybody = panel_of(session, made)
    answering = everybody[: len(everybody) - 40 // number]
    ratings, comments = [], []
    for place, who in enumerate(answering):
        reach = statements if place >= unfinished else draw.randrange(1, statements)
        for n in range(1, reach + 1):
            value = draw.choices((4, 3, 2, 1), (50 + n % 40, 20, 5 + n % 20, n % 12))[0]
            kind, value = ("not_qualified", None) if draw.random() < 0.03 else ("rated", value)
            ratings.append({**key, "statement": n, "panelist": who, "kind": kind, "value": value, "version": 1})
            if draw.random() < 0.004:
                shown = {"moderation": Moderation.RELEASED, "released_text": REMARK.format(n)} if number == 1 else {}
                comments.append({**key, "statement": n, "panelist": who, "text": REMARK.format(n), "version": 1,
                                 "ticket": uuid4(), "note": "", "tags": [], **shown})  # fmt: skip
        if len(ratings) > AT_ONCE:
            session.execute(insert(Rating), ratings)
            ratings.clear()
    done = update(Participation).where(Participation.study_id == made.id, Participation.round == number)
    for first in range(unfinished, len(answering), 500):
        some = answering[first : min(first + 500, len(answering))]
        session.execute(done.where(Participation.panelist.in_(some)).values(submitted_on=NOW.date()))
    if ratings:
        session.execute(insert(Rating), ratings)
    if comments:
        session.execute(insert(Comment), comments)


def paths(slug: str = "large") -> dict[str, str]:
    """Name the pages that are measured."""
    at = f"/studies/{slug}"
    return {
        "results of a closed round": f"{at}/rounds/2",
        "moderation desk": f"{at}/rounds/2/comments",
        "next-round desk": f"{at}/rounds/3",
        "a statement at the desk": f"{at}/rounds/3/statements/7",
        "preview": f"{at}/rounds/3/preview?page=2",
        "consensus table": f"{at}/results",
        "all statements": f"{at}/results/statements?sort=combined&order=down",
        "one statement": f"{at}/results/statements/7",
        "the panel": f"{at}/results/panel",
        "finish": f"{at}/finish",
    }


def measured(browser: Browser, path: str) -> list[float]:
    """Open a page again and again; the first time is left out, since a closed round is computed once."""
    took = []
    for _ in range(REPEATS + 1):
        started = time.process_time()
        assert browser.get(path).status_code == 200, path
        took.append(1000 * (time.process_time() - started))
    return took


def main(kept: str = "") -> int:
    """Play the study, open every page, print the median and the first time of each; a folder named keeps the study."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(kept or folder) / "large.sqlite3"
        url, fresh = f"sqlite:///{path}", not path.exists()
        upgrade_to_head(url)
        database = Database(url)
        with database.transaction() as session:
            ada = account(session, "ada") if fresh else session.scalars(select(Account).order_by(Account.id)).first()
            made = played(session, ada) if fresh else session.scalars(select(Study)).one()
            session.expunge_all()
        app = wsgi.app(Settings(database_url=url, public_url=HOST, secret_key=SECRET, password_salt=SECRET[::-1]))
        app.test_client_class = Browser
        browser = app.test_client().sign_in(ada)
        late = report(browser, paths())
        if not kept:
            opened(database, made.id, ada.id)
            late += report(browser, {"live monitor": "/studies/large/rounds/3"})
            late += panelist(database, ada.id, app.test_client())
    return late


def second_round(
    session: Session, lead: int, *, slug: str = "panel", panelists: int = 97, statements: int = RATING
) -> tuple[int, UUID]:
    """Play a round and open the second, with feedback of every form; the key of one panelist."""
    asked = tuple(NewStatement(f"S{n}", TEXT.format(n), section=f"Section {n // 7}") for n in range(statements))
    ada = session.get_one(Account, lead)
    made = study(session, ada, slug, panelists=0, statements=asked, groups=GROUPS[:2], feedback=SHOWN)
    roster.add(session, made, [replace(new, group=GROUPS[i % 2]) for i, new in enumerate(people(panelists))])
    first = session.get_one(Round, (made.id, 1))
    lifecycle.launch(session, made, first, closes_at=LATER, by=lead, at=NOW)
    answer(session, made, 1, statements)
    for comment in session.scalars(select(Comment).filter_by(study_id=made.id, moderation=None)):
        comment.moderation, comment.released_text = Moderation.RELEASED, comment.text
    session.flush()
    lifecycle.close(session, first, by=lead, at=NOW)
    lifecycle.release(session, made, first, by=lead, at=NOW)
    rate_again(session, made, lifecycle.prepare_next(session, made, first, by=lead, at=NOW))
    open_to_all(session, made, 2)
    return made.id, panel_of(session, made)[3]


def panelist(database: Database, lead: int, browser: Browser) -> int:
    """Open a second round of 35 statements, and measure its pages and one save as its panelist meets them."""
    with database.transaction() as session:
        key = second_round(session, lead)
    browser.enter(*key)
    pages = {name: f"/panel/{path}" for name, path in {"a page of cards": "page/1", "review": "review"}.items()}
    late = report(browser, {"a panelist's start": "/panel", **pages}, bound=FOR_PANELISTS)
    took = []
    for n in range(REPEATS):
        body = {"answer-1": str(1 + n % 2), "seen-answer-1": str(n), "request": str(uuid4())}
        started = time.process_time()
        assert browser.send("/panel/answers", body).status_code == 200
        took.append(1000 * (time.process_time() - started))
    print(f"{'saving one answer':28} median {statistics.median(took):6.1f} ms")
    return late + (statistics.median(took) >= FOR_PANELISTS)


def opened(database: Database, study_id: int, by: int, statements: int = STATEMENTS) -> None:
    """Moderate and release round 2, and open round 3 with answers."""
    with database.transaction() as session:
        made = session.get_one(Study, study_id)
        for comment in session.scalars(select(Comment).filter_by(study_id=study_id, moderation=None)):
            comment.moderation, comment.released_text = Moderation.RELEASED, comment.text
        session.flush()
        lifecycle.release(session, made, session.get_one(Round, (study_id, 2)), by=by, at=NOW)
        draft = session.get_one(Round, (study_id, 3))
        rate_again(session, made, draft)
        lifecycle.launch(session, made, draft, closes_at=LATER, by=by, at=NOW, remind=True)
        answer(session, made, 3, statements)


def report(browser: Browser, pages: dict[str, str], *, bound: float = MILLISECONDS) -> int:
    """Print what each page took; count those above the bound."""
    late = 0
    for name, path in pages.items():
        first, *rest = measured(browser, path)
        median = statistics.median(rest)
        late += median >= bound
        print(f"{name:28} median {median:6.1f} ms, first {first:7.1f} ms", flush=True)
    return late


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
