"""The protocol over HTTP: written, tried, locked, amended; and read by everybody invited."""

from datetime import timedelta

import pytest
from browsing import SECRET, fingerprint
from builders import NOW, open_to_all, panel_of, released, study, vote
from sqlalchemy import inspect, select

from delphi.consensus.vocabulary import Feedback
from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.round import Round, State
from delphi.model.study import Amendment, Study
from delphi.signing import public_key_of
from exports.record.rows import consensus_table
from rounds.demo.browser import Page
from rounds.feedback import FEEDBACK

PLAN = ["own_rating", "wording", "distribution", "quartiles", "comments"]
PROTOCOL, EDIT = "/studies/new/protocol", "/studies/new/protocol/edit"
DEADLINE = f"{NOW + timedelta(days=7):%Y-%m-%dT23:59}"


def form_of(browser, path=EDIT) -> dict[str, object]:
    """Give what the form of a page holds, as a browser would send it."""
    filled = Page(200, path, browser.get(path).text).form(having="shown").fields
    return {name: value for name, value in filled.items() if name != "csrf_token"} | {"feedback_plan": PLAN}


def stored(app, kind, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        found = list(session.scalars(select(kind).filter_by(**where).order_by(*inspect(kind).primary_key)))
        session.expunge_all()
    return found


@pytest.fixture
def new(app, pages, ada):
    """A study of Ada's that is not locked yet, in her browser."""
    with app.extensions["database"].transaction() as session:
        study(session, session.get_one(Account, pages.ada.id), "new", locked=False)
    return ada


def test_the_method_knows_the_forms_of_feedback_that_there_are():
    assert {word.value for word in Feedback} == set(FEEDBACK)


def test_a_protocol_is_written_locked_launched_and_amended(app, new):
    """The journey of the protocol, from an empty page to an amendment after data."""
    form = form_of(new) | {"aim": "What care is needed", "registration": "not registered", "set.super_majority": "70"}
    assert new.send(EDIT, form | {"consensus_share": "80"}).location == PROTOCOL
    page = new.get(PROTOCOL).text
    for told in (
        "What care is needed",
        "not registered",
        "U without any dissent",
        "At most 3 rounds",
        "Lock the protocol",
    ):
        assert told in page, told
    refused = new.send("/studies/new/rounds/1/launch", {"closes_at": DEADLINE})
    assert (refused.status_code, "The protocol is not locked." in refused.text) == (409, True)
    assert new.send("/studies/new/lock").status_code == 303
    locked = stored(app, Study, slug="new")[0]
    assert locked.protocol_sha256 in (page := new.get(PROTOCOL).text)
    assert public_key_of(SECRET) in page
    assert locked.stopping_rule == {"consensus_share": "80"}
    assert new.send("/studies/new/rounds/1/launch", {"closes_at": DEADLINE}).status_code == 303
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (locked.id, 1))
        assert round_.state is State.OPEN
        vote(session, round_, panel_of(session, locked)[0], {1: 4})
    change = form_of(new) | {"set.super_majority": "75", "reason": "The steering group asked for more."}
    assert new.send(EDIT, change).location == PROTOCOL
    page = new.get(PROTOCOL).text
    for told in ("Amendment 1", "changed after data", "The steering group asked for more.", "super_majority = 75"):
        assert told in page, told
    made = stored(app, Amendment, study_id=locked.id)[0]
    assert (made.answers_given, made.results_seen, made.after_data) == (True, False, True)
    assert stored(app, Event, study_id=locked.id)[-1].kind == "protocol:amended"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"smallest_cell": "2"}, "between 3 and 100"),
        ({"consensus_share": "many"}, "between 0 and 100"),
        ({"set.super_majority": "20"}, "below 50 %"),
        ({"set.agree_set": "9"}, "not within the scale"),
        ({"maximum_rounds": ""}, "Not a valid integer"),
    ],
)
def test_what_cannot_be_taken_is_named_and_what_was_typed_is_kept(app, new, changes, told):
    before = fingerprint(app)
    page = new.send(EDIT, form_of(new) | {"aim": "Typed text"} | changes)
    assert (page.status_code, told in page.text, "Typed text" in page.text) == (422, True, True)
    assert fingerprint(app) == before


def test_another_rule_shows_its_own_settings_before_anything_is_saved(app, new):
    before = fingerprint(app)
    for extra in ({"show": "1"}, {}):
        page = new.send(
            EDIT, form_of(new) | {"scale": "grade9", "rule": "comet_by_group", "aim": "Typed", **extra}
        ).text
        assert "set.variant" in page
        assert "Typed" in page
    assert "set.super_set" not in page
    assert fingerprint(app) == before


def test_a_rule_that_does_not_fit_its_scale_says_so(new):
    page = new.send(EDIT, form_of(new) | {"rule": "rand_appropriateness", "show": "1"})
    assert (page.status_code, "scale 1 to 9" in page.text) == (422, True)


def test_saving_the_same_changes_nothing(app, new):
    new.send(EDIT, form_of(new))
    before = fingerprint(app)
    assert new.send(EDIT, form_of(new)).status_code == 303
    assert fingerprint(app) == before


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "32/36 ≥ 67 %"),
        ("n0_1=20&n0_2=0&n0_3=10&n0_4=5&n1_1=0&n1_2=0&n1_3=0&n1_4=0", "15/35 &lt; 67 %"),
        ("n0_1=0&n0_2=0&n0_3=0&n0_4=2&n1_1=0&n1_2=0&n1_3=0&n1_4=0", "Too few ratings"),
        ("n0_4=many&n0_3=-4", "In"),
    ],
)
def test_the_rule_can_be_tried_with_counts_of_ones_own(ada, query, told):
    page = ada.get(f"/studies/care/protocol?{query}").text
    assert told.replace("32/36", "64/72") in page


def test_everybody_invited_can_read_the_protocol(app, opened, one):
    page = one.get("/panel/protocol").text
    assert opened.study.protocol_sha256 in page
    assert public_key_of(SECRET) in page
    assert "Try the rule" in page
    assert "Write the protocol" not in page


@pytest.mark.parametrize("who", ["ben", "mia", "vic"])
def test_the_team_reads_and_does_not_write(app, pages, who):
    with app.extensions["database"].transaction(writing=False) as session:
        person = session.scalars(select(Account).filter_by(email=f"{who}@example.org")).one()
        session.expunge_all()
    browser = app.test_client().sign_in(person)
    assert "Amend the protocol" not in browser.get("/studies/care/protocol").text
    assert browser.get("/studies/care/protocol/edit").status_code == 404


CARE = "/studies/care/protocol/edit"


def amend(ada, **changes):
    return ada.send(CARE, form_of(ada, CARE) | {"reason": "Because"} | changes)


def test_an_amendment_says_why(app, ada):
    before = fingerprint(app)
    assert amend(ada, reason="", aim="Other").status_code == 422
    assert amend(ada).status_code == 409
    assert fingerprint(app) == before


def test_an_amendment_before_the_first_answer_is_not_marked(app, ada):
    assert amend(ada, minimum_n="7").status_code == 303
    page = ada.get("/studies/care/protocol").text
    assert "Amendment 1" in page
    assert "changed after data" not in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"smallest_cell": "3"}, "can only grow"),
        ({"scale": "agree5", "shown": "agree5 graded_agreement", "set.agree_set": "4,5"}, "cannot be changed"),
    ],
)
def test_what_no_reason_justifies_is_refused(app, pages, ada, changes, told):
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, pages.study.id)
        open_to_all(session, made)
        vote(session, session.get_one(Round, (made.id, 1)), pages.panel[0], {1: 4})
    before = fingerprint(app)
    page = amend(ada, **changes)
    assert (page.status_code, told in page.text) == (409, True)
    assert fingerprint(app) == before


def test_results_say_what_was_changed_after_data(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        released(session, session.get_one(Study, pages.study.id), [{1: 4, 2: 3, 3: "nq"}] * 6)
    assert "Changed after data" not in ada.get("/studies/care/results").text
    assert amend(ada, aim="Only a text").status_code == 303
    assert "Changed after data" not in ada.get("/studies/care/results").text
    assert amend(ada, minimum_n="6").status_code == 303
    for path in ("results", "rounds/1"):
        assert "Changed after data" in ada.get(f"/studies/care/{path}").text, path
    assert "Protocol changed after data: amendment 2" in ada.send("/studies/care/results.json").text
    one = app.test_client().enter(pages.study.id, pages.panel[0])
    assert "/panel/protocol#amendments" in one.get("/panel/rounds/1").text
    with app.extensions["database"].transaction(writing=False) as session:
        study = session.get_one(Study, pages.study.id)
        table = consensus_table(session, study, [session.get_one(Round, (study.id, 1))])
    assert table.notes[-1].startswith("Protocol changed after data: amendment 2 of ")
    assert "minimum n" in table.notes[-1]
