"""A panelist's way: link, consent, pages of cards, review, submit. Reading changes nothing."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from browsing import fingerprint
from builders import NOW, lead_of
from sqlalchemy import event, select, update

from delphi.model.panel import Panelist, PanelistSession
from delphi.model.rating import Comment, Rating
from delphi.model.round import Participation, Round
from delphi.model.study import Consent
from rounds.lifecycle import lifecycle

PAGE = "/panel/page/1"


def stored(app, column, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        return list(session.scalars(select(column).filter_by(**where)))


def closed(app, cast):
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (cast.study.id, 1))
        lifecycle.close(session, round_, by=lead_of(session, cast.study), at=NOW)


@pytest.fixture
def link(app, opened):
    return app.test_client().link(opened.study.id, opened.panel[0])


def test_looking_at_a_link_twenty_times_changes_nothing(app, link):
    before = fingerprint(app)
    scanner = app.test_client()
    for method in ("GET", "HEAD") * 20:
        assert scanner.open(link, method=method).status_code == 200
    assert fingerprint(app) == before
    assert scanner.get("/panel").status_code == 404


def test_a_link_names_nobody(app, link):
    assert "Panelist" not in app.test_client().get(link).text


def test_a_link_opens_a_session_and_leads_to_an_address_without_it(app, link):
    browser = app.test_client()
    assert browser.send(link).location == "/panel"
    assert browser.get("/panel").status_code == 200
    assert len(stored(app, PanelistSession.expires_on)) == 1


def test_a_wrong_link_says_so(app, pages):
    before = fingerprint(app)
    for answer in (app.test_client().get("/p/wrong"), app.test_client().send("/p/wrong")):
        assert answer.status_code == 404
        assert "This link opens no study" in answer.text
    assert fingerprint(app) == before


def test_without_consent_no_question_is_shown(app, opened, one):
    with app.extensions["database"].transaction() as session:
        session.query(Consent).delete()
    assert one.get("/panel").location == "/panel/consent"
    assert one.get(PAGE).status_code == 404
    assert one.send(PAGE, {"answer-1": "4"}).status_code == 404
    one.send("/panel/consent", {"decision": "agree"})
    assert one.get(PAGE).status_code == 200
    assert len(stored(app, Consent.version)) == 1


def test_agreeing_twice_is_one_consent(app, one):
    one.send("/panel/consent", {"decision": "agree"})
    assert len(stored(app, Consent.version)) == 6


def test_who_declines_answers_nothing_and_may_come_back(app, opened, one):
    one.send("/panel/consent", {"decision": "decline"})
    assert "You chose not to take part" in one.get("/panel").text
    assert one.send(PAGE, {"answer-1": "4"}).status_code == 404
    one.send("/panel/consent", {"decision": "agree"})
    assert stored(app, Panelist.declined_on, id=opened.panel[0]) == [None]
    assert one.get(PAGE).status_code == 200


def chosen(page):
    """The names and values of the radio buttons that are chosen."""
    radio = r'<input\s+type="radio"\s+name="([^"]+)"\s+value="([^"]+)"\s+checked'
    return re.findall(radio, page)


def test_answers_are_saved_and_shown_again(app, one):
    answer = one.send(PAGE, {"answer-1": "4", "answer-2": "nq", "comment-3": "why?", "request": str(uuid4())})
    assert answer.location == "/panel/review"
    page = one.get(PAGE).text
    assert chosen(page) == [("answer-1", "4"), ("answer-2", "nq")]
    assert "why?" in page
    assert sorted(map(str, stored(app, Rating.value))) == ["4", "None"]


@pytest.mark.parametrize(("go", "where"), [("on", "/panel/review"), ("later", "/panel?saved=1"), ("back", PAGE)])
def test_the_buttons_lead_where_they_say(one, go, where):
    assert one.send(PAGE, {"answer-1": "4", "go": go}).location == where
    assert one.get(where).status_code == 200


def test_sending_a_page_twice_has_one_effect(app, one):
    form = {"answer-1": "4", "seen-answer-1": "0", "request": str(uuid4())}
    assert [one.send(PAGE, form).status_code for _ in range(2)] == [303, 303]
    assert stored(app, Rating.version) == [1]


def test_an_outdated_window_is_told_what_was_saved_in_the_other(app, one):
    one.send(PAGE, {"answer-1": "4", "seen-answer-1": "0"})
    page = one.send(PAGE, {"answer-1": "1", "seen-answer-1": "0", "answer-2": "3"})
    assert page.status_code == 200
    assert "In another window you chose “agree”. Here you chose “disagree”." in page.text
    assert stored(app, Rating.value, statement=1) == [4]
    assert stored(app, Rating.value, statement=2) == [3]


def test_a_comment_that_is_too_long_costs_no_answer(app, one):
    page = one.send(PAGE, {"answer-1": "4", "comment-1": "x" * 2001})
    assert page.status_code == 200
    assert "has 2001 characters; the limit is 2000" in page.text
    assert "x" * 2001 in page.text
    assert stored(app, Rating.value) == [4]
    assert stored(app, Comment.text) == []


def test_a_comment_with_a_nul_is_kept_without_it(app, one):
    one.send(PAGE, {"comment-1": "be\0cause\r\nso"})
    assert stored(app, Comment.text) == ["because\nso"]


@pytest.mark.parametrize("value", ["5", "0", "four", "4.0", "-1", "٤", "99999999999999999999"])
def test_what_is_not_on_the_scale_is_refused_with_a_word(app, one, value):
    before = fingerprint(app)
    page = one.send(PAGE, {"answer-1": value})
    assert page.status_code == 422
    assert "not on the scale" in page.text
    assert fingerprint(app) == before


def test_an_answer_can_be_cleared(app, one):
    one.send(PAGE, {"answer-1": "4"})
    one.send(PAGE, {"answer-1": "clear", "seen-answer-1": "1"})
    assert stored(app, Rating.kind) == ["cleared"]
    assert one.get(PAGE).text.count(" checked") == 0


def test_review_counts_what_is_open_and_submitting_stops_reminders(app, opened, one):
    one.send(PAGE, {"answer-1": "4"})
    assert "2 statements have no answer" in one.get("/panel/review").text
    assert one.send("/panel/submit").location == "/panel"
    assert "your 1 answer is in" in one.get("/panel").text
    assert stored(app, Participation.submitted_on, panelist=opened.panel[0]) == [NOW.date()]


@pytest.mark.parametrize("path", ["/panel/page/0", "/panel/page/2", "/panel/page/x"])
def test_a_page_that_is_not_there_is_not_found(one, path):
    assert one.get(path).status_code == 404
    assert one.send(path, {"answer-1": "4"}).status_code == 404


def test_after_the_close_nothing_is_saved_and_the_page_says_so(app, opened, one):
    closed(app, opened)
    before = fingerprint(app)
    for answer in (one.get(PAGE), one.send(PAGE, {"answer-1": "4"}), one.send("/panel/submit")):
        assert answer.status_code == 409
        assert "Round 1 has closed" in answer.text
    assert fingerprint(app) == before
    assert "Round 1 closed on" in one.get("/panel").text


def test_after_the_deadline_nothing_is_saved(app, opened, one):
    with app.extensions["database"].transaction() as session:
        past = {"opened_at": NOW - timedelta(days=9), "closes_at": NOW - timedelta(seconds=1)}
        session.execute(update(Round).filter_by(study_id=opened.study.id).values(**past))
    before = fingerprint(app)
    assert one.send(PAGE, {"answer-1": "4"}).status_code == 409
    assert fingerprint(app) == before
    assert "Your saved answers count" in one.get("/panel").text


def test_who_joined_after_the_launch_waits_for_the_next_round(app, opened):
    late = uuid4()
    with app.extensions["database"].transaction() as session:
        session.add(Panelist(study_id=opened.study.id, id=late, code="LATECOMER1"))
        session.flush()
        session.add(Consent(study_id=opened.study.id, panelist=late, version=1, given_on=NOW.date()))
    browser = app.test_client().enter(opened.study.id, late)
    assert "You take part from the next round on" in browser.get("/panel").text
    assert browser.get(PAGE).status_code == 404


def test_before_the_first_round_there_is_nothing_to_do(app, pages):
    browser = app.test_client().enter(pages.study.id, pages.panel[0])
    browser.send("/panel/consent", {"decision": "agree"})
    assert "has not opened yet" in browser.get("/panel").text


def test_signing_out_ends_the_session_of_this_device(app, opened, one):
    cookie = one.get_cookie("session", domain="delphi.example.org").value
    assert "Signed out" in one.send("/panel/leave").text
    one.set_cookie("session", cookie, domain="delphi.example.org")
    assert one.get("/panel").status_code == 404
    assert stored(app, PanelistSession.expires_on) == []


def test_a_session_ends_with_its_day(app, opened, one):
    with app.extensions["database"].transaction() as session:
        session.execute(update(PanelistSession).values(expires_on=NOW.date() - timedelta(days=1)))
    assert one.get("/panel").status_code == 404


@pytest.mark.parametrize("path", ["/panel", PAGE, "/panel/review", "/panel/consent"])
def test_a_page_costs_a_bounded_number_of_queries(app, one, path):
    queries = []
    one.get(path)
    event.listen(app.extensions["database"].engine, "after_cursor_execute", lambda *args: queries.append(args[2]))
    assert one.get(path).status_code == 200
    assert len([query for query in queries if query.startswith("SELECT")]) <= 14


def test_text_of_people_is_text(app, one):
    one.send(PAGE, {"comment-1": "<script>alert(1)</script>"})
    page = one.get(PAGE).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
