"""Comments wait for a decision; the panel reads only what was released."""

from uuid import UUID

import pytest
from builders import NOW, launched, vote
from sqlalchemy import select

from delphi.errors import Refused
from delphi.model.rating import Comment, Moderation
from rounds.lifecycle import lifecycle
from rounds.moderation import rulings
from rounds.moderation.hints import Trace, parts, traces
from rounds.moderation.rulings import Ruling
from rounds.seal.texts import WrittenComment


@pytest.fixture
def closed(cast):
    round_ = launched(cast.session, cast.study)
    for who, comment in zip(cast.panel, ("because", "why not", ""), strict=False):
        vote(cast.session, round_, who, {1: 4}, comment=comment)
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    return round_


def decide(cast, round_, *actions: Moderation) -> int:
    tickets = [comment.ticket for comment in rulings.queue(cast.session, round_)]
    chosen = dict(zip(tickets, (Ruling(action, note="a name") for action in actions), strict=False))
    return rulings.decide(cast.session, round_, chosen, by=cast.ada.id, at=NOW)


def test_comments_are_read_after_the_close_only(cast):
    round_ = launched(cast.session, cast.study)
    vote(cast.session, round_, cast.panel[0], {1: 4}, comment="because")
    assert rulings.queue(cast.session, round_) == []
    with pytest.raises(Refused):
        rulings.decide(cast.session, round_, {}, by=cast.ada.id, at=NOW)


def test_empty_comments_are_not_in_the_queue(cast, closed):
    assert {comment.text for comment in rulings.queue(cast.session, closed)} == {"because", "why not"}


def test_one_is_released_and_one_is_held(cast, closed):
    assert decide(cast, closed, Moderation.RELEASED, Moderation.HELD) == 2
    comments = cast.session.scalars(select(Comment).order_by(Comment.moderation.desc())).all()
    assert [(c.moderation, c.released_text == c.text) for c in comments] == [("released", True), ("held", False)]


def test_a_decision_can_be_taken_back_until_the_release(cast, closed):
    decide(cast, closed, Moderation.RELEASED, Moderation.RELEASED)
    decide(cast, closed, Moderation.HELD)
    lifecycle.release(cast.session, cast.study, closed, by=cast.ada.id, at=NOW)
    with pytest.raises(Refused):
        decide(cast, closed, Moderation.RELEASED)
    texts = cast.session.scalars(select(Comment.released_text).where(Comment.text != "")).all()
    assert texts.count(None) == 1


def test_an_event_says_how_many_and_not_which(cast, closed):
    decide(cast, closed, Moderation.RELEASED)
    assert cast.events()[-1] == "comments:moderated"


def rule(cast, round_, ruling: Ruling) -> WrittenComment:
    ticket = rulings.queue(cast.session, round_)[0].ticket
    rulings.decide(cast.session, round_, {ticket: ruling}, by=cast.ada.id, at=NOW)
    return next(one for one in rulings.queue(cast.session, round_) if one.ticket == ticket)


def test_an_edited_comment_keeps_what_was_written_apart(cast, closed):
    comment = rule(cast, closed, Ruling(Moderation.EDITED, "shorter", tags=("wording", "housing")))
    assert comment.text in ("because", "why not")
    assert (comment.moderation, comment.released_text, comment.tags) == ("edited", "shorter", ["wording", "housing"])


def test_an_edit_that_changes_nothing_is_shown_as_written(cast, closed):
    comment = rulings.queue(cast.session, closed)[0]
    assert rule(cast, closed, Ruling(Moderation.EDITED, comment.text)).moderation is Moderation.RELEASED


@pytest.mark.parametrize(
    ("ruling", "told"),
    [(Ruling(Moderation.EDITED, "  "), "needs its text"), (Ruling(Moderation.HELD), "needs a reason")],
)
def test_what_is_missing_in_a_decision_is_said(cast, closed, ruling, told):
    with pytest.raises(Refused, match=told):
        rule(cast, closed, ruling)


def test_reading_a_comment_as_it_was_written_is_kept(cast, closed):
    ticket = rule(cast, closed, Ruling(Moderation.HELD, note="a name")).ticket
    read = rulings.original(cast.session, closed, ticket, by=cast.ada.id, at=NOW)
    assert (read.ticket, cast.events()[-1]) == (ticket, "comment:read")


def test_there_is_no_reading_of_a_comment_of_an_open_round(cast):
    round_ = launched(cast.session, cast.study)
    vote(cast.session, round_, cast.panel[0], {1: 4}, comment="because")
    ticket = cast.session.scalars(select(Comment.ticket)).one()
    with pytest.raises(Refused, match="once the round is closed"):
        rulings.original(cast.session, round_, ticket, by=cast.ada.id, at=NOW)


def test_there_is_no_reading_of_what_is_not_there(cast, closed):
    with pytest.raises(Refused, match="not there"):
        rulings.original(cast.session, closed, UUID(int=0), by=cast.ada.id, at=NOW)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ben@uni.example for the data.", [Trace.ADDRESS]),
        ("Call +31 20 123 4567.", [Trace.ADDRESS]),
        ("See https://example.org/me", [Trace.ADDRESS]),
        ("Prof. Maria Lopez has shown this.", [Trace.NAME]),
        ("this was said by Maria Lopez before", [Trace.NAME]),
        ("We do this at Leiden University daily.", [Trace.INSTITUTION]),
        ("The Ministry of Health says no.", [Trace.INSTITUTION]),
        ("As I wrote in round 1, no.", [Trace.SELF]),
        ("In my hospital it works.", [Trace.SELF]),
        ("The wording is broad. I rated what I see.", []),
        ("Hepatitis B and HIV should be named.", []),
        ("", []),
    ],
)
def test_hints_say_where_a_comment_may_tell_who_wrote_it(text, found):
    assert traces(text) == found
    assert "".join(part.text for part in parts(text)) == text
