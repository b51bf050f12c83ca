"""Claims of letters: studies in turn, and a lease that is looked at before a letter is handed over (TRUST 9)."""

from datetime import timedelta

import pytest
from builders import NOW, Cast, launched, study
from sqlalchemy import select

from delphi.letters.relay import Outcome
from delphi.model.letter import Letter
from delphi.people import claims
from delphi.people.claims import BATCH, IN_HAND, claim, finish, hold, put_back
from delphi.worker import LEASE


@pytest.fixture
def studies(session):
    """Three launched studies, whose letters were queued one after the other: forty, six, and five."""
    cast = Cast.enter(session)
    crowd = study(session, cast.ada, "crowd", panelists=40)
    few = study(session, cast.cleo, "few", panelists=5)
    for place, one in enumerate((crowd, cast.study, few)):
        launched(session, one, at=NOW + timedelta(seconds=place))
    session.flush()
    return [one.id for one in (crowd, cast.study, few)]


LATER = NOW + timedelta(minutes=1)


def test_a_study_with_many_letters_holds_up_no_other(session, studies):
    taken = [key.study_id for key in claim(session, by="one", at=LATER)]
    assert [taken.count(number) for number in studies] == [BATCH - 11, 6, 5]


def test_more_studies_than_a_batch_holds_are_served_in_turn(session, studies, monkeypatch):
    monkeypatch.setattr(claims, "BATCH", 2)
    turns, after = [], 0
    for _ in range(3):
        turns += [key.study_id for key in claim(session, by="one", at=LATER, after=after)]
        after = turns[-1]
    assert turns == sorted(studies) * 2


def test_a_letter_is_taken_once_its_lease_is_over(session, studies):
    first = claim(session, by="one", at=LATER)
    assert not set(first) & set(claim(session, by="two", at=LATER))
    again = LATER + LEASE + timedelta(seconds=1)
    assert set(claim(session, by="three", at=again)) & set(first)
    lost = [key for key in first if not hold(session, Letter, key, by="one", at=again)]
    assert lost


def test_a_letter_in_hand_has_a_longer_lease(session, studies):
    key = claim(session, by="one", at=LATER)[0]
    assert hold(session, Letter, key, by="one", at=LATER)
    for _ in range(2):
        assert key not in claim(session, by="two", at=LATER + LEASE * 2)
    assert session.get_one(Letter, key, populate_existing=True).claimed_until == LATER + IN_HAND


def test_what_is_put_back_has_used_up_no_attempt(session, studies):
    keys = claim(session, by="one", at=LATER)
    put_back(session, Letter, keys[0], by="one", after=LATER + LEASE)
    put_back(session, Letter, keys[1], by="two")
    told = [session.get_one(Letter, key, populate_existing=True) for key in keys[:2]]
    assert [(one.claimed_by, one.attempts) for one in told] == [(None, 0), ("one", 0)]
    assert told[0].run_after == LATER + LEASE


def test_pauses_between_tries_grow_to_days(session, studies):
    key = claim(session, by="one", at=LATER)[0]
    pauses = []
    for _ in range(claims.ATTEMPTS):
        letter = session.get_one(Letter, key)
        letter.claimed_by, letter.claimed_until = "one", LATER
        finish(session, key, Outcome.LATER, by="one", at=LATER)
        pauses.append((letter.run_after - LATER) / timedelta(minutes=1))
    session.flush()
    assert pauses[:-1] == sorted(pauses[:-1])
    assert 0.8 <= pauses[0] <= 1.2
    assert timedelta(minutes=sum(pauses[:-1])) < claims.RECEIPT_WAITS * 1.2
    assert session.scalars(select(Letter.id).where(Letter.failed_at == LATER)).all() == [key.letter]
