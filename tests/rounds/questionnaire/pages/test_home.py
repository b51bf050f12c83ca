"""The panelist's home: the start of a later round, the frame of every page, what no page may hold."""

import re
from uuid import UUID

import pytest
from builders import LATER, NOW, drafted, lead_of, open_to_all, panel_of, vote
from sqlalchemy import event, select, update

from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Change, Decided
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.statement import Lineage
from delphi.model.study import Study
from rounds.lifecycle import lifecycle
from rounds.questionnaire.practice import practice_card
from rounds.questionnaire.wording import ChangedStatement, summarise
from rounds.results.turnout import turnout_of
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy

PAGES = (
    "/panel", "/panel/information", "/panel/consent", "/panel/about", "/panel/my-data", "/panel/withdraw",
    "/panel/acknowledgement", "/panel/changes", "/panel/page/1", "/panel/review", "/panel/rounds/1", "/panel/statements",
)  # fmt: skip


@pytest.fixture
def second(app, pages):
    """Round 2 is open: statement 1 was settled, 2 reworded, 3 dropped."""
    with app.extensions["database"].transaction() as session:
        study, by = session.get_one(Study, pages.study.id), DecidedBy(pages.ada.id, NOW, "clearer")
        open_to_all(session, study)
        first = session.get_one(Round, (study.id, 1))
        for who in panel_of(session, study):
            vote(session, first, who, {1: 4, 2: 1, 3: 1})
        lifecycle.close(session, first, by=lead_of(session, study), at=NOW)
        lifecycle.release(session, study, first, by=lead_of(session, study), at=NOW)
        draft = drafted(session, study, first)
        changes.reword(session, draft, 2, text="Service 2 is needed at night.", by=by)
        changes.drop(session, draft, 3, by=DecidedBy(pages.ada.id, NOW, "asked elsewhere"))
        changes.decide(session, draft, {1: (Decided.RATE_AGAIN, by)})
        study.group_chosen, study.proposal_rounds = True, [2]
        lifecycle.launch(session, study, draft, closes_at=LATER, by=pages.ada.id, at=NOW)
    return pages


@pytest.fixture
def reader(app, second):
    return app.test_client().enter(second.study.id, second.panel[0])


def test_a_later_round_begins_with_what_changed_and_why(reader):
    page = " ".join(reader.get("/panel").text.split())
    assert "Since round 1, which asked 3 statements: 1 was removed, 1 was reworded." in page
    listed = reader.get("/panel/changes").text
    for text in ("Service 2 is needed at night.", "Reason: clearer", "Service 3 is needed.", "Reason: asked elsewhere"):
        assert text in listed


def test_the_scale_can_be_tried_and_sends_nothing(app, opened, one):
    page = one.get("/panel").text
    practice = page[page.index('class="practice"') : page.index("</article>")]
    assert practice.count('name="answer-0"') == 5
    assert "<form" not in practice
    assert one.get("/panel/changes").location == "/panel"


def test_the_practice_shows_and_explains_each_mark(app, opened, one):
    page = " ".join(one.get("/panel").text.split())
    practice = page[page.index('class="practice"') : page.index("</article>")]
    assert "In round 1, 26 people rated this: <b>19 agreed (73%),</b> <b>7 disagreed (27%).</b>" in practice
    assert practice.count('class="opt mine"') == practice.count("middle answer") == 1
    for mark in ("The pale bar in each row", "marks your own answer", "Middle: half of the panel"):
        assert mark in practice


def test_who_has_answered_something_needs_no_practice(one):
    one.send("/panel/page/1", {"answer-1": "4"})
    assert 'class="practice"' not in one.get("/panel").text


@pytest.mark.parametrize("plan", [(), ("own_rating",), ("distribution",)])
def test_the_practice_shows_what_the_plan_shows(plan):
    card = practice_card(SCALES["grade9"], plan, "A walk.")
    assert {name for name, shown in card.feedback.items() if shown} == {*plan}


def test_every_page_ends_with_the_same_help_in_the_same_order(reader):
    order = ("Help and contact", "Study information", "My data", "Withdraw", "Sign out")
    for path in PAGES:
        foot = reader.get(path).text.partition("<footer")[2]
        places = [foot.index(words) for words in order]
        assert places == sorted(places), path


def test_no_page_holds_a_code_an_id_or_a_grant(app, second, reader):
    with app.extensions["database"].transaction(writing=False) as session:
        who = session.get_one(Panelist, (second.study.id, second.panel[0]))
        secrets = {who.code, str(who.id), UUID(str(who.id)).hex}
    with reader.session_transaction(base_url="http://delphi.example.org") as kept:
        secrets.add(kept["panelist_grant"])
    for path in (*PAGES, "/panel/my-data.json", "/panel/my-data.csv", "/panel/calendar.ics"):
        text = reader.get(path).text
        assert not [secret for secret in secrets if secret in text], path


@pytest.mark.parametrize("path", PAGES)
def test_a_page_costs_a_bounded_number_of_queries(app, reader, path):
    queries = []
    reader.get(path)
    event.listen(app.extensions["database"].engine, "after_cursor_execute", lambda *args: queries.append(args[2]))
    assert reader.get(path).status_code == 200
    assert len([query for query in queries if query.startswith("SELECT")]) <= 17


def test_turnout_is_told_from_the_smallest_cell_on(app, opened):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, opened.study.id)
        round_ = session.get_one(Round, (study.id, 1))
        for who in opened.panel[:5]:
            vote(session, round_, who, {1: 4}, comment="why")
        assert turnout_of(session, study, [round_]) == {}
        lifecycle.close(session, round_, by=lead_of(session, study), at=NOW)
        assert turnout_of(session, study, [round_])[1].people == 5
        study.smallest_cell = 6
        told = turnout_of(session, study, [round_])[1]
        assert (told.people, told.comments) == (None, None)


def test_the_home_of_a_closed_round_says_what_the_team_does(app, opened, one):
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        for who in opened.panel:
            vote(session, round_, who, {1: 4}, comment="why")
        lifecycle.close(session, round_, by=lead_of(session, opened.study), at=NOW)
    page = one.get("/panel").text
    assert "The team is reading 6 comments and the results." in page
    assert "6 people took part" in page
    assert "its date is not fixed yet" in page
    with app.extensions["database"].transaction() as session:
        session.execute(update(Round).values(released_at=NOW).where(Round.study_id == opened.study.id))
    assert "See the results of round 1" in one.get("/panel").text


def edge(change, source, target, reason="why"):
    return Lineage(from_statement=source, to_statement=target, change=change, reason=reason)


def test_every_statement_of_two_rounds_is_sorted_once():
    before = {n: ChangedStatement(f"S{n}", f"text {n}") for n in range(1, 9)}
    now = {n: ChangedStatement(f"S{n}", f"new {n}") for n in (1, 2, 9, 10, 11, 12)}
    edges = [
        edge(Change.REWORDED, 2, 2), edge(Change.MERGED, 3, 9), edge(Change.MERGED, 4, 9), edge(Change.SPLIT, 5, 10),
        edge(Change.SPLIT, 5, 11), edge(Change.DROPPED, 6, 6, "old"),
    ]  # fmt: skip
    made = summarise(before, now, edges, {7: "in", 8: "none"})
    codes = {kind: [line.code for line in lines] for kind, lines in made.kinds.items()}
    assert codes == {
        "settled": ["S7"], "removed": ["S6", "S8"], "reworded": ["S2"], "merged": ["S9"], "split": ["S10", "S11"],
        "new": ["S12"],
    }  # fmt: skip
    assert [source.code for source in made.merged[0].sources] == ["S3", "S4"]
    assert [line.reason for line in made.removed] == ["old", ""]


def test_a_settled_statement_that_is_asked_again_is_no_new_one():
    made = summarise(
        {1: ChangedStatement("S1", "a")},
        {1: ChangedStatement("S1", "a"), 2: ChangedStatement("S2", "b")},
        [edge(Change.REOPENED, 2, 2)],
        {},
    )
    assert {kind: [line.code for line in lines] for kind, lines in made.kinds.items()} == {"reopened": ["S2"]}


def test_links_of_the_calendar_lead_nowhere(reader):
    text = reader.get("/panel/calendar.ics").text
    assert not re.search(r"https?://", text)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_panelist_of_one_study_sees_no_round_of_another(app, second, reader):
    with app.extensions["database"].transaction(writing=False) as session:
        assert session.scalars(select(Round.number).where(Round.study_id == second.foreign.id)).all() == [1]
    other = app.test_client().enter(second.foreign.id, panel_of_foreign(app, second))
    assert other.get("/panel/rounds/1").status_code == 404


def panel_of_foreign(app, cast):
    with app.extensions["database"].transaction(writing=False) as session:
        return panel_of(session, cast.foreign)[0]
