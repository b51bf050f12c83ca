"""The page of a person: corrected under the same code, and nothing is done twice."""

import pytest
from persons import RIGHT, change, delivered, filled, kinds, letters, stored, stored_account, who
from sqlalchemy import func, select, update

from delphi.access import sha256
from delphi.model.identity import Identity
from delphi.model.letter import LetterKind
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.round import Participation, Round


def test_a_wrong_address_stays_one_person_with_one_ballot(app, ada, opened, at):
    delivered(app)
    before = stored(app, select(func.count()).select_from(Participation))
    assert ada.send(at, filled(ada, at) | {"email": RIGHT.upper()}).status_code == 303
    person = stored(app, select(Identity.panelist, Identity.changed_by_team).where(Identity.email == RIGHT))
    assert person == [(who(app), True)]
    assert stored(app, select(func.count()).select_from(Participation)) == before == [(6,)]
    assert len(letters(app, LetterKind.LINK)) == len(letters(app, LetterKind.ADDRESS_CHANGED)) == 1
    assert "panelist:corrected" in kinds(app)


@pytest.mark.parametrize("again", ["at once", "after another lead"])
def test_a_correction_sent_twice_is_made_once(app, ada, opened, at, again):
    delivered(app)
    sent = filled(ada, at) | {"email": RIGHT, "note": "Called on Monday."}
    ada.send(at, sent)
    delivered(app)
    before = kinds(app)
    assert ada.send(at, sent).status_code == 303
    assert len(letters(app, LetterKind.LINK)) == 1
    assert kinds(app) == before


def test_two_leads_at_once_keep_what_each_typed(app, ada, opened, at):
    mia = stored_account(app, "mia")
    first, second = filled(ada, at), filled(mia, at)
    assert ada.send(at, first | {"name": "Ada's Name"}).status_code == 303
    answer = mia.send(at, second | {"name": "Mia's Name"})
    assert answer.status_code == 409
    assert "Mia&#39;s Name" in answer.text
    assert "Ada&#39;s Name" in answer.text
    assert stored(app, select(Identity.name).where(Identity.panelist == who(app, "Ada's Name"))) == [("Ada's Name",)]


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"email": "no address"}, 422),
        ({"email": "panelist2@panel.example.org"}, 409),
        ({"name": ""}, 422),
        ({"group": "nobody"}, 409),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(app, ada, opened, at, typed, status):
    before = stored(app, select(Identity.__table__))
    answer = ada.send(at, filled(ada, at) | {"note": "Kept words."} | typed)
    assert answer.status_code == status
    assert "Kept words." in answer.text
    assert "Nothing was changed" in answer.text
    assert stored(app, select(Identity.__table__)) == before


def test_group_name_characteristics_and_note_are_corrected(app, ada, opened, at):
    change(app, update(Identity).values(characteristics={"country": "NL"}))
    sent = filled(ada, at) | {"name": "Zoë  Right", "group": "nurses", "note": "Prefers a call.", "c-0": "BE"}
    ada.send(at, sent)
    columns = (Identity.name, Identity.note, Identity.characteristics)
    person = who(app, "Zoë Right")
    assert stored(app, select(*columns).where(Identity.panelist == person)) == [
        ("Zoë Right", "Prefers a call.", {"country": "BE"})
    ]
    assert stored(app, select(Panelist.stakeholder_group).where(Panelist.id == person)) == [("nurses",)]
    mine = app.test_client().enter(opened.study.id, person)
    assert "Prefers a call." in mine.get("/panel/my-data").text


def test_the_group_stays_after_the_close(app, ada, opened, at):
    sent = filled(ada, at)
    change(app, update(Round).where(Round.number == 1, Round.study_id == 1).values(closed_at=Round.opened_at))
    other = "nurses" if sent["group"] == "peers" else "peers"
    answer = ada.send(at, sent | {"group": other})
    assert answer.status_code == 409
    assert "the group stays" in answer.text


def test_a_corrected_person_answers_once_and_counts_once(app, ada, opened, at):
    delivered(app)
    person, link = who(app), sha256("a link to the right address")
    ada.send(at, filled(ada, at) | {"email": RIGHT})
    mine = app.test_client().enter(opened.study.id, person, link)
    assert mine.send("/panel/page/1", {"answer-1": "4", "answer-2": "3", "answer-3": "1"}).status_code == 303
    assert mine.send("/panel/submit").status_code == 303
    assert set(stored(app, select(Rating.panelist))) == {(person,)}
    counts = (func.count(), func.count(Participation.submitted_on))
    assert stored(app, select(*counts).where(Participation.study_id == 1)) == [(6, 1)]
