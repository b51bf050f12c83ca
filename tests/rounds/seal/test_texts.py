"""Texts of closed rounds are read without their authors, and those of few never reach the panel."""

import pytest
from builders import NOW, launched, panel_of, study, vote
from sqlalchemy import event, select

from delphi.model.rating import Comment, Moderation
from delphi.model.round import Round
from rounds.lifecycle import lifecycle
from rounds.moderation import rulings
from rounds.moderation.rulings import Ruling
from rounds.questionnaire.cards import cards, with_feedback
from rounds.revision import proposals, suggestions
from rounds.seal import texts


def commented(cast, made, writers, *, release=True):
    """A round in which the first people of each group have written a comment on statement 1."""
    round_ = launched(cast.session, made)
    for who in panel_of(cast.session, made)[:writers]:
        vote(cast.session, round_, who, {1: 4}, comment="because")
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    shown = {one.ticket: Ruling(Moderation.RELEASED) for one in texts.comments(cast.session, round_)}
    rulings.decide(cast.session, round_, shown, by=cast.ada.id, at=NOW)
    if release:
        lifecycle.release(cast.session, made, round_, by=cast.ada.id, at=NOW)
    return round_


@pytest.mark.parametrize(("writers", "shown"), [(4, 0), (5, 5)])
def test_texts_of_fewer_than_the_smallest_cell_reach_moderators_alone(cast, writers, shown):
    round_ = commented(cast, cast.study, writers)
    assert len(texts.comments(cast.session, round_)) == writers
    assert len(texts.released(cast.session, cast.study, [1])) == shown
    lifecycle.prepare_next(cast.session, cast.study, round_, by=cast.ada.id, at=NOW)
    launched(cast.session, cast.study, 2)
    own = cards(cast.session, cast.study, 2, cast.panel[0])
    [card, *_rest] = with_feedback(cast.session, cast.study, 2, cast.panel[0], own)
    assert ("because" in str(card)) == (shown > 0)


@pytest.mark.parametrize(("people", "told"), [(9, {""}), (10, {"nurses", "peers"}), (20, {"nurses", "peers"})])
def test_a_group_stands_beside_a_comment_where_enough_share_it(cast, people, told):
    made = study(cast.session, cast.ada, "grouped", panelists=people)
    commented(cast, made, people)
    groups = texts.author_groups(cast.session, made, [1])
    assert {groups.get(one.ticket, "") for one in texts.released(cast.session, made, [1])} == told


def test_comments_of_an_open_round_are_read_by_nobody(cast):
    round_ = launched(cast.session, cast.study)
    vote(cast.session, round_, cast.panel[0], {1: 4}, comment="because")
    assert texts.comments(cast.session, round_) == []
    assert texts.counts_by_statement(cast.session, cast.study.id, 1) == {}
    assert texts.waiting(cast.session, round_) == 0
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    assert len(texts.comments(cast.session, round_)) == texts.waiting(cast.session, round_) == 1
    assert texts.counts_by_statement(cast.session, cast.study.id, 1) == {1: 1}


def test_reading_texts_never_selects_their_author(cast):
    round_ = commented(cast, cast.study, 6)
    draft = lifecycle.prepare_next(cast.session, cast.study, round_, by=cast.ada.id, at=NOW)
    seen = []
    engine = cast.session.get_bind()

    def note(_connection, _cursor, sql, *_rest):
        seen.append(sql.split("FROM")[0])

    event.listen(engine, "before_cursor_execute", note)
    try:
        texts.comments(cast.session, round_)
        texts.released(cast.session, cast.study, [1])
        texts.author_groups(cast.session, cast.study, [1])
        texts.hashes(cast.session, cast.study.id, 1)
        suggestions.suggested(cast.session, draft)
        proposals.proposed_for(cast.session, cast.study, draft)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    asked = [columns for columns in seen if "comment." in columns or "proposal." in columns]
    assert len(asked) >= 5
    assert not [
        columns for columns in asked if ".panelist" in columns.lower().replace("count(distinct comment.panelist)", "")
    ]


def test_a_refused_decision_changes_no_comment_of_the_page(cast):
    round_ = launched(cast.session, cast.study)
    for who in cast.panel[:5]:
        vote(cast.session, round_, who, {1: 4}, comment="because")
    lifecycle.close(cast.session, cast.session.get_one(Round, (cast.study.id, 1)), by=cast.ada.id, at=NOW)
    one, other, *_ = (comment.ticket for comment in rulings.queue(cast.session, round_))
    wanted = {one: Ruling(Moderation.RELEASED), other: Ruling(Moderation.HELD)}
    with pytest.raises(rulings.Refused):
        rulings.decide(cast.session, round_, wanted, by=cast.ada.id, at=NOW)
    assert set(cast.session.scalars(select(Comment.moderation))) == {None}
