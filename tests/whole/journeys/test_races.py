"""Two things at once, with real threads and real commits, on both databases (TRUST 8)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from builders import NOW, Cast, answers, launched, people
from sqlalchemy import func, select, update

from delphi.errors import DelphiError, RoundClosed
from delphi.model.event import Event
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.rating import Rating, SaveRequest
from delphi.model.round import Participation, Round
from delphi.model.study import Study
from delphi.people import roster
from delphi.people.person import changes
from delphi.people.person.changes import By, Correction, Overtaken
from delphi.people.person.reading import person_of
from rounds.lifecycle import late, lifecycle
from rounds.lifecycle.reminder_plan import Audience
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.questionnaire.saving import Entry
from rounds.seal import chain, sealing

THREADS = 8


@pytest.fixture
def race(database):
    """A launched round behind a database of its own; gives the cast with its keys."""
    with database.transaction() as session:
        cast = Cast.enter(session)
        launched(session, cast.study)
        cast.panel = [TakingPart(cast.study.id, 1, panelist) for panelist in cast.panel]
        session.expunge_all()
    return cast


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do things at the same moment; gives results, or the error each met."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            return act()
        except DelphiError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def attempt(database, key, votes, *, seen=0, request=None):
    def act():
        with database.transaction() as session:
            return saving.save(session, key, answers(votes, seen), request=request or str(uuid4()))

    return act


def test_eight_times_the_same_request_have_one_effect(database, race):
    outcomes = at_once(*[attempt(database, race.panel[0], {1: 4, 2: 2}, request="k")] * THREADS)
    assert [o.versions for o in outcomes] == [{Entry("answer", 1): 1, Entry("answer", 2): 1}] * THREADS
    with database.transaction(writing=False) as session:
        assert session.scalars(select(Rating.version)).all() == [1, 1]
        assert session.scalar(select(func.count()).select_from(SaveRequest)) == 1


def test_of_two_windows_with_one_version_one_wins(database, race):
    attempt(database, race.panel[0], {1: 3})()
    for version in range(1, 6):
        tabs = [attempt(database, race.panel[0], {1: value}, seen=version) for value in ((3, 4), (1, 2))[version % 2]]
        assert Counter(len(outcome.conflicts) for outcome in at_once(*tabs)) == {0: 1, 1: 1}


def test_two_panelists_do_not_wait_in_vain(database, race):
    outcomes = at_once(*[attempt(database, key, {1: 4}) for key in race.panel])
    assert [outcome.versions for outcome in outcomes] == [{Entry("answer", 1): 1}] * len(race.panel)


def test_nothing_is_accepted_once_the_close_was_answered(database, race):
    def close():
        with database.transaction() as session:
            lifecycle.close(session, session.get_one(Round, (race.study.id, 1)), by=race.ada.id, at=NOW)
        with database.transaction(writing=False) as session:
            return answered(session)

    def answered(session):
        return session.execute(select(Rating.panelist, Rating.statement, Rating.version)).all()

    def savers(key):
        def act():
            kept = []
            for version in range(30):
                kept.append(attempt(database, key, {1: version % 4 + 1}, seen=version))
                try:
                    kept[-1]()
                except RoundClosed:
                    return version
            return 30

        return act

    counted, *kept = at_once(close, *[savers(key) for key in race.panel[:5]])
    with database.transaction(writing=False) as session:
        assert sorted(map(str, answered(session))) == sorted(map(str, counted))
        made, round_ = session.get_one(Study, race.study.id), session.get_one(Round, (race.study.id, 1))
        assert sealing.prepare(session, made, round_).content == chain.seal_of(session, made.id, 1).content
        assert sum(row.version for row in counted) == sum(kept)


def test_letters_to_all_and_saves_do_not_wait_for_each_other(database, race):
    def remind():
        with database.transaction() as session:
            round_ = session.get_one(Round, (race.study.id, 1))
            return lifecycle.remind(session, round_, Audience.NOT_SUBMITTED, by=race.ada.id, at=NOW)

    def extend(days):
        def act():
            with database.transaction() as session:
                round_ = session.get_one(Round, (race.study.id, 1))
                later, by = round_.closes_at + timedelta(days=days), race.ada.id
                lifecycle.extend(session, round_, closes_at=later, reason="ill", by=by, at=NOW, tell=Audience.ALL)

        return act

    def savers(key):
        return lambda: [attempt(database, key, {1: n % 4 + 1}, seen=n)().versions for n in range(15)]

    outcomes = at_once(remind, extend(1), *[savers(key) for key in race.panel[:5]])
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [len(saved) for saved in outcomes[2:]] == [15] * 5


def test_of_two_leads_who_close_one_does(database, race):
    def close():
        with database.transaction() as session:
            return lifecycle.close(session, session.get_one(Round, (race.study.id, 1)), by=race.ada.id, at=NOW)

    outcomes = at_once(close, close)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "Refused"]


def test_the_chain_of_events_does_not_fork(database, race):
    from delphi import audit
    from delphi.model.event import EventKind

    def note():
        with database.transaction() as session:
            audit.record(session, race.study.id, EventKind.EXPORTED, by=race.ada.id, at=NOW)

    at_once(*[note] * THREADS)
    with database.transaction(writing=False) as session:
        events = session.scalars(select(Event).filter_by(study_id=race.study.id).order_by(Event.sequence)).all()
        assert audit.first_broken(events) is None
        assert [event.kind.value for event in events].count("export:made") == THREADS


def test_two_leads_who_invite_at_once_invite_once(database, race):
    with database.transaction() as session:
        roster.add(session, session.get_one(Study, race.study.id), people(9)[6:])

    def invite():
        with database.transaction() as session:
            study, round_ = session.get_one(Study, race.study.id), session.get_one(Round, (race.study.id, 1))
            return late.invite(session, study, round_, by=race.ada.id, at=NOW)

    assert sorted(at_once(*[invite] * THREADS)) == [0] * (THREADS - 1) + [3]
    with database.transaction(writing=False) as session:
        assert session.scalar(select(func.count()).select_from(Participation).filter_by(study_id=race.study.id)) == 9


def test_two_leads_who_correct_at_once_change_a_person_once(database, race):
    with database.transaction(writing=False) as session:
        who = session.get_one(Panelist, (race.study.id, race.panel[0].panelist))
        stored = person_of(session, race.study, who).details

    def correct(name):
        def act():
            with database.transaction() as session:
                study, who = (session.get_one(Study, race.study.id), session.get_one(Panelist, race.panel[0].key[::2]))
                wanted = Correction(replace(stored, name=name), stored.mark(), end_links=True)
                return changes.correct(session, study, who, wanted, by=By(race.ada.id, NOW))

        return act

    outcomes = Counter(map(type, at_once(*[correct(f"Name {n}") for n in range(THREADS)])))
    assert outcomes == {bool: 1, Overtaken: THREADS - 1}


def test_a_link_asked_for_at_once_is_mailed_once(database, race):
    with database.transaction() as session:
        session.execute(update(Letter).values(sent_at=NOW))

    def send():
        with database.transaction() as session:
            study, who = (session.get_one(Study, race.study.id), session.get_one(Panelist, race.panel[0].key[::2]))
            return changes.send_link(session, study, who, by=By(race.ada.id, NOW))

    assert sorted(at_once(*[send] * THREADS)) == [False] * (THREADS - 1) + [True]
