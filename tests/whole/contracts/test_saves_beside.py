"""A panelist saves at a running server while a lead has something heavy made: nobody waits until it is done (SQLite)."""

import time
from statistics import median

import pytest
from bench_pages import answer
from beside import Saver, serving
from builders import LATER, NOW, account, panel_of, people, study
from databases import one_engine
from workbooks import workbook

from delphi.model.round import Round
from delphi.model.study import Consent
from delphi.people import roster
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle

pytestmark = one_engine
TIMES, ATTEMPTS = 4, 3  # of each request; on a busy machine one attempt says little
ROWS = [["name", "email", "group"], *([f"P {n}", f"p{n}@panel.example.org", "nurses"] for n in range(2000))]
ASKED = tuple(NewStatement(f"S{n}", f"Statement {n}.", section=f"Part {n // 20}") for n in range(40))


@pytest.fixture
def key(place):
    """Two studies of Ada's: one whose round is open to a panelist, and one to report."""
    with place.database.transaction() as session:
        ada = account(session, "ada")
        for slug in ("report", "care"):
            made = study(session, ada, slug, panelists=0, statements=ASKED, feedback=("own_rating",))
            roster.add(session, made, people(200))
            round_ = session.get_one(Round, (made.id, 1))
            lifecycle.launch(session, made, round_, closes_at=LATER, by=ada.id, at=NOW)
            if slug == "report":
                answer(session, made, 1, len(ASKED))
                lifecycle.close(session, round_, by=ada.id, at=NOW)
                lifecycle.release(session, made, round_, by=ada.id, at=NOW)
        who = panel_of(session, made)[0]
        session.add(Consent(study_id=made.id, panelist=who, version=1, given_on=NOW.date()))
        session.flush()
        session.refresh(ada)
        session.expunge_all()
    place.close()
    return ada, made.id, who


def waited(saver, work):
    """The median save while something is made again and again, as a share of the time that making it takes once."""
    took, began = [], time.perf_counter()
    for _ in range(TIMES):
        start = time.perf_counter()
        assert work()[0] == 200
        took.append(time.perf_counter() - start)
    saves = saver.between(began, time.perf_counter())
    assert not saver.failed
    return median(saves) / median(took)


def test_no_save_waits_until_something_heavy_is_made(place, key):
    ada, study_id, who = key
    with serving(place.url, "--web-only") as served:
        lead = served.browsing(served.app.test_client().sign_in(ada))
        saver = Saver(served.browsing(served.app.test_client().enter(study_id, who)))
        saver.start()
        time.sleep(0.5)
        heavy = {
            "bundle": lambda: lead.send("/studies/report/bundle", {"profile": "analyst"}),
            "workbook": lambda: lead.send("/studies/care/panel", {}, file=workbook(ROWS)),
        }
        for name, work in heavy.items():
            shares = (waited(saver, work) for _ in range(ATTEMPTS))
            assert any(share < 0.4 for share in shares), name
        saver.stop()
