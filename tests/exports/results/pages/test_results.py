"""Results as a page and as a file: who sees which round, and whose small numbers are hidden."""

import csv
import io
import json
import re

import pytest
from builders import NOW, drafted, lead_of, panel_of, released, vote
from sqlalchemy import select

from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.rating import Moderation
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle
from rounds.moderation import rulings
from rounds.moderation.rulings import Ruling
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy

RESULTS = "/studies/care/results"
VOTES = [{1: 4, 2: 3}] * 6


@pytest.fixture
def public(app, pages):
    """Round 1 is released; statement 3 has no rating, and statement 2 has few."""
    with app.extensions["database"].transaction() as session:
        released(session, session.get_one(Study, pages.study.id), [{1: 4, 2: 3}] * 3 + [{1: 4}] * 3)
    return pages


@pytest.fixture
def only_closed(app, opened):
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        for who, votes in zip(panel_of(session, opened.study), VOTES, strict=True):
            vote(session, round_, who, votes)
        lifecycle.close(session, round_, by=lead_of(session, opened.study), at=NOW)
    return opened


@pytest.fixture
def vic(app, pages):
    """The browser of the viewer."""
    with app.extensions["database"].transaction(writing=False) as session:
        account = session.scalars(select(Account).where(Account.email == "vic@example.org")).one()
        session.expunge_all()
    return app.test_client().sign_in(account)


def rows(browser) -> list[dict]:
    text = browser.send(f"{RESULTS}.csv").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_before_the_first_close_there_are_no_results(ada):
    assert ada.get(RESULTS).status_code == 200
    assert rows(ada) == []


def test_a_closed_round_is_seen_by_who_may_analyse(app, only_closed, ada, vic):
    ben = app.test_client().sign_in(only_closed.ben)
    assert [len(rows(browser)) for browser in (ada, ben, vic)] == [3, 3, 0]
    assert "STMT1.1" in ben.get(RESULTS).text
    assert "STMT1.1" not in vic.get(RESULTS).text


def test_a_statement_that_few_rated_is_hidden_from_everybody(public, ada, vic):
    for browser in (ada, vic):
        found = {row["statement"]: row for row in rows(browser)}
        assert found["STMT1.2"]["n_rated"] != "3"
        assert "n_rated=suppressed_disclosure" in found["STMT1.2"]["reasons"]
        assert found["STMT1.1"]["n_rated"] == "6"


@pytest.mark.parametrize("number", ["1", "9", "x"])
def test_a_round_is_chosen_or_the_newest_is_shown(public, ada, number):
    assert "STMT1.1" in ada.get(f"{RESULTS}?round={number}").text


def test_a_file_says_what_it_is_and_is_an_event(app, public, ada):
    answer = ada.send(f"{RESULTS}.json")
    assert (
        answer.headers["Content-Disposition"] == f"attachment; filename=care_consensus_all_analyst_{NOW:%Y-%m-%d}.json"
    )
    assert json.loads(answer.data)
    with app.extensions["database"].transaction(writing=False) as session:
        event = session.scalars(select(Event).where(Event.kind == "export:made")).one()
        assert (event.data["format"], event.data["rows"]) == ("json", 3)


def test_an_unknown_format_is_not_there(app, public, ada):
    assert ada.send(f"{RESULTS}.exe").status_code == 404


def test_a_file_is_asked_for_and_not_looked_up(public, ada):
    assert ada.get(f"{RESULTS}.csv").status_code == 404


def test_moderated_comments_are_shown_after_the_release_only(app, opened, ada):
    with app.extensions["database"].transaction() as session:
        study, round_ = session.get_one(Study, opened.study.id), session.get_one(Round, (opened.study.id, 1))
        lead = {"by": lead_of(session, study), "at": NOW}
        for who in opened.panel:
            vote(session, round_, who, {1: 4}, comment="said by one")
        lifecycle.close(session, round_, **lead)
        decided = {comment.ticket: Ruling(Moderation.RELEASED) for comment in rulings.queue(session, round_)}
        rulings.decide(session, round_, decided, **lead)
    before = ada.get(f"{RESULTS}/statements/1").text
    assert ("STMT1.1" in before, "said by one" in before) == (True, False)
    with app.extensions["database"].transaction() as session:
        lifecycle.release(session, session.get_one(Study, 1), session.get_one(Round, (1, 1)), **lead)
    assert "said by one" in ada.get(f"{RESULTS}/statements/1").text


def test_a_page_says_what_became_of_a_statement_after_which_round(app, public, ada):
    parts = [NewStatement(f"STMT2.{n}", f"Part {n}.", section="Services", enters_round=2) for n in (1, 2)]
    with app.extensions["database"].transaction() as session:
        study, round_ = session.get_one(Study, public.study.id), session.get_one(Round, (public.study.id, 1))
        draft, by = drafted(session, study, round_), DecidedBy(lead_of(session, study), NOW, "clearer")
        changes.reword(session, draft, 1, text="Clearer.", by=by)
        changes.split(session, draft, 2, parts, by=by)
        released(session, study, [{1: 4, 3: 4, 4: 4, 5: 4}] * 6, number=2)
    pages = [ada.get(f"{RESULTS}/statements/{n}").text for n in (1, 2, 3, 4)]
    steps = [re.findall(r"After round.*?</li>", page, re.DOTALL) for page in pages]
    words = [[" ".join(re.sub(r"<[^>]*>", "", step).split()) for step in found] for found in steps]
    assert words[0] == ["After round 1: Reworded: clearer"]
    assert words[1] == ["After round 1: Split into STMT2.1 and STMT2.2: clearer"]
    assert words[3] == ["After round 1: made from STMT1.2"]
