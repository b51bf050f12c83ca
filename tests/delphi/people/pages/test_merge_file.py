"""A file for a mail merge: handed links that show nothing given before, logged, and in a sealed study before any answer."""

import csv
import io
from uuid import uuid4

import pytest
from builders import NOW, vote
from sqlalchemy import select

from delphi import access
from delphi.model.event import Event, EventKind
from delphi.model.panel import AccessLink, Panelist
from delphi.model.round import Round
from delphi.model.study import Level, Study

FILE = "/studies/care/panel/merge.csv"


def made(browser, key):
    answer = browser.send(FILE, {"form": key})
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.fixture
def answered(app, opened):
    with app.extensions["database"].transaction() as session:
        vote(session, session.get_one(Round, (opened.study.id, 1)), opened.panel[0], {1: 4})


def test_the_file_has_a_handed_link_for_everybody_invited(app, opened, ada):
    with app.extensions["database"].transaction() as session:
        session.get_one(Panelist, (opened.study.id, opened.panel[5])).declined_on = NOW.date()
        session.get_one(Panelist, (opened.study.id, opened.panel[0])).language = "nl"
    rows = made(ada, uuid4().hex)
    assert len({row["link"] for row in rows}) == len(rows) == 5
    assert {row["greeting"].partition(" ")[0] for row in rows} == {"Dear", "Beste"}
    assert {row["round"] for row in rows} == {"round 1", "ronde 1"}
    with app.extensions["database"].transaction(writing=False) as session:
        tokens = [row["link"].rpartition("/p/")[2] for row in rows]
        assert all(access.handed(session, token) for token in tokens)
        events = session.scalars(select(Event.data).filter_by(kind=EventKind.LINK_HANDED)).all()
        assert [data["count"] for data in events] == [5]
        assert "panelist" not in str(events)


def test_the_same_form_gives_the_same_links(app, opened, ada):
    key = uuid4().hex
    assert made(ada, key) == made(ada, key)
    assert made(ada, uuid4().hex) != made(ada, key)
    with app.extensions["database"].transaction(writing=False) as session:
        assert len(session.scalars(select(AccessLink).where(AccessLink.handed)).all()) == 12
        assert len(session.scalars(select(Event).filter_by(kind=EventKind.LINK_HANDED)).all()) == 2


def test_after_the_first_answer_a_sealed_study_makes_none(app, opened, ada, answered):
    assert "only before the first answer" in ada.get("/studies/care/panel/merge").text
    assert ada.send(FILE, {"form": uuid4().hex}).status_code == 409
    with app.extensions["database"].transaction(writing=False) as session:
        assert session.scalars(select(AccessLink).where(AccessLink.handed)).all() == []


@pytest.mark.parametrize("level", [Level.SEPARATED, Level.OPEN_ROWS])
def test_at_the_other_levels_its_links_show_nothing_given_before(app, opened, ada, answered, level):
    with app.extensions["database"].transaction() as session:
        session.get_one(Study, opened.study.id).level = level
    rows = made(ada, uuid4().hex)
    with app.extensions["database"].transaction(writing=False) as session:
        holders = {access.link_holder(session, row["link"].rpartition("/p/")[2])[1].id: row["link"] for row in rows}
    browser = app.test_client()
    path = "/p/" + holders[opened.panel[0]].rpartition("/p/")[2]
    assert browser.send(path).status_code == 303
    assert browser.get("/panel/my-data").status_code == 409


def test_without_an_open_round_there_is_no_file(app, ada):
    assert ada.send("/studies/care/panel/merge.pdf", {"form": uuid4().hex}).status_code == 404
