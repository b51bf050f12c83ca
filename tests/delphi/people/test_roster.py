"""The roster: what it tells by name where turnout is shown, and where the server keeps it."""

from datetime import timedelta

import pytest
from builders import NOW, launched, people, study
from sqlalchemy import select, update

from delphi.model.identity import Identity
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.round import Participation
from delphi.model.study import Turnout
from delphi.people import roster
from delphi.people.panel_list.lines import Roster, Wanted
from delphi.people.panel_list.standing import Standing

TODAY = NOW.date()


@pytest.fixture
def running(cast):
    """Twelve people are invited by a study that keeps turnout; one more joined afterwards."""
    session = cast.session
    made = study(session, cast.ada, "kept", panelists=12)
    made.turnout = Turnout.KEPT
    cast.round = launched(session, made)
    roster.add(session, made, [one for one in people(13) if "13@" in one.email])
    cast.study = made
    people_of = session.scalars(select(Identity).filter_by(study_id=made.id))
    cast.who = {one.email: one.panelist for one in people_of}
    return cast


def standings(cast, on=TODAY):
    told = Roster(cast.session, cast.study, cast.round, today=on).lines(Wanted(), most=50)
    return {line.email.partition("@")[0].removeprefix("panelist"): line.standing for line in told}


def finish(cast, numbers, on=TODAY - timedelta(days=1)):
    who = [cast.who[f"panelist{n}@panel.example.org"] for n in numbers]
    done = update(Participation).where(Participation.study_id == cast.study.id, Participation.panelist.in_(who))
    cast.session.execute(done.values(submitted_on=on))


@pytest.mark.parametrize("finished", [*range(13)])
def test_the_missing_are_told_while_they_and_the_others_are_many(running, finished):
    finish(running, range(1, finished + 1))
    missing = {n for n, standing in standings(running).items() if standing is Standing.NOT_FINISHED}
    assert missing == ({str(n) for n in range(finished + 1, 13)} if 5 <= finished <= 7 else set())
    assert Standing.FINISHED not in standings(running).values()


def test_what_happened_today_is_told_tomorrow(running):
    finish(running, range(1, 6))
    before = standings(running)
    finish(running, [6, 7], on=TODAY)
    assert standings(running) == before
    tomorrow = standings(running, on=TODAY + timedelta(days=1))
    assert {n for n in before if before[n] != tomorrow[n]} == {"6", "7"}


def test_invited_returned_and_declined_are_told_by_name(running):
    session, who = running.session, running.who
    session.execute(update(Letter).where(Letter.panelist == who["panelist2@panel.example.org"]).values(failed_at=NOW))
    declined = update(Panelist).where(Panelist.id == who["panelist3@panel.example.org"])
    session.execute(declined.values(declined_on=TODAY))
    told = standings(running)
    assert {n: told[n] for n in ("1", "2", "3", "13")} == {
        "1": Standing.INVITED,
        "2": Standing.RETURNED,
        "3": Standing.DECLINED,
        "13": Standing.NOT_INVITED,
    }


def test_a_study_that_shows_turnout_tells_it_at_once(running):
    running.study.turnout = Turnout.SHOWN
    finish(running, [1], on=TODAY)
    told = standings(running)
    assert told.pop("1") is Standing.FINISHED
    assert told.pop("13") is Standing.NOT_INVITED
    assert set(told.values()) == {Standing.INVITED}
    assert len(told) == len(running.session.scalars(select(Identity).filter_by(study_id=running.study.id)).all()) - 2
