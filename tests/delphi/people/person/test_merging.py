"""One person under two addresses becomes one: no ballot counts twice, and no answer is dropped in silence."""

import pytest
from builders import NOW, vote
from persons import RIGHT, change, delivered, kinds, letters, stored, who
from sqlalchemy import delete, func, select, update

from delphi.model.identity import Identity
from delphi.model.letter import LetterKind
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.round import Participation, Round
from delphi.model.study import Consent, Study, Turnout
from delphi.people import roster
from delphi.people.roster import NewPanelist
from rounds.lifecycle import late


@pytest.fixture
def double(app, ada, opened, at):
    """The first person again, at another address, invited into the open round; nobody answered yet."""
    delivered(app)
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, 1)
        new = NewPanelist("Panelist 1", RIGHT, None, {"country": "NL"})
        roster.add(session, study, [new])
        late.invite(session, study, session.get_one(Round, (1, 1)), by=opened.ada.id, at=NOW)
    delivered(app)
    person = stored(app, select(Identity.panelist).where(Identity.email == RIGHT))[0][0]
    return person, stored(app, select(Panelist.page_code).where(Panelist.id == person))[0][0]


def answer(app, person):
    with app.extensions["database"].transaction() as session:
        vote(session, session.get_one(Round, (1, 1)), person, {1: 4})


def first(app):
    return stored(
        app, select(Identity.panelist).where(Identity.email == "panelist1@panel.example.org", Identity.study_id == 1)
    )[0][0]


def invited(app):
    return stored(app, select(func.count()).select_from(Participation).where(Participation.study_id == 1))[0][0]


def test_doubles_are_pointed_out_and_merged_before_any_answer(app, ada, double, at):
    assert f"{at}/merge" in ada.get(at).text
    assert RIGHT in ada.get(f"{at}/merge").text
    stays = first(app)
    assert ada.send(f"{at}/merge", {"other": double[1], "address": "other"}).location == at
    assert stored(app, select(Identity.panelist, Identity.characteristics).where(Identity.email == RIGHT)) == [
        (stays, {"country": "NL"})
    ]
    assert invited(app) == 6
    assert len(letters(app, LetterKind.LINK)) == len(letters(app, LetterKind.ADDRESS_CHANGED)) == 1
    assert kinds(app).count("panelist:removed") == 1


def test_the_entry_with_answers_stays_with_its_ballot(app, ada, double, at):
    change(app, delete(Consent).where(Consent.panelist == first(app)))
    answer(app, double[0])
    change(
        app, Consent.__table__.insert().values(study_id=1, panelist=double[0], version=1, items=[], given_on=NOW.date())
    )
    answer_page = ada.send(f"{at}/merge", {"other": double[1], "address": "one"})
    assert answer_page.location == f"/studies/care/panel/{double[1]}"
    assert stored(app, select(Identity.panelist).where(Identity.name == "Panelist 1", Identity.study_id == 1)) == [
        (double[0],)
    ]
    assert stored(app, select(Identity.email).where(Identity.panelist == double[0])) == [
        ("panelist1@panel.example.org",)
    ]
    assert set(stored(app, select(Rating.panelist))) == {(double[0],)}
    assert invited(app) == 6


@pytest.mark.parametrize("because", ["both agreed", "declined", "closed", "turnout kept"])
def test_where_both_may_hold_answers_nothing_is_merged(app, ada, double, at, because):
    if because == "both agreed":
        agreed = Consent.__table__.insert()
        change(app, agreed.values(study_id=1, panelist=double[0], version=1, items=[], given_on=NOW.date()))
    elif because == "declined":
        change(app, update(Panelist).where(Panelist.id == double[0]).values(declined_on=NOW.date()))
    elif because == "closed":
        change(app, update(Round).where(Round.study_id == 1).values(closed_at=Round.opened_at))
    else:
        change(app, update(Study).where(Study.id == 1).values(turnout=Turnout.KEPT))
    before = stored(app, select(Identity.__table__))
    answer_page = ada.send(f"{at}/merge", {"other": double[1]})
    assert (answer_page.status_code, "Let one of the two leave" in answer_page.text) == (409, True)
    assert stored(app, select(Identity.__table__)) == before


def test_another_name_is_merged_by_its_address(app, ada, fresh, at):
    delivered(app)
    assert ada.send(f"{at}/merge", {"email": "Panelist2@panel.example.org"}).location == at
    assert stored(app, select(Identity.email).where(Identity.name == "Panelist 2", Identity.study_id == 1)) == []


@pytest.mark.parametrize(("sent", "status"), [({}, 422), ({"email": "nobody@x.org"}, 422), ({"other": "0"}, 404)])
def test_without_another_entry_nothing_is_merged(app, ada, opened, at, sent, status):
    assert ada.send(f"{at}/merge", sent).status_code == status
    assert invited(app) == 6


def test_nobody_is_merged_with_themselves(app, ada, fresh, at):
    assert ada.send(f"{at}/merge", {"email": "panelist1@panel.example.org"}).status_code == 409
    assert who(app) is not None
