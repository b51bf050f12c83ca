"""The page on which an owner destroys names: numbers first, the title typed, and what every other page says then."""

import re

import pytest
from browsing import fingerprint
from builders import NOW, launched
from sqlalchemy import update

from delphi.model.round import Round
from delphi.model.study import Study
from rounds.lifecycle import finishing, lifecycle

PAGE = "/studies/care/names/destroy"
TITLE = {"title": "Study care"}


@pytest.fixture
def finished(app, opened):
    """Ada's study with one round, in which nobody answered, released and finished."""
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, opened.study.id)
        round_ = session.get_one(Round, (study.id, 1))
        lifecycle.close(session, round_, by=opened.ada.id, at=NOW)
        lifecycle.release(session, study, round_, by=opened.ada.id, at=NOW)
        finishing.finish(session, study, reason="enough", by=opened.ada.id, at=NOW)
    return opened


def test_the_page_names_the_study_and_says_the_numbers(finished, ada):
    text = " ".join(ada.get(PAGE).text.split())
    for told in ("Destroy the names of “Study care”", "the names and addresses of 6 people", "told before consent"):
        assert told in text, told
    assert re.findall(r'<(?:a|button) class="button"[^>]*>([^<]*)', text) == ["Keep them for now"]


def test_names_go_only_with_the_title(app, finished, ada):
    before = fingerprint(app)
    assert ada.send(PAGE, {"title": "study care"}).status_code == 409
    assert fingerprint(app) == before
    assert ada.send(PAGE, TITLE).location == PAGE
    assert "were destroyed on" in ada.get(PAGE).text
    assert fingerprint(app)["identity"] != before["identity"]


def test_a_study_that_goes_on_is_not_severed(app, opened, ada):
    assert "is not finished" in ada.get(PAGE).text
    before = fingerprint(app)
    assert ada.send(PAGE, TITLE).status_code == 409
    assert fingerprint(app) == before


def test_pages_of_the_team_say_that_names_went(finished, ada):
    ada.send(PAGE, TITLE)
    for path in ("panel", "finish", "ending"):
        assert "The names were destroyed on" in ada.get(f"/studies/care/{path}").text, path
    assert "@panel.example.org" not in ada.get("/studies/care/panel").text
    assert 'id="import"' not in ada.get("/studies/care/panel").text
    assert "Go on with the study" not in ada.get("/studies/care/finish").text


def test_links_are_unknown_and_my_data_is_gone(app, finished, ada):
    panelist = app.test_client().enter(finished.study.id, finished.panel[0])
    link = panelist.link(finished.study.id, finished.panel[0])
    stranger = app.test_client()
    assert panelist.get("/panel/my-data").status_code == 200
    ada.send(PAGE, TITLE)
    assert panelist.get("/panel/my-data").status_code == 404
    unknown = stranger.get("/p/" + "x" * 43)
    assert (stranger.get(link).status_code, stranger.get(link).text) == (unknown.status_code, unknown.text)


def test_the_finish_says_when_names_will_go(finished, ada):
    for path in ("finish", "ending"):
        assert "The names are destroyed on" in ada.get(f"/studies/care/{path}").text, path


@pytest.mark.parametrize(("days", "told"), [(30, True), (None, False)])
def test_the_day_is_told_before_consent(app, pages, days, told):
    with app.extensions["database"].transaction() as session:
        session.execute(update(Study).values(names_kept_days=days))
        launched(session, session.get_one(Study, pages.study.id))
    page = app.test_client().enter(pages.study.id, pages.panel[0]).get("/panel/consent")
    assert page.status_code == 200
    assert ("destroyed 30 days after the study is finished" in " ".join(page.text.split())) is told
