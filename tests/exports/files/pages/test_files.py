"""Files from the web: who is offered what, who gets it, and what is written down; and a panelist's own document."""

import re

import pytest
from builders import panel_of
from sqlalchemy import select

from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.panel import Panelist
from delphi.model.study import Study

FILES = "/studies/care/exports"


@pytest.fixture
def browser(app, public):
    """A browser in which somebody of the team is signed in."""

    def enter(name):
        with app.extensions["database"].transaction(writing=False) as session:
            account = session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()
            session.expunge_all()
        return app.test_client().sign_in(account)

    return enter


def take(browser, report="consensus", format_="csv", profile="public", **more):
    return browser.send(FILES, {"report": report, "format": format_, "profile": profile, **more})


@pytest.mark.parametrize(
    ("who", "profiles"),
    [
        ("ada", {"public", "analyst", "manager", "author"}),
        ("ben", {"public", "analyst", "author"}),
        ("mia", {"public", "manager", "author"}),
        ("vic", {"public", "author"}),
    ],
)
def test_everybody_is_offered_and_gets_the_profiles_of_their_role(browser, who, profiles):
    mine = browser(who)
    page = mine.get(FILES).text
    reports = {"public": "consensus", "analyst": "consensus", "manager": "participation", "author": "accord"}
    for profile, report in reports.items():
        assert (f"profile={profile}" in page) == (profile in profiles)
        assert take(mine, report, "csv", profile).status_code == (200 if profile in profiles else 404)


def test_the_full_audit_trail_is_the_owners(browser):
    assert take(browser("ada"), "audit", "csv", "analyst").status_code == 200
    assert take(browser("ben"), "audit", "csv", "analyst").status_code == 404
    text = take(browser("vic"), "audit", "csv", "public").text
    assert "ada@example.org" not in text
    assert "round:released" in text


@pytest.mark.parametrize(
    "wrong", [{"report": "nothing"}, {"format_": "exe"}, {"profile": "king"}, {"report": "comments"}]
)
def test_a_file_that_does_not_exist_is_refused_with_words(browser, wrong):
    answer = take(browser("vic"), **wrong)
    assert answer.status_code == 422
    assert "There is no such file" in answer.text


@pytest.mark.parametrize("format_", ["xlsx", "docx", "pdf", "html", "latex"])
def test_a_file_is_named_attached_and_an_event(app, browser, format_):
    answer = take(browser("ada"), "journal", format_, "analyst", by_group="y")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=care_journal_all_analyst_")
    with app.extensions["database"].transaction(writing=False) as session:
        event = session.scalars(select(Event).where(Event.kind == "export:made")).one()
        assert (event.data["format"], event.data["by_group"], event.data["profile"]) == (format_, True, "analyst")
        assert len(event.data["sha256"]) == 64


@pytest.fixture
def one(app, public):
    """The browser of a panelist."""
    return app.test_client().enter(public.study.id, public.panel[0])


@pytest.mark.parametrize("suffix", ["html", "pdf"])
def test_a_panelist_gets_the_own_document_without_name_or_code(app, public, one, suffix):
    answer = one.get(f"/panel/rounds/1/feedback.{suffix}")
    assert answer.status_code == 200
    assert "feedback_care_round-1" in answer.headers["Content-Disposition"]
    with app.extensions["database"].transaction(writing=False) as session:
        code = session.get_one(Panelist, (public.study.id, public.panel[0])).code
        assert session.scalars(select(Event).where(Event.kind == "export:made")).first() is None
    assert code.encode() not in answer.data
    assert b"Panelist 1" not in answer.data
    if suffix == "html":
        assert "You: Round 1: agree." in answer.text
        assert "▲ you" in answer.text
        assert "No answer yet: STMT1.3." in answer.text
        assert "Fewer than 5 rated it." in answer.text


def test_the_own_document_speaks_the_language_of_its_reader(one):
    one.send("/language", {"language": "nl", "back": "/panel"})
    page = one.get("/panel/rounds/1/feedback.html").text
    assert '<html lang="nl" dir="ltr">' in page
    assert "Ronde 1: agree." in page
    assert "Nog geen antwoord: STMT1.3." in page
    assert not re.search(r"rated|answered|panelists", page)


def test_nobody_else_gets_it(app, browser, public, one):
    path = "/panel/rounds/1/feedback.html"
    for who in ("ada", "ben", "vic"):
        assert browser(who).get(path).status_code == 404
    assert app.test_client().get(path).status_code == 404
    assert one.get("/panel/rounds/2/feedback.html").status_code == 404
    assert one.get("/panel/rounds/1/feedback.docx").status_code == 404


@pytest.mark.parametrize("gone", ["withdrawn_on", "declined_on"])
def test_who_left_or_declined_gets_no_document(app, public, one, gone):
    with app.extensions["database"].transaction() as session:
        who = session.get_one(Panelist, (public.study.id, public.panel[0]))
        setattr(who, gone, session.get_one(Study, public.study.id).created_at.date())
        assert who.id in panel_of(session, session.get_one(Study, public.study.id))
    assert one.get("/panel/rounds/1/feedback.html").status_code == 404
