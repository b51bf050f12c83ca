"""A wrong move is impossible, or can be taken back: each is tried, and what it gets is looked at (issue: the lead's desk)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from browsing import fingerprint
from builders import NOW, drafted, launched, panel_of, rate_again, vote
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from delphi.model.event import Event
from delphi.model.round import Participation, Round
from delphi.model.study import Study
from rounds.lifecycle import lifecycle

ROUND, NEXT = "/studies/care/rounds/1", "/studies/care/rounds/2"
DEADLINE = {"closes_at": f"{NOW + timedelta(days=14):%Y-%m-%dT23:59}"}


def refused(app, browser, path, form=None, *, told):
    """Send a form that must change nothing and say why."""
    before = fingerprint(app)
    page = browser.send(path, form or {})
    assert (page.status_code, told in page.text) == (409, True), page.text[-600:]
    assert fingerprint(app) == before


@pytest.fixture
def played(app, opened):
    """Round 1 played to its release, and round 2 drafted."""
    with app.extensions["database"].transaction() as session:
        made, round_ = session.get_one(Study, 1), session.get_one(Round, (1, 1))
        for who in panel_of(session, made):
            vote(session, round_, who, {1: 4, 2: 4, 3: 1})
        lifecycle.close(session, round_, by=1, at=NOW)
        lifecycle.release(session, made, round_, by=1, at=NOW)
        drafted(session, made, round_)
    return opened


def test_launching_with_issues(app, played, ada):
    refused(app, ada, f"{NEXT}/launch", DEADLINE, told="3 statements of round 1 are undecided")


def test_launching_without_the_lock(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, 1)
        made.protocol_locked_at = made.protocol_sha256 = None
    refused(app, ada, f"{ROUND}/launch", DEADLINE, told="The protocol is not locked")


def test_two_leads_close_at_once(app, opened):
    browsers = [app.test_client().sign_in(opened.ada) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda browser: browser.send(f"{ROUND}/close").status_code, browsers))
    assert sorted(answers) == [303, 409]
    with app.extensions["database"].transaction(writing=False) as session:
        assert len(session.scalars(select(Event).filter_by(study_id=1, kind="round:closed")).all()) == 1


def test_two_leads_decide_at_once(app, played):
    browsers = [app.test_client().sign_in(played.ada) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        sent = list(
            pool.map(lambda browser: browser.send(f"{NEXT}/decide", {"decide-1": "accept"}).status_code, browsers)
        )
    assert sorted(sent) == [303, 409]


def test_editing_an_asked_wording(app, played, ada):
    form = {"text": "Other.", "kind": "statement", "section": "Services", "round": "1"}
    refused(app, ada, "/studies/care/statements/1", form, told="Reword the statement at the desk of the next round")
    with app.extensions["database"].transaction() as session:
        launched(session, session.get_one(Study, 1), 2)
    refused(app, ada, f"{NEXT}/statements/1/reword", {"text": "Other.", "reason": "late"}, told="was launched")
    refused(app, ada, f"{NEXT}/decide", {"decide-1": "accept"}, told="was launched")


def test_changing_the_rule_after_data(app, played, ada):
    page = ada.get("/studies/care/protocol/edit").text
    assert "reason" in page.lower()
    before = fingerprint(app)
    assert ada.send("/studies/care/protocol/edit", {"minimum_n": "9"}).status_code in (200, 422), "the form again"
    assert fingerprint(app) == before, "without a reason there is no amendment"


def test_deleting_a_round_with_answers(app, played, ada):
    before = fingerprint(app)
    assert ada.open(ROUND, method="DELETE").status_code == 404
    assert not [rule for rule in app.url_map.iter_rules() if "rounds/" in rule.rule and "delete" in rule.rule]
    with pytest.raises(IntegrityError), app.extensions["database"].transaction() as session:
        session.execute(delete(Round).filter_by(study_id=1, number=1))
    assert fingerprint(app) == before


def test_reminding_twice_in_a_day(app, opened, ada):
    ada.send(f"{ROUND}/remind", {"to": "not_submitted"})
    before = fingerprint(app)["letter"]
    ada.send(f"{ROUND}/remind", {"to": "not_submitted"})
    assert fingerprint(app)["letter"] == before


def test_releasing_twice(app, played, ada):
    refused(app, ada, f"{ROUND}/release", told="was released already")


def test_a_decision_in_the_draft_is_taken_back(app, played, ada):
    before = {name: rows for name, rows in fingerprint(app).items() if name not in ("event", "account_session")}
    ada.send(f"{NEXT}/statements/1/drop", {"reason": "by mistake"})
    ada.send(f"{NEXT}/statements/1/undo")
    assert {name: rows for name, rows in fingerprint(app).items() if name in before} == before


def test_nobody_takes_part_twice(app, played, ada):
    with app.extensions["database"].transaction() as session:
        rate_again(session, session.get_one(Study, 1), session.get_one(Round, (1, 2)))
    assert ada.send(f"{NEXT}/launch", DEADLINE).status_code == 303
    refused(app, ada, f"{NEXT}/launch", DEADLINE, told="launched already")
    with app.extensions["database"].transaction(writing=False) as session:
        assert len(session.scalars(select(Participation).filter_by(round=2)).all()) == 6
