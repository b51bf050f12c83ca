"""The page of the reminders' plan: what is typed is kept or comes back, and the round says its days."""

from datetime import timedelta

from builders import NOW
from sqlalchemy import select

from delphi.model.letter import Letter
from delphi.model.round import Round
from rounds.lifecycle import invitations

PAGE = "/studies/care/rounds/1/reminders"


def stored(app):
    with app.extensions["database"].transaction(writing=False) as session:
        return session.get_one(Round, (1, 1)).reminders


def test_a_plan_is_saved_and_shown(app, opened, ada):
    row = {"days-0": "2", "from-0": "close", "to-0": "unfinished", "hour-0": "18", "groups-0": ["peers", "nobody"]}
    assert ada.send(PAGE, row | {"days-1": " ", "hour-1": "x"}).status_code == 303
    plan = [{"days": 2, "after_opening": False, "to": "unfinished", "hour": 18, "groups": ["peers"]}]
    assert stored(app) == plan
    page = ada.get(PAGE).text
    assert "18:00" in page
    assert "who is unfinished" in ada.get("/studies/care/rounds/1").text
    with app.extensions["database"].transaction(writing=False) as session:
        assert len(session.scalars(select(Letter).where(Letter.planned)).all()) == 3


def test_wrong_numbers_come_back_as_they_were_typed(app, opened, ada):
    before = stored(app)
    for wrong in ({"days-0": "121"}, {"days-0": "two"}, {"days-0": "1", "hour-0": "24"}):
        answer = ada.send(PAGE, {"from-0": "opening", "to-0": "not_started", "hour-0": "7"} | wrong)
        assert answer.status_code == 422
        assert f'value="{wrong["days-0"]}"' in answer.text
    assert stored(app) == before


def test_an_empty_plan_stops_the_reminders(app, opened, ada):
    with app.extensions["database"].transaction() as session:
        assert invitations.plan(session, session.get_one(Round, (1, 1)), "UTC", at=NOW - timedelta(days=1)) == 4
    assert ada.send(PAGE, {}).status_code == 303
    with app.extensions["database"].transaction(writing=False) as session:
        assert session.scalars(select(Letter).where(Letter.planned)).all() == []
    assert "None is planned" in ada.get("/studies/care/rounds/1").text
