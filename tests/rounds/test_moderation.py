"""Comments wait for a decision; the panel reads only what was released."""

import pytest
from builders import NOW, launched, vote
from sqlalchemy import select

from delphi.errors import Refused
from delphi.model.rating import Comment, Moderation
from rounds import lifecycle, moderation


@pytest.fixture
def closed(cast):
    round_ = launched(cast.session, cast.study)
    for who, comment in zip(cast.panel, ("because", "why not", ""), strict=False):
        vote(cast.session, round_, who, {1: 4}, comment=comment)
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    return round_


def decide(cast, round_, *actions: Moderation) -> int:
    tickets = [comment.ticket for comment in moderation.queue(cast.session, round_)]
    chosen = dict(zip(tickets, actions, strict=False))
    return moderation.decide(cast.session, round_, chosen, by=cast.ada.id, at=NOW)


def test_comments_are_read_after_the_close_only(cast):
    round_ = launched(cast.session, cast.study)
    vote(cast.session, round_, cast.panel[0], {1: 4}, comment="because")
    assert moderation.queue(cast.session, round_) == []
    with pytest.raises(Refused):
        moderation.decide(cast.session, round_, {}, by=cast.ada.id, at=NOW)


def test_empty_comments_are_not_in_the_queue(cast, closed):
    assert {comment.text for comment in moderation.queue(cast.session, closed)} == {"because", "why not"}


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
