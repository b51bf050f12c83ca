"""After answering: own answers, results, my data, being named, leaving with a choice about the answers."""

import csv
import io
import json

import pytest
from browsing import fingerprint
from builders import NOW, lead_of, vote
from sqlalchemy import func, select, update

from delphi.access import sha256
from delphi.model.acknowledgement import Acknowledgement
from delphi.model.event import Event, EventKind
from delphi.model.identity import Identity, Receipt
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import AccessLink, Panelist, PanelistSession
from delphi.model.rating import Comment, Rating
from delphi.model.round import Participation, Round
from delphi.model.study import Consent, Study
from delphi.people import acknowledgements
from rounds.lifecycle import invitations, lifecycle

ANSWERS = {1: 4, 2: 1, 3: "nq"}


def stored(app, *columns, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        found = session.execute(select(*columns).filter_by(**where)).all()
        return [row[0] if len(columns) == 1 else tuple(row) for row in found]


@pytest.fixture
def answered(app, opened):
    """Everybody has answered round 1; the first with a comment."""
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        for n, who in enumerate(opened.panel):
            vote(session, round_, who, ANSWERS, comment="" if n else "because")
    return opened


def step(app, cast, *names):
    with app.extensions["database"].transaction() as session:
        study, round_ = session.get_one(Study, cast.study.id), session.get_one(Round, (cast.study.id, 1))
        for name in names:
            if name == "close":
                lifecycle.close(session, round_, by=lead_of(session, study), at=NOW)
            else:
                lifecycle.release(session, study, round_, by=lead_of(session, study), at=NOW)


@pytest.fixture
def released(app, answered):
    with app.extensions["database"].transaction() as session:
        session.execute(update(Comment).values(moderation="held"))
    step(app, answered, "close", "release")
    return answered


def test_a_closed_round_shows_the_own_answers_and_nobody_elses(app, answered, one):
    assert one.get("/panel/rounds/1").location == "/panel"
    step(app, answered, "close")
    page = one.get("/panel/rounds/1").text
    assert "my answers" in page
    assert "because" in page
    assert "chose agree or somewhat agree" not in page
    assert 'href="/panel/rounds/1"' in one.get("/panel").text


def test_a_released_round_shows_verdicts_and_the_own_answers(app, released, one):
    page = one.get("/panel/rounds/1").text
    assert "In round 1 the panel agreed on 1 of 3 statements" in page
    assert "6 of 6" in page
    assert "You: agree." in page
    assert "You: disagree." in page
    assert "because" in page
    assert one.get("/panel/results").location == "/panel"


def test_a_handed_link_neither_tells_nor_marks_own_answers_in_results(app, released, one):
    handed = app.test_client().enter(released.study.id, released.panel[0], sha256("a link that was handed out"))
    page = handed.get("/panel/rounds/1").text
    assert 'class="own"' not in page
    assert "You: agree." not in page
    assert "because" not in page
    assert page.count('class="soft">not shown here') == 3
    assert one.get("/panel/rounds/1").text.count('class="own"') == 2


def test_a_statement_that_too_few_rated_tells_no_number(app, opened, one):
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        for n, who in enumerate(opened.panel):
            vote(session, round_, who, {1: 4, 2: 4} if n < 4 else {1: 4})
    step(app, opened, "close", "release")
    page = one.get("/panel/rounds/1").text
    assert page.count("fewer than 5 rated it") == 2
    assert "4 of 4" not in page
    assert page.count('class="own"') == 1


def test_the_own_answers_can_be_taken_along(app, answered, one):
    file = one.get("/panel/rounds/1/answers.csv")
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert [row["value"] for row in rows] == ["4", "1", ""]
    assert rows[0]["comment"] == "because"
    assert rows[2]["answer"] == "not qualified to respond"


def test_final_results_come_with_verdicts_and_a_filter(app, released, one):
    with app.extensions["database"].transaction() as session:
        session.execute(update(Study).values(maximum_rounds=1))
    page = one.get("/panel/results").text
    assert "The panel agreed on 1 of 3 statements" in page
    assert page.count('<details class="line"') == 3
    assert one.get("/panel/results?verdict=in").text.count('<details class="line"') == 1
    assert "No statement ended like this." in one.get("/panel/results?verdict=none").text
    assert "See the results" in one.get("/panel").text


@pytest.mark.parametrize("path", ["/panel/rounds/2", "/panel/rounds/9", "/panel/rounds/99999999999", "/panel/rounds/x"])
def test_a_round_nobody_was_invited_to_is_not_there(app, released, one, path):
    assert one.get(path).status_code == 404


def test_my_data_is_everything_and_nothing_of_others(app, released, one):
    who = released.panel[0]
    [(name, email)] = stored(app, Identity.name, Identity.email, panelist=who)
    data = json.loads(one.get("/panel/my-data.json").text)
    assert data["person"][0]["email"] == email
    assert [row["answer"] for row in data["answers"]] == ["agree", "disagree", "not qualified to respond"]
    assert data["answers"][0]["comment"] == "because"
    assert data["answers"][0]["wording"] == "Service 1 is needed."
    assert data["consents"][0]["version"] == 1
    page = one.get("/panel/my-data").text
    assert name in page
    assert "because" in page
    others = [n for n in stored(app, Identity.name, study_id=released.study.id) if n != name]
    [code] = stored(app, Panelist.code, id=who)
    rows = list(csv.DictReader(io.StringIO(one.get("/panel/my-data.csv").text)))
    assert {"section", "number", "field", "value"} == set(rows[0])
    for text in (page, json.dumps(data), str(rows)):
        assert not [other for other in others if other in text]
        assert code not in text
        assert str(who) not in text


def test_the_own_name_is_corrected_and_the_trail_does_not_say_whose(app, opened, one):
    assert one.send("/panel/my-data", {"name": "  Eva   Beispiel "}).status_code == 303
    assert stored(app, Identity.name, panelist=opened.panel[0]) == ["Eva Beispiel"]
    [(data, at)] = stored(app, Event.data, Event.at, kind=EventKind.PANELIST_CORRECTED)
    assert data == {}
    assert (at.hour, at.minute) == (0, 0)
    assert one.send("/panel/my-data", {"name": ""}).status_code == 422
    one.send("/panel/my-data", {"name": "Eva Beispiel"})
    assert len(stored(app, Event.data, kind=EventKind.PANELIST_CORRECTED)) == 1


WANTED = {"wanted": "yes", "name": "Dr. Eva Beispiel", "affiliation": "Uni", "orcid": "0000-0002-1825-0097"}


def test_exactly_those_who_ask_are_named_and_no_key_leads_to_an_answer(app, opened, one):
    assert 'value="no" checked' in one.get("/panel/acknowledgement").text
    assert one.send("/panel/acknowledgement", WANTED).status_code == 303
    with app.extensions["database"].transaction(writing=False) as session:
        named = acknowledgements.named(session, opened.study)
        assert [(a.name, a.affiliation, a.orcid) for a in named] == [(WANTED["name"], "Uni", WANTED["orcid"])]
        keys = set(session.scalars(select(Acknowledgement.key)))
    everything = fingerprint(app)
    del everything["acknowledgement"]
    assert not [key for key in keys if key in str(everything)]
    one.send("/panel/acknowledgement", WANTED | {"name": "E. Beispiel"})
    assert stored(app, Acknowledgement.name) == ["E. Beispiel"]
    one.send("/panel/acknowledgement", {"wanted": "no"})
    assert stored(app, Acknowledgement.name) == []


@pytest.mark.parametrize(
    "wrong", [{"orcid": "0000-0002-1825-0098"}, {"name": " "}, {"wanted": ""}, {"name": "x" * 201}]
)
def test_a_wrong_acknowledgement_is_kept_on_the_page_and_not_stored(app, opened, one, wrong):
    page = one.send("/panel/acknowledgement", WANTED | wrong)
    assert page.status_code == 422
    assert "Uni" in page.text
    assert stored(app, Acknowledgement.name) == []


def test_a_closed_list_of_names_stays(app, opened, one):
    one.send("/panel/acknowledgement", WANTED)
    with app.extensions["database"].transaction() as session:
        session.execute(update(Study).values(names_until=NOW.date().replace(year=NOW.year - 1)))
    before = fingerprint(app)
    for form in (WANTED | {"name": "Other"}, {"wanted": "no"}):
        assert one.send("/panel/acknowledgement", form).status_code == 409
    assert fingerprint(app) == before
    assert "You are named as: Dr. Eva Beispiel" in one.get("/panel/acknowledgement").text


def test_leaving_takes_two_steps_and_says_what_will_happen(app, answered, one):
    before = fingerprint(app)
    page = one.get("/panel/withdraw").text
    assert "Round 1: 3 answers are deleted" in page
    assert "Round 1: 3 answers stay under a code" in page
    assert " checked" not in page
    assert one.send("/panel/withdraw", {"confirm": "yes"}).status_code == 422
    assert "Leave the panel now?" in one.send("/panel/withdraw", {"choice": "keep"}).text
    assert fingerprint(app) == before


def leave(app, cast, browser, choice):
    return browser.send("/panel/withdraw", {"choice": choice, "confirm": "yes"})


@pytest.mark.parametrize(("choice", "left"), [("keep", 3), ("remove_open", 0)])
def test_each_choice_changes_exactly_what_it_promised(app, answered, one, choice, left):
    who = answered.panel[0]
    others = {row for row in fingerprint(app)["rating"] if who.hex not in row and str(who) not in row}
    link = app.test_client().link(answered.study.id, who)
    assert "You have left the panel" in leave(app, answered, one, choice).text
    assert len(stored(app, Rating.value, panelist=who)) == left
    assert len(stored(app, Comment.text, panelist=who)) == (1 if left else 0)
    assert others <= set(fingerprint(app)["rating"])
    assert stored(app, Panelist.withdrawn_on, id=who) == [NOW.date()]
    assert (
        stored(app, AccessLink.token_sha256, panelist=who) == stored(app, PanelistSession.panelist, panelist=who) == []
    )
    assert one.get("/panel").status_code == 404
    assert app.test_client().get(link).status_code == 404
    letters = stored(app, Letter.kind, Letter.dropped_at, panelist=who)
    assert {kind for kind, dropped in letters if dropped is None} == {LetterKind.WITHDRAWAL}
    assert len(stored(app, Letter.id, kind=LetterKind.WITHDRAWAL)) == 1


@pytest.mark.parametrize("steps", [("close",), ("close", "release")])
def test_leaving_changes_nothing_of_a_round_that_is_counted(app, answered, one, steps):
    with app.extensions["database"].transaction() as session:
        session.execute(update(Comment).values(moderation="held"))
    step(app, answered, *steps)
    before = {name: fingerprint(app)[name] for name in ("rating", "comment", "seal", "result", "participation")}
    assert "What was counted stays" in one.get("/panel/withdraw").text
    leave(app, answered, one, "keep")
    assert {name: fingerprint(app)[name] for name in before} == before
    assert stored(app, Event.data, kind=EventKind.PANELIST_WITHDREW) == [{}]


def test_a_choice_that_empties_no_round_is_not_offered(app, answered, one):
    step(app, answered, "close")
    page = one.get("/panel/withdraw").text
    assert ("remove_open" in page, 'value="keep"' in page) == (False, True)
    before = fingerprint(app)
    assert leave(app, answered, one, "remove_open").status_code == 422
    assert fingerprint(app) == before


def test_whoever_leaves_always_has_a_choice(app, answered, one):
    step(app, answered, "close")
    with app.extensions["database"].transaction() as session:
        session.execute(update(Study).values(withdrawal_choices=["remove_open"]))
    assert 'value="remove_open"' in one.get("/panel/withdraw").text


def test_name_and_address_go_with_the_decision(app, answered, one):
    who, others = answered.panel[0], set(fingerprint(app)["identity"])
    one.send("/panel/acknowledgement", WANTED)
    assert "your name and address are deleted" in leave(app, answered, one, "keep").text
    assert stored(app, Identity.name, panelist=who) == stored(app, Acknowledgement.name) == []
    assert len(others - set(fingerprint(app)["identity"])) == 1
    assert len(stored(app, Receipt.email)) == 1


def test_released_results_stay_and_carry_a_note(app, released, one):
    frozen = fingerprint(app)["result"]
    leave(app, released, one, "keep")
    assert fingerprint(app)["result"] == frozen
    assert len(stored(app, Rating.value, panelist=released.panel[0])) == 3
    other = app.test_client().enter(released.study.id, released.panel[1])
    assert "1 person has left the panel since the release" in other.get("/panel/rounds/1").text


def test_the_open_rounds_numbers_change_at_once(app, answered, one):
    leave(app, answered, one, "remove_open")
    with app.extensions["database"].transaction(writing=False) as session:
        left = select(func.count()).select_from(Rating).filter_by(study_id=answered.study.id, round=1, statement=1)
        assert session.scalar(left) == 5


def test_only_what_the_protocol_promised_can_be_chosen(app, answered, one):
    with app.extensions["database"].transaction() as session:
        session.execute(update(Study).values(withdrawal_choices=["keep"]))
    assert "remove_open" not in one.get("/panel/withdraw").text
    before = fingerprint(app)
    assert leave(app, answered, one, "remove_open").status_code == 422
    assert fingerprint(app) == before


def test_who_left_is_not_invited_again_and_keeps_the_consent_as_a_record(app, answered, one):
    leave(app, answered, one, "keep")
    with app.extensions["database"].transaction(writing=False) as session:
        assert answered.panel[0] not in invitations.invited_next(session, answered.study.id)
    assert len(stored(app, Consent.version, panelist=answered.panel[0])) == 1
    assert len(stored(app, Participation.round, panelist=answered.panel[0])) == 1
