"""Bots read pages as people do, and fail where a page lacks what they need."""

import pytest

from rounds.demo.bots import LeadBot, PlannedAnswers, _check_feedback
from rounds.demo.browser import Browser, Page, UnexpectedPage, _multipart

PAGE = Page(
    200,
    "/here",
    """<form method="post" action="/there?x=1"><input type="hidden" name="csrf_token" value="a&amp;b">
    <input type="radio" name="answer-1" value="3"><input type="radio" name="answer-1" value="4" checked>
    <textarea name="comment-1"></textarea><button name="go" value="on">Save</button></form>""",
)


def test_a_form_knows_what_is_filled_in_and_what_may_be_chosen():
    form = PAGE.form("/there")
    assert form.fields == {"csrf_token": "a&b", "answer-1": "4", "comment-1": ""}
    assert form.choices == {"answer-1": {"3", "4"}}


def test_filling_in_what_the_page_lacks_is_an_error():
    for values in ({"answer-2": "3"}, {"answer-1": "9"}):
        with pytest.raises(UnexpectedPage, match="offers no"):
            PAGE.form("/there").fill(values)


def test_a_missing_form_is_an_error():
    with pytest.raises(UnexpectedPage, match="no form"):
        PAGE.form("/elsewhere")


def test_a_page_that_does_not_say_what_is_expected_is_an_error():
    PAGE.expect("Save")
    with pytest.raises(UnexpectedPage, match="without"):
        PAGE.expect("Thank you")
    with pytest.raises(UnexpectedPage, match="answered 500"):
        Page(500, "/", "Save").expect("Save")


def test_a_card_without_feedback_or_own_answer_is_an_error():
    sheet = PlannedAnswers(answers={}, before={"S1": 4})
    with pytest.raises(UnexpectedPage, match="no feedback"):
        _check_feedback("<article>", "S1", sheet)
    with pytest.raises(UnexpectedPage, match="own answer"):
        _check_feedback('<p class="says">people rated this: <b>4 agreed</b></p>You: agree.', "S1", sheet)
    _check_feedback('<p class="says">people rated this: <b>4 agreed</b> You: agree.</p>', "S1", sheet)
    _check_feedback("new", "S2", sheet)


def test_a_file_is_sent_as_a_browser_sends_it():
    body, kind = _multipart({"a": "1"}, {"file": b"code,text\r\n"})
    assert kind.startswith("multipart/form-data; boundary=")
    assert b'name="a"\r\n\r\n1\r\n' in body
    assert b'filename="file.csv"\r\nContent-Type: text/csv\r\n\r\ncode,text\r\n' in body


def test_who_has_not_finished_is_read_on_every_page_of_the_roster(monkeypatch):
    row = '<tr data-standing="{1}"><th>{0}</th><td><bdi class="mail">{0}@example.org</bdi></td></tr>'.format
    pages = [row("a", "delivered") + row("b", "finished") + "Next page", row("c", "started") + row("d", "declined")]

    def get(_browser, path):
        return Page(200, path, "Names and who has finished" + pages[int(path.rpartition("=")[2]) - 1])

    monkeypatch.setattr(Browser, "get", get)
    assert LeadBot("http://127.0.0.1:1", "care").unfinished() == {"a@example.org", "c@example.org"}
