"""Few answers shortly before a deadline are told to the team once, as far as the monitor shows them."""

from datetime import timedelta

import pytest
from builders import LATER, NOW, launched, panel_of, study, vote
from sqlalchemy import select

from delphi.database import Database
from delphi.model.letter import TeamLetter, TeamLetterKind
from delphi.people import team_letters
from rounds.lifecycle import alarm, lifecycle
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving

SOON = LATER - timedelta(days=2)


@pytest.fixture
def crowd(cast):
    return study(cast.session, cast.ada, "crowd", panelists=20)


def submitted(cast, made, round_, n):
    for who in panel_of(cast.session, made)[:n]:
        vote(cast.session, round_, who, {1: 4})
        saving.submit(cast.session, TakingPart(made.id, 1, who), on=NOW.date())


def about(cast, made):
    own = select(TeamLetter.about).filter_by(study_id=made.id, kind=TeamLetterKind.RESPONSE_ALARM)
    return cast.session.scalars(own).all()


@pytest.mark.parametrize(("finished", "told"), [(4, []), (6, ["1:6:20"]), (10, []), (14, [])])
def test_fewer_than_half_are_told_if_the_number_is_shown(cast, crowd, finished, told):
    round_ = launched(cast.session, crowd)
    submitted(cast, crowd, round_, finished)
    assert alarm.tell(cast.session, crowd, round_, at=SOON) is bool(told)
    assert about(cast, crowd) == told


def test_it_is_due_once_before_the_deadline_alone(cast, crowd):
    round_ = launched(cast.session, crowd)
    submitted(cast, crowd, round_, 6)
    key = (crowd.id, 1)
    moments = (NOW + timedelta(hours=2), LATER - timedelta(days=4), SOON, LATER)
    assert [key in alarm.due(cast.session, at=moment) for moment in moments] == [False, False, True, False]
    alarm.tell(cast.session, crowd, round_, at=SOON)
    assert key not in alarm.due(cast.session, at=SOON)


def test_the_letter_says_the_numbers_and_is_dropped_after_the_close(cast, crowd, settings):
    round_ = launched(cast.session, crowd)
    submitted(cast, crowd, round_, 6)
    alarm.tell(cast.session, crowd, round_, at=SOON)
    letter = cast.session.scalars(select(TeamLetter).filter_by(kind=TeamLetterKind.RESPONSE_ALARM)).one()
    facts = team_letters.facts_of(cast.session, letter, crowd, settings)
    assert (facts["finished"], facts["invited"]) == ("6", "20")
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=LATER)
    assert team_letters.facts_of(cast.session, letter, crowd, settings) is None


def test_the_loop_tells_in_transactions_of_its_own(database: Database):
    assert alarm.ResponseAlarm(database).work(at=NOW) is False


@pytest.mark.parametrize("by_server", [True, False])
def test_a_close_by_the_server_is_told_to_the_owner(cast, by_server):
    round_ = launched(cast.session, cast.study)
    lifecycle.close(cast.session, round_, by=None if by_server else cast.ada.id, at=LATER)
    told = cast.session.execute(
        select(TeamLetter.account, TeamLetter.about).filter_by(kind=TeamLetterKind.ROUND_CLOSED)
    )
    assert list(told) == ([(cast.ada.id, "1")] if by_server else [])
