"""How many statements of SQL the pages of a panelist send, whatever the size of questionnaire and panel."""

import re
from uuid import uuid4

import pytest
from builders import account, drafted, open_to_all, panel_of, released, study
from statements import counted

from delphi.statements.statements import NewStatement

SIZE = 35
PLAN = ("own_rating", "distribution", "quartiles", "wording", "groups", "comments")


@pytest.fixture
def again(app):
    """A panelist of round 2, which shows everything of the round before."""
    with app.extensions["database"].transaction() as session:
        asked = tuple(NewStatement(f"S{n}", f"It is so: {n}.", section=f"Part {n // 7}") for n in range(SIZE))
        made = study(session, account(session, "dan"), "second", statements=asked, feedback=PLAN)
        first = released(session, made, [dict.fromkeys(range(1, SIZE + 1), 4)] * 6)
        drafted(session, made, first)
        open_to_all(session, made, 2)
        key = made.id, panel_of(session, made)[0]
    return app.test_client().enter(*key)


def save(browser, seen, field="answer-1", value="4"):
    body = {field: value, f"seen-{field}": seen, "request": str(uuid4())}
    answer = browser.send("/panel/answers", body)
    assert answer.json["versions"] == {field: seen + 1}
    return answer


@pytest.mark.parametrize(("field", "value"), [("answer-1", "4"), ("comment-1", "because"), ("reason-3", "so")])
def test_a_save_sends_at_most_five_statements(app, again, field, value):
    save(again, 0, "answer-2")
    with counted(app) as sent:
        save(again, 0, field, value)
    assert len(sent) <= 5, sent


def test_a_save_of_a_longer_questionnaire_sends_no_more(app, one, again):
    counts = []
    for browser in (again, one):
        save(browser, 0)
        with counted(app) as sent:
            save(browser, 1, value="3")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_the_progress_of_a_save_is_that_of_the_page(again):
    for seen, field in enumerate(("answer-1", "answer-2", "answer-12")):
        line = save(again, 0, field).json["progress"]
        assert f'<span id="progress">{line}</span>' in again.get("/panel/page/1").text
        assert re.match(rf"{seen + 1} of {SIZE} answered · about \d+ minutes left", line)


def test_the_progress_of_the_last_save_names_no_minutes(one):
    lines = [save(one, 0, f"answer-{n}").json["progress"] for n in (1, 2, 3)]
    assert lines[-1] == "3 of 3 answered"
    assert "about" in lines[1]
