"""How many statements of SQL the pages of a panelist send, whatever the size of questionnaire and panel."""

import re
from uuid import uuid4

import pytest
from builders import NOW, account, drafted, lead_of, open_to_all, panel_of, released, study, vote
from routes import requests
from sqlalchemy import update
from statements import counted

from delphi.model.rating import Comment
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.statements.statements import NewStatement
from delphi.web.policy import PANELIST, policy_of
from rounds.lifecycle import lifecycle

SIZE = 35
PLAN = ("own_rating", "distribution", "quartiles", "wording", "groups", "comments")


def all_of(browser, number):
    """Everything that a page of cards would send, with one answer on every card."""
    page = browser.get(f"/panel/page/{number}").text
    hidden = dict(re.findall(r'name="((?:seen|request)[^"]*)" value="([^"]*)"', page))
    texts = dict.fromkeys(re.findall(r'<textarea\s+id="([^"]+)"', page), "")
    return hidden | texts | dict.fromkeys(re.findall(r'name="(answer-\d+)"', page), "3")


@pytest.fixture
def panel(app):
    """Three panelists of round 2, which shows everything of the round before; they answered differently."""
    with app.extensions["database"].transaction() as session:
        asked = tuple(NewStatement(f"S{n}", f"It is so: {n}.", section=f"Part {n // 7}") for n in range(SIZE))
        made = study(session, account(session, "dan"), "second", panelists=12, statements=asked, feedback=PLAN)
        first = released(session, made, [{n: 1 + (n + i) % 4 for n in range(1, SIZE + 1)} for i in range(12)])
        drafted(session, made, first)
        open_to_all(session, made, 2)
        return [(made.id, who) for who in panel_of(session, made)[:3]]


@pytest.fixture
def again(app, panel):
    return app.test_client().enter(*panel[0])


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
        page = again.get("/panel/page/1").text
        assert f'id="progress">{line}</span>' in page
        assert line == f"{seen + 1} of {SIZE} done"
        assert re.search(rf'id="left">{SIZE - seen - 1} left, about \d+ minutes</p>', page)


def test_the_progress_of_the_last_save_names_no_minutes(one):
    saves = [save(one, 0, f"answer-{n}").json for n in (1, 2, 3)]
    assert [told["progress"] for told in saves] == ["1 of 3 done", "2 of 3 done", "3 of 3 done"]
    assert [told["share"] for told in saves] == [33, 66, 100]
    assert [told["left"] for told in saves] == ["2 left, about 1 minute", "1 left, about 1 minute", ""]


def test_a_questionnaire_sent_as_forms_takes_sixty_statements(app, again):
    for path in ("/panel", "/panel/page/1"):
        again.get(path)  # somebody was there before
    with counted(app) as sent:
        again.get("/panel")
        for number in (1, 2, 3, 4):
            assert again.send(f"/panel/page/{number}", all_of(again, number)).status_code == 303
        again.get("/panel/review")
        again.send("/panel/submit")
        page = again.get("/panel").text
    assert "Thank you: your 35 answers are in" in page
    assert len(sent) <= 60, len(sent)


def test_no_page_of_a_panelist_sends_more_than_ten_statements(app, again):
    pages = [path for name, method, path in requests(app) if method == "GET" and policy_of(app, name) == PANELIST]
    counts = {}
    for path in pages:
        with counted(app) as sent:
            again.get(path)
        counts[path] = len(sent)
    assert len(pages) > 12
    assert {path: n for path, n in counts.items() if n > 10} == {}


def drawn(browser, language):
    """A page of cards without what differs at any two visits."""
    browser.send("/language", {"language": language, "back": "/"})
    return re.sub(r'value="[^"]{30,}"', "", browser.get("/panel/page/1").text)


def test_a_warm_memory_draws_what_a_cold_one_draws(app, again, panel):
    people = [app.test_client().enter(*key) for key in panel]
    warm = [drawn(one, language) for one in people for language in ("en", "nl") for _ in range(2)][1::2]
    cold = []
    for one in people:
        for language in ("en", "nl"):
            app.extensions["memory"].forget()
            cold.append(drawn(one, language))
    assert warm == cold
    assert len(set(cold)) == len(cold)
    assert all('class="opt mine"' in page for page in cold)


@pytest.fixture
def finished(app, panel):
    """The same study with its second round released, and no third one."""
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, panel[0][0])
        round_ = session.get_one(Round, (made.id, 2))
        for i, who in enumerate(panel_of(session, made)):
            vote(session, round_, who, {n: 1 + (n + i) % 4 for n in range(1, SIZE + 1)}, comment="because")
        session.execute(update(Comment).values(moderation="released", released_text="because"))
        by = lead_of(session, made)
        lifecycle.close(session, round_, by=by, at=NOW)
        lifecycle.release(session, made, round_, by=by, at=NOW)
        made.maximum_rounds = 2
    return [app.test_client().enter(*key) for key in panel]


RESULTS = ("/panel/results", "/panel/rounds/1", "/panel/rounds/2")


@pytest.mark.parametrize("path", RESULTS)
def test_results_send_at_most_ten_statements_cold_and_fewer_warm(app, finished, path):
    sent = []
    app.extensions["memory"].forget()
    for browser in finished[:2]:
        with counted(app) as statements:
            assert browser.get(path).text.count('<details class="line"') == SIZE
        sent.append(len(statements))
    assert sent[0] <= 10
    assert sent[1] < sent[0]


@pytest.mark.parametrize("path", RESULTS)
def test_results_from_a_warm_memory_are_those_of_a_cold_one(app, finished, path):
    def shown(browser, *, cold):
        if cold:
            app.extensions["memory"].forget()
        return re.sub(r'value="[^"]{30,}"', "", browser.get(path).text)

    warm = [shown(browser, cold=False) for browser in finished for _ in range(2)][1::2]
    cold = [shown(browser, cold=True) for browser in finished]
    assert warm == cold
    assert len(set(cold)) == len(cold)
