"""The page of a paper's tables: what is typed is shown, kept by who may, and printed in every format."""

import json

import pytest
from sqlalchemy import select

from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.study import Study

TABLES = "/studies/care/tables"
DESIGN = {
    "at": "0",
    "style": "lancet",
    "title": "What the panel said",
    "stub": "Statement",
    "row": "{code}",
    "section_as": "",
    "word-in": "IN",
    "notes": "A note of ours.",
    "head-0": "Agreement",
    "cell-0": "{agree.1}",
    "head-1": "Verdict",
    "cell-1": "{verdict}",
    "rest-1": json.dumps({"part": ""}),
}


@pytest.fixture
def browser(app, public):
    """A browser in which somebody of the team is signed in."""

    def enter(name):
        with app.extensions["database"].transaction(writing=False) as session:
            one = session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()
            session.expunge_all()
        return app.test_client().sign_in(one)

    return enter


def kept(app):
    with app.extensions["database"].transaction(writing=False) as session:
        study = session.scalars(select(Study).where(Study.slug == "care")).one()
        changed = [e.data["changed"] for e in session.scalars(select(Event).where(Event.kind == "study:changed"))]
        return study.paper, changed


def test_a_preset_is_shown_with_its_preview(browser):
    page = browser("ada").get(f"{TABLES}?preset=l1-grades").text
    assert 'value="{grade}"' in page
    assert '<th scope="col" class="n">A (%)</th>' in page
    assert "Grades: U, unanimous; A, 90–99%; B, 78–89%; C, 67–77%." in page


def test_what_is_typed_is_previewed_and_not_kept(app, browser):
    page = browser("ada").send(f"{TABLES}/preview", DESIGN).text
    assert "<strong>Table 1: What the panel said</strong>" in page
    assert '<td class="n">66·7</td>' in page
    assert "A note of ours." in page
    assert kept(app) == ({}, [])


def test_a_figure_that_is_not_known_comes_back_with_words(app, browser):
    answer = browser("ada").send(TABLES, DESIGN | {"cell-0": "{mena}"})
    assert answer.status_code == 422
    assert "“{mena}” is no figure" in answer.text
    assert 'value="{mena}"' in answer.text
    assert kept(app) == ({}, [])


def test_a_table_is_kept_printed_in_its_style_and_taken_out(app, browser):
    ada = browser("ada")
    assert ada.send(TABLES, DESIGN).status_code == 303
    paper, changed = kept(app)
    assert (paper["style"], [table["title"] for table in paper["tables"]]) == ("lancet", ["What the panel said"])
    assert changed == [["paper"]]
    order = {"report": "tables", "format": "html", "profile": "author"}
    file = ada.send("/studies/care/exports", order).text
    assert "Table 1: What the panel said" in file
    assert "66·7" in file
    journal = ada.send("/studies/care/exports", order | {"report": "journal"}).text
    assert "Table 1: Consensus after round 1" in journal
    assert ada.send(TABLES, DESIGN | {"style": "nature"}).status_code == 303
    picture = ada.send("/studies/care/exports", order | {"report": "figure-stacked", "format": "svg"}).text
    assert 'width="183mm"' in picture
    assert ada.send(TABLES, DESIGN | {"act": "remove"}).status_code == 303
    assert kept(app)[0]["tables"] == []


def test_a_viewer_looks_and_does_not_keep(app, browser):
    vic = browser("vic")
    assert vic.send(f"{TABLES}/preview", DESIGN).status_code == 200
    assert "Save the table" not in vic.get(TABLES).text
    assert vic.send(TABLES, DESIGN).status_code == 404
    assert kept(app) == ({}, [])


@pytest.mark.parametrize("wrong", [{"rest": "["}, {"rest-0": "3"}, {"at": "x"}])
def test_fields_that_are_not_of_the_page_are_refused(browser, wrong):
    assert browser("ada").send(f"{TABLES}/preview", DESIGN | wrong).status_code == 422
