"""Turnout that the server keeps: no page of the team tells today whether more people have begun or finished."""

import re

import pytest
from builders import NOW, vote
from routes import requests
from sqlalchemy import update

from delphi.model.round import Participation, Round
from delphi.model.study import Study, Turnout
from delphi.web.policy import OPEN, PANELIST, policy_of
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving


@pytest.fixture(params=list(Turnout))
def running(app, opened, request):
    """A round is open, and nobody has begun."""
    with app.extensions["database"].transaction() as session:
        session.get_one(Study, opened.study.id).turnout = request.param
    opened.turnout = request.param
    return opened


def told(app, browser):
    """Every page of the team, without what differs between any two visits."""
    of_team = [
        path for e, method, path in requests(app) if method == "GET" and policy_of(app, e) not in (OPEN, PANELIST)
    ]
    answers = {path: browser.get(path) for path in of_team}
    assert not [path for path, one in answers.items() if one.status_code >= 500]
    texts = {path: one.text for path, one in answers.items() if one.mimetype == "text/html"}
    return {path: re.sub(r'value="[^"]{30,}"|[0-9a-f-]{32,}', "", text) for path, text in texts.items()}


def finish(app, cast, who):
    with app.extensions["database"].transaction() as session:
        vote(session, session.get_one(Round, (cast.study.id, 1)), who, {1: 4, 2: 3, 3: 2})
        saving.submit(session, TakingPart(cast.study.id, 1, who), on=NOW.date())


def test_no_page_tells_that_more_have_finished_today(app, ada, running):
    finish(app, running, running.panel[5])  # that there is an answer at all is told: amendments depend on it
    before = told(app, ada)
    for who in running.panel[:5]:
        finish(app, running, who)
    after = told(app, ada)
    differ = [path for path in before if before[path] != after[path]]
    assert (differ == []) is (running.turnout is Turnout.KEPT), differ


def test_the_answers_are_the_same_with_a_reminder_and_without(app, ada, running):
    finish(app, running, running.panel[0])
    said = ada.send("/studies/care/rounds/1/remind", {"to": "unfinished"}, follow_redirects=True).text
    with app.extensions["database"].transaction() as session:
        session.execute(update(Participation).values(submitted_on=NOW.date()))
    again = ada.send("/studies/care/rounds/1/remind", {"to": "unfinished"}, follow_redirects=True).text
    words = "Whoever has not finished and had no reminder within 24 hours gets one."
    assert (words in said and words in again) is (running.turnout is Turnout.KEPT)
