"""People who joined after the opening are invited into the open round, once, and count in its response."""

from datetime import timedelta

import pytest
from builders import NOW, people
from sqlalchemy import func, select, update

from delphi.model.event import Event, EventKind
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round
from delphi.model.study import Study
from delphi.people import roster
from rounds.lifecycle import headcount, invitations

ALL = "/studies/care/panel/invite"


@pytest.fixture
def joined(app, opened):
    """The codes of three people who joined after round 1 was opened."""
    with app.extensions["database"].transaction() as session:
        study, round_ = session.get_one(Study, 1), session.get_one(Round, (1, 1))
        invitations.plan(session, round_, study.time_zone, at=NOW)
        known = set(session.scalars(select(Panelist.page_code)))
        roster.add(session, study, people(9)[6:])
        return sorted(set(session.scalars(select(Panelist.page_code).where(Panelist.study_id == 1))) - known)


def read(app, work):
    with app.extensions["database"].transaction(writing=False) as session:
        return work(session)


def invited(app):
    return read(app, lambda session: headcount.responded(session, session.get_one(Round, (1, 1))).invited)


def letters(app, *which):
    return read(app, lambda session: session.scalar(select(func.count()).select_from(Letter).where(*which)))


def test_the_roster_offers_to_invite_who_joined(ada, joined):
    page = ada.get("/studies/care/panel").text
    assert "3 people joined after the opening of round 1" in page
    assert ALL in page
    assert "3 people joined" in ada.get(ALL).text


def test_whoever_joined_late_is_invited_and_counted(app, ada, joined):
    planned = letters(app, Letter.kind == LetterKind.NOT_STARTED) // 6
    assert invited(app) == 6
    assert ada.send(ALL).status_code == 303
    assert invited(app) == 9
    assert letters(app, Letter.kind == LetterKind.INVITATION) == 9
    assert letters(app, Letter.kind == LetterKind.NOT_STARTED) == 9 * planned > 0
    assert "joined after" not in ada.get("/studies/care/panel").text


def test_a_late_invitation_sent_twice_is_one(app, ada, joined):
    for path in (ALL, ALL, f"/studies/care/panel/{joined[0]}/invite"):
        assert ada.send(path).status_code == 303
    assert invited(app) == 9
    assert letters(app, Letter.kind == LetterKind.INVITATION) == 9
    trail = read(
        app, lambda session: session.scalars(select(Event.data).filter_by(kind=EventKind.PANELIST_INVITED)).all()
    )
    assert trail == [{"round": 1, "count": 3}]


def test_one_person_is_invited_alone(app, ada, joined):
    page = ada.get(f"/studies/care/panel/{joined[0]}").text
    assert "Invite into the open round" in page
    ada.send(f"/studies/care/panel/{joined[0]}/invite")
    assert invited(app) == 7
    assert "Invite into the open round" not in ada.get(f"/studies/care/panel/{joined[0]}").text


def test_whoever_is_invited_late_answers_in_the_round(app, ada, joined):
    ada.send(ALL)
    who = read(app, lambda session: session.scalars(select(Panelist.id).filter_by(page_code=joined[0])).one())
    assert app.test_client().enter(1, who).get("/panel").status_code in (200, 303)


@pytest.mark.parametrize("because", ["closed", "deadline"])
def test_nobody_is_invited_into_a_round_that_is_over(app, ada, joined, because):
    with app.extensions["database"].transaction() as session:
        over = {"opened_at": NOW - timedelta(days=9), "closes_at": NOW - timedelta(days=1)}
        values = over if because == "deadline" else {"closed_at": Round.opened_at}
        session.execute(update(Round).where(Round.study_id == 1, Round.number == 1).values(**values))
    assert ada.send(ALL).status_code == 409
    assert invited(app) == 6


def test_whoever_declined_is_not_invited_late(app, ada, joined):
    with app.extensions["database"].transaction() as session:
        session.execute(update(Panelist).where(Panelist.page_code == joined[0]).values(declined_on=NOW.date()))
    ada.send(ALL)
    assert invited(app) == 8


def test_people_join_the_panel_without_a_letter(app, joined):
    new = select(Identity.panelist).where(Identity.email.like("panelist7@%"))
    who = read(app, lambda session: session.scalars(new).one())
    assert letters(app, Letter.panelist == who) == 0
    assert read(app, lambda session: session.get(Participation, (1, 1, who))) is None
