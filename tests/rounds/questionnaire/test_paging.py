"""A questionnaire of several pages: cut at sections, saved page by page, resumed where it stands open."""

import re

import pytest
from browsing import Browser
from builders import account, open_to_all, panel_of, study
from sqlalchemy import select

from delphi.model.rating import Rating
from delphi.statements.statements import NewStatement
from rounds.questionnaire.paging import pages

LONG = tuple(NewStatement(f"S{n:02}", f"Statement {n}.", section="One" if n <= 9 else "Two") for n in range(1, 15))


@pytest.fixture
def one(app) -> Browser:
    """A panelist of a study without groups, with fourteen statements."""
    with app.extensions["database"].transaction() as session:
        made = study(session, account(session, "ada"), "long", statements=LONG, groups=())
        open_to_all(session, made)
        key = (made.id, panel_of(session, made)[0])
    return app.test_client().enter(*key)


def test_pages_end_with_sections(one):
    first, second = one.get("/panel/page/1").text, one.get("/panel/page/2").text
    assert "Statements 1 to 9 of 14" in first
    assert "Statements 10 to 14 of 14" in second
    assert one.get("/panel/page/3").status_code == 404


def test_a_reader_keeps_one_statement_at_a_time(one):
    one.send("/panel/page/1", {"answer-1": "4"})
    assert one.send("/panel/page/2", {"go": "view-one"}).location == "/panel/page/10#s10"
    assert "Statement 10 of 14" in one.get("/panel/page/10").text
    assert one.send("/panel/page/10", {"answer-10": "4"}).location == "/panel/page/11"
    assert one.get("/panel").text.count("/panel/page/2#s2") == 1
    assert one.send("/panel/page/11", {"go": "view-list"}).location == "/panel/page/2#s11"
    assert "Statements 10 to 14 of 14" in one.get("/panel/page/2").text


def test_the_next_open_statement_is_named_at_the_foot(one):
    assert next_open(one, 1) == "#s1"
    one.send("/panel/page/1", {f"answer-{n}": "4" for n in range(1, 10)})
    assert next_open(one, 1) == "/panel/page/2#s10"
    one.send("/panel/page/2", {f"answer-{n}": "4" for n in range(10, 15)})
    assert next_open(one, 2) == "/panel/review"


def next_open(browser, page):
    return re.search(r'href="([^"]+)" id="next-open"', browser.get(f"/panel/page/{page}").text)[1]


def test_saving_leads_on_and_back(one):
    assert one.send("/panel/page/1", {"answer-1": "4"}).location == "/panel/page/2"
    assert one.send("/panel/page/2", {"answer-10": "4", "go": "back"}).location == "/panel/page/1"
    assert one.send("/panel/page/2", {"answer-11": "4"}).location == "/panel/review"


def test_the_start_leads_to_the_first_open_page(one):
    assert 'href="/panel/page/1"' in one.get("/panel").text
    one.send("/panel/page/1", {f"answer-{n}": "4" for n in range(1, 10)})
    page = one.get("/panel").text
    assert 'href="/panel/page/2#s10"' in page
    assert "Continue with statement 10" in page
    one.send("/panel/page/2", {f"answer-{n}": "nq" for n in range(10, 15)})
    assert "Every statement has an answer" in one.get("/panel/review").text
    assert 'href="/panel/review"' in one.get("/panel").text


def test_a_page_takes_only_its_own_statements(app, one):
    one.send("/panel/page/1", {"answer-1": "4", "answer-12": "4"})
    with app.extensions["database"].transaction(writing=False) as session:
        assert session.scalars(select(Rating.statement)).all() == [1]


@pytest.mark.parametrize("n", range(35))
def test_every_statement_stands_on_one_page_of_at_most_ten(n):
    cut = pages([str(i // 4) for i in range(n)])
    assert [i for page in cut for i in page] == list(range(n))
    assert len(cut) == -(-n // 10)
    assert all(1 <= len(page) <= 10 for page in cut)


def test_an_empty_questionnaire_has_no_page():
    assert pages([]) == []
