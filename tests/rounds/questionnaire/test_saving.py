"""A panelist's answers: kept once, never overwritten unseen, never taken after the close."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from builders import NOW, answers, launched, panel_of, vote
from sqlalchemy import func, select

from delphi.errors import NotFound, Refused, RoundClosed
from delphi.model.rating import Comment, Rating
from delphi.model.round import Participation
from rounds.lifecycle import lifecycle
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.questionnaire.saving import Entry, Remark, Saved


@pytest.fixture
def round_(cast):
    return launched(cast.session, cast.study)


@pytest.fixture
def part(cast, round_):
    return TakingPart(cast.study.id, 1, cast.panel[0])


def save(session, part, votes, seen=0, request=None, remarks=()):
    return saving.save(session, part, answers(votes, seen), remarks, request=request or str(uuid4()))


def stored(session, part) -> dict:
    rows = session.execute(
        select(Rating.statement, Rating.kind, Rating.value, Rating.version).filter_by(**part.columns)
    )
    return {r.statement: (r.kind.value, r.value, r.version) for r in rows}


def test_answers_are_saved_with_their_first_version(session, part):
    saved = save(session, part, {1: 4, 2: "nq"})
    assert saved.versions == {Entry("answer", 1): 1, Entry("answer", 2): 1}
    assert stored(session, part) == {1: ("rated", 4, 1), 2: ("not_qualified", None, 1)}


def test_an_answer_can_be_changed_and_cleared(session, part):
    save(session, part, {1: 4})
    save(session, part, {1: 2}, seen=1)
    save(session, part, {1: None}, seen=2)
    assert stored(session, part) == {1: ("cleared", None, 3)}


def test_clearing_what_was_never_given_leaves_no_row(session, part):
    save(session, part, {1: None}, remarks=[Remark(1, "")])
    assert stored(session, part) == {}
    assert session.scalar(select(func.count()).select_from(Comment)) == 0


def test_an_outdated_window_overwrites_nothing(session, part):
    save(session, part, {1: 4})
    saved = save(session, part, {1: 1, 2: 3}, seen=0)
    assert saved.conflicts == [Entry("answer", 1)]
    assert stored(session, part) == {1: ("rated", 4, 1), 2: ("rated", 3, 1)}


def test_the_same_answer_from_an_outdated_window_is_no_conflict(session, part):
    save(session, part, {1: 4})
    assert save(session, part, {1: 4}, seen=0).conflicts == []
    assert stored(session, part) == {1: ("rated", 4, 1)}


def test_a_repeated_request_has_one_effect_and_the_same_answer(session, part):
    first = save(session, part, {1: 4}, request="k")
    save(session, part, {1: 2}, seen=1)
    assert save(session, part, {1: 4}, request="k") == first
    assert stored(session, part) == {1: ("rated", 2, 2)}


def test_an_outcome_is_stored_as_version_0_1_0_did():
    stored = {"versions": {"answer-1": 2, "comment-1": 1}, "conflicts": ["reason-12"]}
    saved = Saved.read(stored)
    assert saved.versions == {Entry("answer", 1): 2, Entry("comment", 1): 1}
    assert saved.conflicts == [Entry("reason", 12)]
    assert saved.written() == stored


def test_a_page_changed_and_sent_again_saves_the_change(session, part):
    save(session, part, {1: 4, 2: 2}, request="k", remarks=[Remark(1, "first")])
    changed = save(session, part, {1: 3, 2: 2, 3: 1}, seen=0, request="k", remarks=[Remark(1, "second")])
    assert changed.conflicts == []
    assert stored(session, part) == {1: ("rated", 3, 2), 2: ("rated", 2, 1), 3: ("rated", 1, 1)}
    again = save(session, part, {1: 1}, seen=0, request="k")
    assert again.conflicts == []
    assert save(session, part, {1: 1}, seen=0, request="k").versions[Entry("answer", 1)] == 3
    assert stored(session, part)[1] == ("rated", 1, 3)


def test_a_page_sent_again_overwrites_no_other_window(session, part):
    save(session, part, {1: 4}, request="k")
    save(session, part, {1: 2}, seen=1, request="other")
    assert save(session, part, {1: 3}, seen=0, request="k").conflicts == [Entry("answer", 1)]
    assert stored(session, part) == {1: ("rated", 2, 2)}


@pytest.mark.parametrize("value", [0, 5, -1, 100])
def test_what_is_not_on_the_scale_is_refused(session, part, value):
    with pytest.raises(Refused, match="not on the scale"):
        save(session, part, {1: value, 2: 3})
    assert stored(session, part) == {}


def test_what_was_not_asked_is_not_there(session, part):
    with pytest.raises(NotFound):
        save(session, part, {9: 4})
    with pytest.raises(NotFound):
        save(session, part, {}, remarks=[Remark(9, "hello")])


def test_a_stranger_cannot_answer(cast, round_):
    with pytest.raises(NotFound):
        save(cast.session, TakingPart(cast.study.id, 1, panel_of(cast.session, cast.foreign)[0]), {1: 4})
    with pytest.raises(NotFound):
        saving.submit(cast.session, TakingPart(cast.study.id, 1, uuid4()), on=NOW.date())


def test_nothing_is_taken_after_the_close(cast, round_, part):
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    with pytest.raises(RoundClosed):
        save(cast.session, part, {1: 4})
    with pytest.raises(RoundClosed):
        saving.submit(cast.session, part, on=NOW.date())
    assert stored(cast.session, part) == {}


def test_the_databases_clock_ends_a_round(cast):
    overdue = launched(cast.session, cast.study, at=NOW - timedelta(days=9), until=NOW - timedelta(seconds=1))
    with pytest.raises(RoundClosed, match="Round 1 has closed"):
        vote(cast.session, overdue, cast.panel[0], {1: 4})


def test_a_repeated_request_is_answered_even_after_the_deadline(cast, round_, part):
    first = save(cast.session, part, {1: 4}, request="k")
    round_.opened_at, round_.closes_at = NOW - timedelta(days=9), NOW - timedelta(seconds=1)
    cast.session.flush()
    assert save(cast.session, part, {1: 4}, request="k") == first


def test_comments_have_versions_of_their_own(session, part):
    save(session, part, {1: 4}, remarks=[Remark(1, "because")])
    saved = save(session, part, {}, remarks=[Remark(1, "other window", seen=0)])
    assert saved.conflicts == [Entry("comment", 1)]
    assert save(session, part, {}, remarks=[Remark(1, "", seen=1)]).versions == {Entry("comment", 1): 2}
    assert session.scalars(select(Comment.text)).all() == [""]


def test_a_ticket_stays_with_its_comment(session, part):
    save(session, part, {}, remarks=[Remark(1, "because"), Remark(2, "why not")])
    before = session.execute(select(Comment.statement, Comment.ticket).order_by(Comment.statement)).all()
    save(session, part, {}, remarks=[Remark(1, "because of that", seen=1)])
    assert session.execute(select(Comment.statement, Comment.ticket).order_by(Comment.statement)).all() == before
    assert before[0].ticket != before[1].ticket


def test_submitting_keeps_a_day_and_answers_can_still_change(cast, part):
    saving.submit(cast.session, part, on=NOW.date())
    assert cast.session.get_one(Participation, part.key).submitted_on == NOW.date()
    save(cast.session, part, {1: 4})
    assert stored(cast.session, part) == {1: ("rated", 4, 1)}


def test_a_save_touches_no_other_panelist(cast, part, round_):
    vote(cast.session, round_, cast.panel[1], {1: 1})
    save(cast.session, part, {1: 4})
    assert stored(cast.session, replace(part, panelist=cast.panel[1])) == {1: ("rated", 1, 1)}
