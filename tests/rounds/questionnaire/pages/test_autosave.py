"""Autosave as a page's script uses it: one field, an answer in JSON, nothing overwritten, nothing doubled."""

import re
from uuid import uuid4

import pytest
from browsing import fingerprint
from builders import NOW, account, drafted, lead_of, open_to_all, panel_of, released, study
from sqlalchemy import select

from delphi.access import sha256
from delphi.model.rating import ChangeReason, Comment, Rating
from delphi.model.round import Participation, Round
from rounds.lifecycle import lifecycle

URL = "/panel/answers"


def stored(app, column, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        return list(session.scalars(select(column).filter_by(**where)))


def save(browser, field="answer-1", value="4", seen=0, **rest):
    return browser.send(URL, {field: value, f"seen-{field}": seen, "request": str(uuid4()), **rest})


def test_an_answer_is_saved_and_the_page_is_told_its_version_and_its_progress(app, one):
    answer = save(one)
    assert answer.json["versions"] == {"answer-1": 1}
    assert answer.json["progress"].startswith("1 of 3 done")
    assert NOW.isoformat()[:11] in answer.json["at"] or answer.json["at"] > NOW.isoformat()
    assert stored(app, Rating.value) == [4]


def test_a_repeated_request_has_one_effect(app, one):
    body = {"answer-1": "4", "seen-answer-1": 0, "request": str(uuid4())}
    assert [one.send(URL, body).json["versions"] for _ in range(3)] == [{"answer-1": 1}] * 3
    assert stored(app, Rating.version) == [1]


def test_a_repeated_text_is_acknowledged_again(app, one):
    body = {"comment-1": "because", "seen-comment-1": 0, "request": str(uuid4())}
    assert [one.send(URL, body).json["versions"] for _ in range(2)] == [{"comment-1": 1}] * 2
    assert stored(app, Comment.text) == ["because"]


def test_a_repeated_save_tells_the_progress_of_now(one):
    body = {"answer-1": "4", "seen-answer-1": 0, "request": str(uuid4())}
    one.send(URL, body)
    save(one, "answer-2")
    assert one.send(URL, body).json["progress"].startswith("2 of 3 done")
    assert save(one, "answer-2", "clear", seen=1).json["progress"].startswith("1 of 3 done")


def test_one_key_with_two_bodies_is_refused(app, one):
    key = str(uuid4())
    save(one, request=key)
    assert save(one, value="1", request=key).status_code == 422
    assert stored(app, Rating.value) == [4]


def test_an_outdated_window_learns_what_is_stored(app, one):
    save(one)
    answer = save(one, value="1")
    assert answer.status_code == 409
    assert answer.json == {"state": "changed", "stored": {"value": "4", "version": 1}}
    assert save(one, value="1", seen=1).json["versions"] == {"answer-1": 2}
    assert stored(app, Rating.value) == [1]


def test_an_outdated_text_learns_what_is_stored(app, one):
    save(one, "comment-2", "first")
    assert save(one, "comment-2", "second").json["stored"] == {"value": "first", "version": 1}
    assert stored(app, Comment.text) == ["first"]


def test_a_reason_for_a_change_is_kept_beside_the_ratings(app, one):
    assert save(one, "reason-1", "the comments").json["versions"] == {"reason-1": 1}
    assert stored(app, ChangeReason.text) == ["the comments"]


def test_a_text_that_is_too_long_is_refused_with_numbers(app, one):
    answer = save(one, "comment-1", "x" * 2100)
    assert answer.status_code == 422
    assert "2100 characters; the limit is 2000" in answer.json["message"]
    assert stored(app, Comment.text) == []


def test_after_the_close_the_page_is_told_what_counts(app, opened, one):
    save(one)
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        lifecycle.close(session, round_, by=lead_of(session, opened.study), at=NOW)
    before = fingerprint(app)
    answer = save(one, "comment-1", "late")
    assert answer.status_code == 409
    assert answer.json["state"] == "closed"
    assert "Your 1 saved answer counts." in answer.json["message"]
    assert fingerprint(app) == before


def test_a_late_page_gives_back_what_was_typed(app, opened, one):
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        lifecycle.close(session, round_, by=lead_of(session, opened.study), at=NOW)
    page = one.send("/panel/page/1", {"answer-1": "4", "comment-2": "an hour of work"})
    assert page.status_code == 409
    assert "an hour of work" in page.text
    assert "Your answer: agree" in page.text


def test_without_a_session_the_page_is_told_to_sign_in_again(app, one):
    assert save(app.test_client()).status_code == 401
    assert app.test_client().get(URL).status_code == 401
    assert one.post(URL, data={"answer-1": "4"}).json == {"state": "signed_out"}  # a token of an old session
    assert one.get(URL).json["token"]


def test_a_sheet_of_another_person_or_round_is_refused(app, opened, one):
    other = app.test_client().enter(opened.study.id, opened.panel[1])
    sheet = other.get(URL).json["sheet"]
    before = fingerprint(app)
    answer = save(one, sheet=sheet)
    assert answer.status_code == 409
    assert answer.json["state"] == "stale"
    page = one.send("/panel/page/1", {"answer-1": "4", "sheet": sheet})
    assert page.status_code == 409
    assert "another personal link was opened" in page.text
    assert fingerprint(app) == before
    assert save(one, sheet=one.get(URL).json["sheet"]).status_code == 200


@pytest.mark.parametrize("field", ["answer-99", "answer-x", "comment-99", "comment-01", "answer-01"])
def test_what_was_not_asked_is_not_stored(app, one, field):
    before = stored(app, Rating.value)
    assert save(one, field).json["versions"] == {}
    assert stored(app, Rating.value) == before


def second_round(session):
    """Play round 1 of a study and launch its second; gives what a browser enters with."""
    made = study(session, account(session, "dan"), "second", groups=())
    first = released(session, made, [{1: 4, 2: 1, 3: "nq"}] * 6)
    drafted(session, made, first)
    open_to_all(session, made, 2)
    return made.id, panel_of(session, made)[0]


@pytest.fixture
def again(app):
    """A panelist in round 2, who answered agree, disagree and "not qualified" in round 1."""
    with app.extensions["database"].transaction() as session:
        key = second_round(session)
    return app.test_client().enter(*key)


def chosen(page):
    return re.findall(r'value="[^"]*"\s+checked', page)


def test_an_answer_of_the_round_before_can_be_kept_by_its_button(app, again):
    page = again.get("/panel/page/1").text
    assert "Keep “agree”" in page
    assert page.count("data-keep") == page.count("what made you change?") == 2
    assert not chosen(page)
    form = {"go": "keep-1", "previous-1": "4", "answer-2": "2"}
    assert again.send("/panel/page/1", form).location == "/panel/page/1#s1"
    assert sorted(stored(app, Rating.value, round=2)) == [2, 4]


def test_an_answer_can_be_cleared_by_its_button(app, again):
    again.send("/panel/page/1", {"answer-1": "4"})
    assert again.send("/panel/page/1", {"go": "clear-1", "seen-answer-1": "1"}).location == "/panel/page/1#s1"
    assert stored(app, Rating.kind, round=2) == ["cleared"]


def test_the_zones_of_the_options_and_of_the_own_answer_are_on_the_card(again):
    page = " ".join(again.get("/panel/page/1").text.split())
    assert 'data-zone="2" data-before="agree"' in page
    assert 'data-zone="0" data-before="disagree"' in page


def by_hand(app, opened):
    """The browser of panelist 1 by a link that was handed out."""
    return app.test_client().enter(opened.study.id, opened.panel[0], sha256("handed out"))


def test_a_handed_link_saves_nothing_beside_what_another_gave(app, opened, one):
    save(one)
    answer = save(by_hand(app, opened), "answer-2")
    assert (answer.status_code, answer.json["state"]) == (422, "refused")
    assert "progress" not in answer.json
    assert stored(app, Rating.statement) == [1]


def test_what_a_handed_link_answered_it_goes_on_with(app, opened, one):
    handed = by_hand(app, opened)
    assert save(handed).json["versions"] == {"answer-1": 1}
    assert stored(app, Participation.handed_link, panelist=opened.panel[0]) == [sha256("handed out")]
    assert save(handed, "answer-2").json["progress"].startswith("2 of 3")
    save(one, "answer-3")
    assert stored(app, Participation.handed_link, panelist=opened.panel[0]) == [None]
    assert save(handed, "answer-1", seen=1).status_code == 422
