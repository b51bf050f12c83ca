"""What a panelist sees of the round before: by relation, never less than the smallest cell, at a bounded price."""

import pytest
from builders import NOW, drafted, launched, panel_of, released, study, vote
from sqlalchemy import event

from delphi.model.rating import Moderation
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle
from rounds.moderation import rulings
from rounds.moderation.rulings import Ruling
from rounds.questionnaire.cards import cards, with_feedback
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy

MERGED = NewStatement("STMT2.1", "Two and three are needed.", section="Services")
ADDED = NewStatement("STMT2.2", "Money helps.", section="Services")


def second(cast, votes, *, change=lambda _draft: None, panelists=12, **options):
    """Play round 1 and open round 2; gives the study and its panel in the order of the votes."""
    made = study(cast.session, cast.ada, "feedback", panelists=panelists, **options)
    draft = drafted(cast.session, made, released(cast.session, made, votes))
    change(draft)
    launched(cast.session, made, 2)
    return made, panel_of(cast.session, made)


def shown(cast, made, who) -> dict:
    page = with_feedback(cast.session, made, 2, who, cards(cast.session, made, 2, who))
    return {card.statement: card.feedback for card in page}


def bars(feedback) -> list[tuple]:
    return [(bar.label, bar.n) for bar in feedback["distribution"][0].bars]


def test_the_panel_and_the_own_answer_are_shown_beside_the_same_wording(cast):
    made, panel = second(cast, [{1: 4}] * 7 + [{1: 1}] * 3)
    feedback = shown(cast, made, panel[9])[1]
    assert bars(feedback) == [("agree", 7), ("somewhat agree", 0), ("somewhat disagree", 0), ("disagree", 3)]
    assert feedback["own_rating"].answers == (("STMT1.1", "disagree"),)
    assert feedback["quartiles"].low == feedback["quartiles"].high == "agree"
    assert feedback["wording"] is None


def test_who_did_not_answer_is_told_so(cast):
    made, panel = second(cast, [{1: 4}] * 10)
    assert shown(cast, made, panel[11])[1]["own_rating"].answers == (("STMT1.1", None),)


def test_not_qualified_is_an_own_answer_too(cast):
    made, panel = second(cast, [{1: "nq"}] + [{1: 4}] * 10)
    feedback = shown(cast, made, panel[0])[1]
    assert feedback["own_rating"].answers == (("STMT1.1", "not qualified to respond"),)
    assert feedback["distribution"][0].n_not_qualified == 1


@pytest.mark.parametrize("n", [0, 1, 4])
def test_below_the_smallest_cell_nothing_is_shown(cast, n):
    made, panel = second(cast, [{1: 4, 2: 3}] * n + [{2: 3}] * (10 - n))
    feedback = shown(cast, made, panel[0])[1]
    assert feedback["distribution"][0].too_few
    assert feedback["distribution"][0].bars == ()
    assert feedback["quartiles"] is None


@pytest.mark.parametrize("n", [5, 9])
def test_a_small_panel_is_shown_in_zones(cast, n):
    made, panel = second(cast, [{1: 4}] * (n - 1) + [{1: 2}])
    feedback = shown(cast, made, panel[0])[1]
    assert [count for _, count in bars(feedback)] == [n - 1, 1]
    assert (feedback["quartiles"] is None) == (n < 8)


def test_a_reworded_statement_shows_old_and_new(cast):
    def reword(draft):
        changes.reword(cast.session, draft, 1, text="Service 1 helps.", by=DecidedBy(cast.ada.id, NOW, "clearer"))

    made, panel = second(cast, [{1: 4}] * 10, change=reword)
    wording = shown(cast, made, panel[0])[1]["wording"]
    assert (wording.relation, wording.reason) == ("reworded", "clearer")
    kept = [(piece.kind, piece.text) for piece in wording.pieces]
    assert kept == [("kept", "Service 1 "), ("removed", "is needed."), ("added", "helps.")]


def test_a_merged_statement_shows_each_of_its_sources(cast):
    def merge(draft):
        changes.merge(cast.session, draft, [2, 3], MERGED, by=DecidedBy(cast.ada.id, NOW, "alike"))

    made, panel = second(cast, [{2: 4, 3: 1}] * 10, change=merge)
    feedback = shown(cast, made, panel[0])[4]
    assert [panel.code for panel in feedback["distribution"]] == ["STMT1.2", "STMT1.3"]
    assert feedback["own_rating"].answers == (("STMT1.2", "agree"), ("STMT1.3", "disagree"))
    assert feedback["own_rating"].marked is feedback["quartiles"] is None


def test_a_new_statement_shows_nothing_of_the_past(cast):
    def add(draft):
        changes.add(cast.session, draft, ADDED, by=DecidedBy(cast.ada.id, NOW, "asked for"))

    made, panel = second(cast, [{1: 4}] * 10, change=add)
    assert shown(cast, made, panel[0])[4] == {}


def test_only_what_the_plan_names_is_shown(cast):
    made, panel = second(cast, [{1: 4}] * 10, feedback=("own_rating",))
    feedback = shown(cast, made, panel[0])[1]
    assert {key for key, value in feedback.items() if value} == {"own_rating"}


def test_feedback_is_frozen(cast):
    made, panel = second(cast, [{1: 4}] * 10)
    before = shown(cast, made, panel[0])
    for who in panel:
        vote(cast.session, cast.session.get_one(lifecycle.Round, (made.id, 2)), who, {1: 1})
    assert shown(cast, made, panel[0]) == before


def test_released_comments_are_read_in_an_order_of_the_readers_own(cast):
    made = study(cast.session, cast.ada, "voices", panelists=9)
    first, panel = launched(cast.session, made), panel_of(cast.session, made)
    for i, who in enumerate(panel):
        vote(cast.session, first, who, {1: 4}, comment=f"comment {i}")
    lifecycle.close(cast.session, first, by=cast.ada.id, at=NOW)
    queued = rulings.queue(cast.session, first)
    held = queued[0].text
    chosen = {
        c.ticket: Ruling(Moderation.HELD if c.text == held else Moderation.RELEASED, note="a name") for c in queued
    }
    rulings.decide(cast.session, first, chosen, by=cast.ada.id, at=NOW)
    lifecycle.release(cast.session, made, first, by=cast.ada.id, at=NOW)
    drafted(cast.session, made, first)
    launched(cast.session, made, 2)
    read = [shown(cast, made, who)[1]["comments"] for who in panel]
    orders = {(*comments.first, *comments.rest) for comments in read}
    assert {frozenset(order) for order in orders} == {frozenset(f"comment {i}" for i in range(9)) - {held}}
    assert len(orders) > 1
    assert shown(cast, made, panel[0])[1]["comments"] == read[0]


@pytest.mark.parametrize("panelists", [6, 60])
def test_a_page_costs_the_same_whatever_the_size_of_the_panel(cast, panelists):
    made, panel = second(cast, [{1: 4, 2: 3, 3: 1}] * panelists, panelists=panelists)
    queries = []
    cast.session.expire_all()
    event.listen(cast.session.get_bind(), "after_cursor_execute", lambda *args: queries.append(args[2]))
    shown(cast, made, panel[0])
    assert len(queries) <= 12
