"""Deadlines: one far away asks, and a wrong year is corrected before anybody answered."""

from datetime import timedelta

import pytest
from browsing import fingerprint
from builders import NOW, vote
from persons import letters, stored, stored_account
from sqlalchemy import select

from delphi.model.letter import LetterKind
from delphi.model.round import Round

EXTEND = "/studies/care/rounds/1/extend"


def typed(days):
    return f"{NOW + timedelta(days=days):%Y-%m-%dT23:59}"


def closes(app):
    return (stored(app, select(Round.closes_at).filter_by(study_id=1, number=1))[0][0] - NOW).days


@pytest.mark.parametrize("path", ["launch", "extend"])
def test_a_deadline_far_away_asks(app, ada, pages, request, path):
    if path == "extend":
        request.getfixturevalue("opened")
    sent = {"closes_at": typed(380), "reason": "holidays", "tell": "all", "remind": "y"}
    before = fingerprint(app)
    asked = ada.send(f"/studies/care/rounds/1/{path}", sent)
    assert (asked.status_code, "Is the year right?" in asked.text, "in 380 days" in asked.text) == (422, True, True)
    assert 'name="reason" value="holidays"' in asked.text
    assert fingerprint(app) == before
    assert ada.send(f"/studies/care/rounds/1/{path}", sent | {"far": "y"}).status_code == 303
    assert closes(app) == 380


def test_a_deadline_within_four_months_does_not_ask(app, ada, opened):
    assert ada.send(EXTEND, {"closes_at": typed(119), "reason": "holidays"}).status_code == 303


def test_a_wrong_year_is_corrected_before_anybody_answered(app, ada, opened):
    ada.send(EXTEND, {"closes_at": typed(380), "reason": "typed wrong", "far": "y"})
    assert ada.send(EXTEND, {"closes_at": typed(15), "reason": "the year was wrong"}).status_code == 303
    assert closes(app) == 15
    assert len(letters(app, LetterKind.EXTENSION)) == 6


def test_once_somebody_answered_no_deadline_comes_nearer(app, ada, opened):
    with app.extensions["database"].transaction() as session:
        vote(session, session.get_one(Round, (1, 1)), opened.panel[0], {1: 4})
    before = fingerprint(app)
    answer = ada.send(EXTEND, {"closes_at": typed(5), "reason": "sooner"})
    assert (answer.status_code, "somebody has answered already" in answer.text) == (409, True)
    assert fingerprint(app) == before


def test_a_corrected_deadline_leaves_time_to_answer(app, ada, opened):
    soon = f"{NOW + timedelta(hours=3):%Y-%m-%dT%H:%M}"
    answer = ada.send(EXTEND, {"closes_at": soon, "reason": "sooner"})
    assert (answer.status_code, "at least 20 hours" in answer.text) == (409, True)


def test_the_panel_manager_reminds_and_moves_the_deadline(app, ada, opened):
    mia = stored_account(app, "mia")
    assert mia.send(EXTEND, {"closes_at": typed(20), "reason": "holidays"}).status_code == 303
    assert mia.send("/studies/care/rounds/1/remind", {"to": "not_started"}).status_code == 303
    assert mia.send("/studies/care/rounds/1/close").status_code == 404
