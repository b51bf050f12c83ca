"""What the page of a person tells, and whom the team can take out."""

import pytest
from builders import NOW
from persons import RIGHT, change, delivered, filled, hindrance, kinds, read, stored, told_by, who
from sqlalchemy import select, update

from delphi.model.identity import Receipt
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.round import Participation
from delphi.model.study import Study, Turnout
from delphi.people import roster
from delphi.people.claims import ATTEMPTS
from delphi.people.roster import NewPanelist


def test_whoever_has_not_agreed_can_be_removed(app, ada, fresh, at):
    person = who(app)
    assert "Remove from the panel" in ada.get(at).text
    assert ada.send(f"{at}/remove").status_code == 200
    assert ada.send(f"{at}/remove", {"confirm": "yes"}).status_code == 303
    assert stored(app, select(Panelist.id).where(Panelist.id == person)) == []
    assert stored(app, select(Participation.panelist).where(Participation.panelist == person)) == []
    assert ada.send(f"{at}/remove", {"confirm": "yes"}).status_code == 404
    assert kinds(app).count("panelist:removed") == 1


@pytest.mark.parametrize("because", ["agreed", "declined", "closed", "turnout kept"])
def test_whoever_gave_something_can_only_leave(app, ada, fresh, at, because):
    person = who(app)
    change(app, update(Letter).values(sent_at=NOW), *hindrance(because, person))
    page = ada.get(at).text
    assert "Remove from the panel" not in page
    assert "Leave on behalf" in page
    assert ada.send(f"{at}/remove", {"confirm": "yes"}).status_code == 409
    assert stored(app, select(Panelist.id).where(Panelist.id == person)) == [(person,)]


@pytest.mark.parametrize("done", ["nothing", "agreed", "finished", "reminder dropped", "asked for a link"])
def test_a_kept_turnout_is_not_told_by_the_page(app, ada, fresh, at, done):
    person = who(app)
    change(app, update(Study).where(Study.id == 1).values(turnout=Turnout.KEPT))
    plain = read(ada, at)
    with app.extensions["database"].transaction() as session:
        for statement in told_by(done, person):
            session.execute(statement)
    assert read(ada, at) == plain
    assert ada.send(f"{at}/remove", {"confirm": "yes"}).status_code == 409


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"sent_at": None}, "waits to be sent"),
        ({"sent_at": NOW}, "sent "),
        ({"failed_at": NOW, "attempts": 1}, "refused by the mail server"),
        ({"failed_at": NOW, "attempts": ATTEMPTS}, "given up after eight tries"),
        ({"attempts": 2}, "is tried again"),
        ({"dropped_at": NOW}, "no longer needed"),
    ],
)
def test_the_state_of_a_letter_is_told_in_words(app, ada, opened, at, facts, words):
    change(app, update(Letter).where(Letter.panelist == who(app)).values(**facts))
    assert words in ada.get(at).text


def test_the_same_name_at_another_address_is_pointed_out(app, ada, opened, at):
    with app.extensions["database"].transaction() as session:
        roster.add(session, session.get_one(Study, 1), [NewPanelist("panelist 1", "other@example.org")])
    assert "other@example.org" in ada.get(at).text
    assert "Is it the same person twice?" in ada.get("/studies/care/panel").text
    pasted = ada.send("/studies/care/panel", {"text": "Panelist 2 <second@example.org>"}).text
    assert "Same name, other address: Panelist 2." in pasted


def test_no_code_is_shown_and_the_address_leaves_with_the_name(app, ada, opened, at, codes):
    code = codes["Panelist 1"]
    own = stored(app, select(Panelist.code).where(Panelist.page_code == code))[0][0]
    assert own not in ada.get(at).text
    ada.send(f"{at}/leave", {"choice": "keep", "confirm": "yes"})
    assert stored(app, select(Panelist.page_code).where(Panelist.code == own)) == [(None,)]


def test_a_removed_double_takes_its_old_address_along(app, ada, fresh, at):
    delivered(app)
    ada.send(at, filled(ada, at) | {"email": RIGHT})
    ada.send(f"{at}/remove", {"confirm": "yes"})
    assert stored(app, select(Receipt.email)) == []
