"""The lead's desk over HTTP: a study from its first page to the second round."""

from datetime import timedelta

import pytest
from browsing import fingerprint
from builders import NEW_STUDY, NOW, SEALED, drafted, launched, lead_of, panel_of, released, vote
from sqlalchemy import event, func, select

from delphi.model.event import Event
from delphi.model.letter import Letter, LetterKind
from delphi.model.rating import Comment
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.statement import Lineage
from delphi.model.study import Study
from rounds.lifecycle import lifecycle
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving

DESK = "/studies/care/rounds/1"
NEXT = "/studies/care/rounds/2"
DEADLINE = f"{NOW + timedelta(days=7):%Y-%m-%dT23:59}"
VOTES = [{1: 4, 2: 3, 3: "nq"}] * 5 + [{1: 1}]


def stored(app, column, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        return list(session.scalars(select(column).filter_by(**where)))


def state(app, number=1) -> State:
    with app.extensions["database"].transaction(writing=False) as session:
        return session.get_one(Round, (1, number)).state


@pytest.fixture
def voted(app, opened):
    """Round 1 with the votes of all and one comment."""
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        for who, votes in zip(panel_of(session, opened.study), VOTES, strict=True):
            vote(session, round_, who, votes, comment="<b>because</b>" if votes == {1: 1} else "")
    return opened


@pytest.fixture
def draft(app, pages):
    """Round 1 released, and round 2 drafted."""
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, pages.study.id)
        drafted(session, study, released(session, study, VOTES))
    return pages


def test_a_study_is_created_from_a_template(app, pages, ada):
    assert ada.get("/studies/new").status_code == 200
    assert ada.send("/studies/new", NEW_STUDY).location == "/studies/fresh"
    assert "Fresh" in ada.get("/studies").text
    assert stored(app, Study.time_zone, slug="fresh") == ["Europe/Amsterdam"]


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("slug", "Not Good", 200),
        ("slug", "care", 409),
        ("time_zone", "Mars/Olympus", 200),
        ("contact_email", "nobody", 200),
        ("contact_email", "zoë@example.org", 200),
        ("lead_name", "", 200),
        ("template", "no-such-template", 404),
        ("smallest_cell", "2", 200),
        ("scale", "no-such-scale", 200),
        ("rule_settings", "no_such=1", 409),
    ],
)
def test_a_study_that_cannot_be_is_not_created(app, ada, field, value, status):
    before = fingerprint(app)
    assert ada.send("/studies/new", NEW_STUDY | {field: value}).status_code == status
    assert fingerprint(app) == before


def test_the_protocol_is_locked_once(app, ada):
    ada.send("/studies/new", NEW_STUDY)
    assert "Lock the protocol" in ada.get("/studies/fresh/protocol").text
    assert "not chosen yet" in ada.get("/studies/fresh/lock").text
    ada.send("/studies/fresh/anonymity", SEALED)
    assert ada.send("/studies/fresh/lock").status_code == 303
    assert "Locked on" in ada.get("/studies/fresh").text
    assert ada.send("/studies/fresh/lock").status_code == 409
    assert len(stored(app, Study.protocol_sha256, slug="fresh")[0]) == 64


def test_what_is_missing_stands_on_the_page_and_in_the_refusal(app, ada):
    ada.send("/studies/new", NEW_STUDY)
    missing = "The protocol is not locked."
    assert missing in ada.get("/studies/fresh/rounds/1").text
    refusal = ada.send("/studies/fresh/rounds/1/launch", {"closes_at": DEADLINE})
    assert (refusal.status_code, missing in refusal.text, "The panel is empty" in refusal.text) == (409, True, True)


def test_a_round_is_launched_with_its_letters(app, ada):
    assert "6 panelists will be invited" in ada.get(DESK).text
    assert ada.send(f"{DESK}/launch", {"closes_at": DEADLINE}).location == DESK
    assert state(app) is State.OPEN
    assert len(stored(app, Letter.panelist)) == 6
    assert "the invitations are on their way" in ada.get(DESK).text


@pytest.mark.parametrize(
    ("act", "form", "told"),
    [
        ("launch", {}, "not a date and time"),
        ("launch", {"closes_at": "soon"}, "not a date and time"),
        ("launch", {"closes_at": "2020-01-01T00:00"}, "at least 20 hours"),
        ("extend", {"closes_at": DEADLINE, "reason": "holiday"}, "Only an open round"),
        ("extend", {"closes_at": DEADLINE}, "needs a date, a time and a reason"),
        ("remind", {}, "while a round is open"),
        ("close", {}, "is not open"),
        ("release", {}, "not closed"),
        ("next", {}, "still running"),
        ("comments", {"all": "release"}, "between the close and the release"),
        ("statements", {}, "needs a code"),
        ("statements/1/reword", {}, "needs the new wording"),
        ("statements/1/drop", {}, "needs a reason"),
        ("statements/1/split", {"reason": "two"}, "needs a code and a wording"),
        ("statements/1/undo", {}, "no decision"),
        ("statements/1/reopen", {"reason": "again"}, "Only a settled statement"),
    ],
)
def test_what_cannot_be_done_now_says_why_and_changes_nothing(app, ada, act, form, told):
    before = fingerprint(app)
    page = ada.send(f"{DESK}/{act}", form)
    assert (page.status_code, told in page.text) == (409, True)
    assert fingerprint(app) == before


def test_an_open_round_shows_no_answer_and_no_small_number(app, voted, ada):
    page = ada.get(DESK).text
    assert "because" not in page
    assert ">6<" in page.replace(" ", "")
    assert "No answer, comment or total is visible" in page


def test_a_deadline_is_moved(app, opened, ada):
    later = f"{NOW + timedelta(days=30):%Y-%m-%dT23:59}"
    assert ada.send(f"{DESK}/extend", {"closes_at": later, "reason": "holiday"}).status_code == 303
    assert stored(app, Round.closes_at, study_id=1)[0].second == 59
    assert stored(app, Event.data, kind="round:extended")[0]["reason"] == "holiday"


def test_reminders_go_to_who_has_not_submitted(app, opened, ada):
    assert ada.send(f"{DESK}/remind").status_code == 303
    assert len(stored(app, Letter.panelist, kind="reminder")) == 6


def test_closing_shows_results_to_the_team_and_comments_to_the_lead(app, voted, ada):
    assert ada.send(f"{DESK}/close").status_code == 303
    page = ada.get(f"{DESK}/comments").text
    assert "&lt;b&gt;because&lt;/b&gt;" in page
    assert ada.send(f"{DESK}/release").status_code == 409
    ben = app.test_client().sign_in(voted.ben)
    assert (ben.get(DESK).status_code, ben.get(f"{DESK}/comments").status_code) == (200, 404)
    assert "because" not in ben.get(DESK).text


@pytest.mark.parametrize("word", ["released", "held"])
def test_a_comment_is_decided_and_the_round_released(app, voted, ada, word):
    ada.send(f"{DESK}/close")
    ticket = stored(app, Comment.ticket)[0]
    assert ada.send(f"{DESK}/comments", {f"comment-{ticket}": word, f"note-{ticket}": "a name"}).status_code == 303
    assert ada.send(f"{DESK}/release").status_code == 303
    assert state(app) is State.RELEASED
    assert stored(app, Comment.moderation) == [word]
    assert {"released": "shown as written", "held": "Held: a name"}[word] in ada.get(f"{DESK}/comments").text


def test_all_comments_are_released_at_once(app, voted, ada):
    ada.send(f"{DESK}/close")
    ada.send(f"{DESK}/comments", {"all": "release"})
    assert stored(app, Comment.released_text) == ["<b>because</b>"]


def test_the_next_round_is_prepared_and_revised(app, draft, ada):
    ada.send(f"{NEXT}/statements/1/reword", {"text": "Better.", "reason": "clearer", "same_meaning": "y"})
    ada.send(
        f"{NEXT}/statements", {"code": "M1", "kind": "statement", "text": "Both.", "reason": "alike", "merge": [2, 3]}
    )
    ada.send(f"{NEXT}/statements", {"code": "N1", "kind": "recommendation", "text": "Pay.", "reason": "asked for"})
    page = ada.get(NEXT).text
    for told in ("<ins>", "Better.", "Reworded", "into M1", "Both.", "ada@example.org"):
        assert told in page
    assert len(stored(app, QuestionnaireItem.statement, study_id=1, round=2)) == 3


def test_a_statement_is_dropped_with_its_reason(app, draft, ada):
    assert ada.send(f"{NEXT}/statements/2/drop", {"reason": "settled"}).location == f"{NEXT}#s2"
    assert "settled" in ada.get(NEXT).text
    assert stored(app, QuestionnaireItem.statement, study_id=1, round=2) == [1, 3]


def test_of_two_hasty_clicks_on_next_one_counts(app, voted, ada):
    ada.send(f"{DESK}/close")
    assert ada.send(f"{DESK}/next").location == NEXT
    assert ada.send(f"{DESK}/next").status_code == 409
    assert len(stored(app, Round.number, study_id=1)) == 2


def test_a_refusal_rolls_back_what_came_before_it(app, draft, ada):
    with app.extensions["database"].transaction() as session:
        launched(session, session.get_one(Study, 1), 2)
    before = fingerprint(app)
    assert ada.send(f"{NEXT}/statements/1/reword", {"text": "Better.", "reason": "late"}).status_code == 409
    assert fingerprint(app) == before
    assert stored(app, Lineage.reason) == []


def test_the_second_page_shows_every_form_of_feedback(app, voted, ada):
    ada.send(f"{DESK}/close")
    ada.send(f"{DESK}/comments", {"all": "release"})
    ada.send(f"{DESK}/release")
    ada.send(f"{DESK}/next")
    ada.send(f"{NEXT}/statements/1/reword", {"text": "Service 1 helps.", "reason": "clearer"})
    ada.send(f"{NEXT}/statements", {"code": "M1", "kind": "statement", "text": "Both.", "reason": "alike", "merge": [2, 3],
                                    "section": "Services"})  # fmt: skip
    assert ada.send(f"{NEXT}/launch", {"closes_at": DEADLINE}).status_code == 303
    one = app.test_client().enter(1, voted.panel[0])
    queries = []
    event.listen(app.extensions["database"].engine, "after_cursor_execute", lambda *args: queries.append(args[2]))
    page = " ".join(one.get("/panel/page/1").text.split())
    assert len([query for query in queries if query.startswith("SELECT")]) <= 14
    for told in ("You: agree.", "Compare with round 1", "<ins>", "Made of several statements.",
                 "&lt;b&gt;because&lt;/b&gt;", "6 people:", "STMT1.2", "Fewer than 5"):  # fmt: skip
        assert told in page, told


def test_nothing_is_counted_beneath_the_smallest_cell(app, opened, ada):
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (1, 1))
        for who in opened.panel[:4]:
            vote(session, round_, who, {1: 4})
        lifecycle.close(session, round_, by=lead_of(session, opened.study), at=NOW)
        invited = select(func.count()).select_from(Letter).filter_by(kind=LetterKind.INVITATION)
        assert session.scalar(invited) == 6
    assert ada.get(DESK).status_code == 200


def test_the_roster_says_who_has_finished(app, opened, ada):
    assert ada.get("/studies/care/panel").text.count(">invited<") == 6
    with app.extensions["database"].transaction() as session:
        saving.submit(session, TakingPart(1, 1, opened.panel[0]), on=NOW.date())
    page = ada.get("/studies/care/panel").text
    assert (page.count(">finished<"), page.count(">invited<")) == (1, 5)
