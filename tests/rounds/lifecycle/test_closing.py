"""The server closes rounds some hours after their deadline, and who has not submitted learns of a close before it."""

from datetime import timedelta

import pytest
from builders import LATER, NOW, Cast, launched, vote
from sqlalchemy import select

from delphi.errors import RoundClosed
from delphi.letters import content, message
from delphi.model.event import Event, EventKind
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Round, State
from delphi.model.study import Study
from rounds.lifecycle import closing, lifecycle
from rounds.lifecycle.closing import Closing
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.seal import chain
from rounds.seal.worker import Sealing


@pytest.fixture
def running(database, request):
    """A study whose round has opened, and that closes so many hours after its deadline."""
    with database.transaction() as session:
        cast = Cast.enter(session)
        cast.study.closing_hours = getattr(request, "param", 48)
        round_ = launched(session, cast.study)
        for who in cast.panel[:5]:
            vote(session, round_, who, {1: 4})
        return cast.study.id


def state(database, study_id):
    with database.transaction(writing=False) as session:
        return session.get_one(Round, (study_id, 1)).state


@pytest.mark.parametrize(("running", "hours"), [(48, 48), (0, 0), (72, 72)], indirect=["running"])
def test_a_round_is_closed_its_hours_after_the_deadline(database, running, hours):
    moment = LATER + timedelta(hours=hours)
    Closing(database).work(at=moment - timedelta(seconds=1))
    assert state(database, running) is State.OPEN
    Closing(database).work(at=moment)
    assert state(database, running) is State.CLOSED


def test_the_server_closes_and_counts_in_nobodys_name(database, running):
    moment = LATER + timedelta(hours=48)
    Closing(database).work(at=moment)
    assert Sealing(database).work(at=moment)
    with database.transaction(writing=False) as session:
        [closed] = session.scalars(select(Event).filter_by(kind=EventKind.ROUND_CLOSED))
        assert (closed.actor, closed.at, closed.data) == (None, moment, {"round": 1})
        assert chain.seal_of(session, running, 1) is not None
        assert session.scalars(select(Letter).filter_by(kind=LetterKind.CLOSING_EARLY)).all() == []


def test_a_lead_who_extends_after_the_deadline_is_heard(database, running):
    with database.transaction() as session:
        later, at = LATER + timedelta(days=5), LATER + timedelta(hours=47)
        lifecycle.extend(session, session.get_one(Round, (running, 1)), closes_at=later, reason="ill", by=1, at=at)
    Closing(database).work(at=LATER + timedelta(hours=48))
    assert state(database, running) is State.OPEN


def test_one_study_that_fails_keeps_no_other_waiting(database, running, monkeypatch):
    with database.transaction() as session:
        other = session.scalars(select(Study).filter_by(slug="other")).one()
        launched(session, other)
        other_id = other.id
    ended = lifecycle.end_answers

    def fail(session, study, round_, **terms):
        if study.slug == "care":
            raise RuntimeError("broken")
        ended(session, study, round_, **terms)

    monkeypatch.setattr(lifecycle, "end_answers", fail)
    Closing(database).work(at=LATER + timedelta(days=3))
    assert (state(database, running), state(database, other_id)) == (State.OPEN, State.CLOSED)


def test_a_rehearsal_is_not_closed_by_itself(cast):
    launched(cast.session, cast.study)
    assert closing.due(cast.session, at=LATER + timedelta(days=3)) == [(cast.study.id, 1)]
    cast.study.rehearsal_of, cast.study.simulated = cast.foreign.id, True
    cast.session.flush()
    assert closing.due(cast.session, at=LATER + timedelta(days=3)) == []


def closed_early(cast):
    """One has submitted, one has answered and not submitted, one has left, three have not come."""
    round_ = launched(cast.session, cast.study)
    for who in cast.panel[:2]:
        vote(cast.session, round_, who, {1: 4, 2: 3})
    saving.submit(cast.session, TakingPart(cast.study.id, 1, cast.panel[0]), on=NOW.date())
    cast.session.get_one(Panelist, (cast.study.id, cast.panel[2])).withdrawn_on = NOW.date()
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=LATER - timedelta(days=1))
    return round_


def test_who_has_not_submitted_is_told_of_an_early_close(cast):
    round_ = closed_early(cast)
    told = cast.session.scalars(select(Letter.panelist).filter_by(kind=LetterKind.CLOSING_EARLY))
    assert set(told) == {cast.panel[1], *cast.panel[3:]}
    assert round_.closed_early
    data = select(Event.data).filter_by(kind=EventKind.ROUND_CLOSED)
    assert cast.session.scalars(data).all() == [{"round": 1, "before_deadline": True}]


@pytest.mark.parametrize(("place", "said"), [(1, "Your 2 saved answers count"), (3, "You had not answered")])
def test_the_letter_of_an_early_close_says_what_counts(cast, place, said):
    closed_early(cast)
    own = {"panelist": cast.panel[place], "kind": LetterKind.CLOSING_EARLY}
    letter = cast.session.scalars(select(Letter).filter_by(**own)).one()
    who = cast.session.get_one(Panelist, (cast.study.id, letter.panelist))
    facts = content.facts_of(cast.session, letter, cast.study, who, at=LATER)
    subject, text = message.write(content.template_of(letter, facts), facts | {"link": "https://x"})
    assert "round 1 was closed before its deadline" in subject
    assert said in text


def test_a_close_at_the_deadline_tells_nobody(cast):
    round_ = launched(cast.session, cast.study)
    with pytest.raises(RoundClosed):
        vote_at_deadline(cast, round_)
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=LATER)
    assert not round_.closed_early
    assert cast.session.scalars(select(Letter).filter_by(kind=LetterKind.CLOSING_EARLY)).all() == []


def vote_at_deadline(cast, round_):
    round_.closes_at = NOW - timedelta(days=1)
    round_.opened_at = NOW - timedelta(days=2)
    cast.session.flush()
    try:
        vote(cast.session, round_, cast.panel[0], {1: 4})
    finally:
        round_.opened_at, round_.closes_at = NOW, LATER
        cast.session.flush()


def test_the_panels_page_says_that_a_round_was_closed_early(app, opened):
    one = app.test_client().enter(opened.study.id, opened.panel[0])
    with app.extensions["database"].transaction() as session:
        lifecycle.close(session, session.get_one(Round, (opened.study.id, 1)), by=1, at=NOW)
    page = " ".join(one.get("/panel").text.split())
    assert "The study team closed it before its deadline" in page
    assert "(before its deadline)" in page


def test_the_panels_page_is_silent_where_the_deadline_was_kept(app, opened):
    one = app.test_client().enter(opened.study.id, opened.panel[0])
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        round_.opened_at, round_.closes_at = NOW - timedelta(days=2), NOW
        lifecycle.close(session, round_, by=1, at=NOW)
    assert "before its deadline" not in one.get("/panel").text


def test_the_panel_is_told_the_hours_before_it_agrees(app, opened):
    with app.extensions["database"].transaction() as session:
        session.get_one(Study, opened.study.id).closing_hours = 36
    one = app.test_client().enter(opened.study.id, opened.panel[0])
    assert "closed then or within 36 hours" in " ".join(one.get("/panel/information").text.split())


def test_the_desk_says_when_the_server_closes(app, opened, ada):
    page = " ".join(ada.get("/studies/care/rounds/1").text.split())
    assert "Unless you extend or close it before, the server closes the round on" in page
    assert "The deadline has not come yet" in ada.get("/studies/care/rounds/1/close").text


def test_a_round_that_is_being_counted_says_so_and_is_not_released(app, opened, ada):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, opened.study.id)
        lifecycle.end_answers(session, study, session.get_one(Round, (study.id, 1)), by=1, at=NOW)
    page = ada.get("/studies/care/rounds/1").text
    assert "The round is being counted." in page
    assert "counting.js" in page
    assert "Release the feedback" not in page
    refused = ada.send("/studies/care/rounds/1/release")
    assert (refused.status_code, "being counted" in refused.text) == (409, True)
    ada.send("/studies/care/rounds/1/next")
    assert "Round 1 is being counted." in ada.get("/studies/care/rounds/2").text
    Sealing(app.extensions["database"]).work(at=NOW)
    page = ada.get("/studies/care/rounds/1").text
    assert ("being counted" in page, "Release the feedback" in page) == (False, True)
