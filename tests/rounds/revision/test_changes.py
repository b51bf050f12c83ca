"""Between two rounds statements are reworded, merged, dropped and added, each once and with its reason."""

import pytest
from builders import NOW, drafted, launched, released, study, vote
from sqlalchemy import func, select

from delphi.consensus.vocabulary import Change, Decided, Proposal, Relation
from delphi.errors import NotFound, Refused
from delphi.model.rating import Moderation
from delphi.model.statement import Lineage, Statement, StatementVersion
from delphi.statements import statements
from delphi.statements.questionnaire import versions_asked
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle
from rounds.moderation import rulings
from rounds.moderation.rulings import Ruling
from rounds.revision import changes, proposals
from rounds.revision.decisions import DecidedBy, decisions_of, undecided
from rounds.seal import reading
from rounds.seal.items import items_of, relations_of

REC = NewStatement("STMT2.1", "Services one and two are needed.", section="Services", enters_round=2)

ALSO = NewStatement("STMT2.2", "Service two is needed.", section="Services", enters_round=2)


@pytest.fixture
def draft(cast):
    return drafted(cast.session, cast.study, released(cast.session, cast.study, [{1: 4, 2: 3, 3: 1}] * 5))


@pytest.fixture
def decided(cast):
    return {"by": DecidedBy(cast.ada.id, NOW, "clearer")}


def edges(cast) -> list[tuple]:
    rows = cast.session.scalars(select(Lineage).filter_by(study_id=cast.study.id).order_by(Lineage.from_statement))
    return [(e.from_statement, e.from_version, e.to_statement, e.to_version, e.change) for e in rows]


def relations(cast) -> dict[int, Relation]:
    return relations_of(cast.session, cast.study, 2)


def test_rewording_makes_a_version_and_an_edge(cast, draft, decided):
    assert changes.reword(cast.session, draft, 1, text="Service 1 is needed now.", **decided) == 2
    assert versions_asked(cast.session, cast.study.id, 2) == [(1, 2), (2, 1), (3, 1)]
    assert edges(cast) == [(1, 1, 1, 2, Change.REWORDED)]
    assert relations(cast) == {1: Relation.REWORDED, 2: Relation.SAME, 3: Relation.SAME}
    assert cast.events()[-1] == "statement:reworded"


def test_the_same_meaning_keeps_the_comparison(cast, draft, decided):
    changes.reword(cast.session, draft, 1, text="Service one is needed.", same_meaning=True, **decided)
    assert relations(cast)[1] is Relation.REWORDED_SAME_MEANING


def test_the_old_wording_stays(cast, draft, decided):
    changes.reword(cast.session, draft, 1, text="Service 1 is needed now.", **decided)
    kept = cast.session.get_one(StatementVersion, (cast.study.id, 1, 1))
    assert kept.text == "Service 1 is needed."


def test_an_equal_wording_is_no_rewording(cast, draft, decided):
    with pytest.raises(Refused, match="equals the old one"):
        changes.reword(cast.session, draft, 1, text="Service 1 is needed.", **decided)


def test_merging_puts_one_statement_in_the_place_of_several(cast, draft, decided):
    child = changes.merge(cast.session, draft, [3, 1], REC, **decided)
    assert versions_asked(cast.session, cast.study.id, 2) == [(child.number, 1), (2, 1)]
    assert edges(cast) == [(1, 1, 4, 1, Change.MERGED), (3, 1, 4, 1, Change.MERGED)]
    assert relations(cast) == {4: Relation.MERGED, 2: Relation.SAME}


@pytest.mark.parametrize("parents", [[], [1], [1, 1], [1, 9]])
def test_a_merge_needs_two_statements_of_the_round(cast, draft, decided, parents):
    with pytest.raises(Refused):
        changes.merge(cast.session, draft, parents, REC, **decided)


def test_a_statement_named_twice_is_merged_once(cast, draft, decided):
    changes.merge(cast.session, draft, [1, 2, 1], REC, **decided)
    assert edges(cast) == [(1, 1, 4, 1, Change.MERGED), (2, 1, 4, 1, Change.MERGED)]


def test_dropping_asks_no_longer_and_keeps_what_was_answered(cast, draft, decided):
    changes.drop(cast.session, draft, 2, **decided)
    assert versions_asked(cast.session, cast.study.id, 2) == [(1, 1), (3, 1)]
    assert edges(cast) == [(2, 1, 2, None, Change.DROPPED)]
    assert reading.round_data(cast.session, cast.study, 1).counts.ratings.sum() == 15


def test_adding_asks_at_the_end_of_the_section(cast, draft, decided):
    changes.add(cast.session, draft, NewStatement("STMT9", "Money helps.", section="Money"), **decided)
    changes.add(cast.session, draft, REC, **decided)
    assert [number for number, _ in versions_asked(cast.session, cast.study.id, 2)] == [1, 2, 3, 5, 4]
    assert relations(cast)[4] is Relation.NEW


def test_a_code_is_used_once(cast, draft, decided):
    with pytest.raises(Refused, match=r"STMT1\.1 is used already"):
        changes.add(cast.session, draft, NewStatement("STMT1.1", "Again."), **decided)


def test_a_statement_is_changed_once_a_round(cast, draft, decided):
    changes.reword(cast.session, draft, 1, text="Better.", **decided)
    for again in (
        lambda: changes.reword(cast.session, draft, 1, text="Best.", **decided),
        lambda: changes.drop(cast.session, draft, 1, **decided),
        lambda: changes.merge(cast.session, draft, [1, 2], REC, **decided),
    ):
        with pytest.raises(Refused, match="decided on for this round already"):
            again()


def test_what_is_not_asked_cannot_be_changed(cast, draft, decided):
    with pytest.raises(NotFound):
        changes.reword(cast.session, draft, 9, text="Better.", **decided)
    with pytest.raises(NotFound):
        changes.drop(cast.session, draft, 9, **decided)


def test_a_launched_questionnaire_is_fixed(cast, draft, decided):
    launched(cast.session, cast.study, 2)
    for change in (
        lambda: changes.reword(cast.session, draft, 1, text="Better.", **decided),
        lambda: changes.drop(cast.session, draft, 1, **decided),
        lambda: changes.add(cast.session, draft, REC, **decided),
    ):
        with pytest.raises(Refused, match="was launched"), cast.session.begin_nested():
            change()
    assert cast.session.scalar(select(func.count()).select_from(Lineage)) == 0


def test_rewording_before_the_first_round_is_no_relation_to_a_round(cast, decided):
    changes.reword(cast.session, cast.draft, 1, text="Better.", **decided)
    items = items_of(cast.session, cast.study, 1)
    assert {(item.relation, item.previous_round) for item in items.values()} == {(Relation.NEW, None)}


def test_rewording_what_enters_now_leaves_it_new(cast, decided):
    statements.add(cast.session, cast.study, [REC])
    second = drafted(cast.session, cast.study, released(cast.session, cast.study, [{1: 4}] * 5))
    changes.reword(cast.session, second, 4, text="Better.", **decided)
    assert relations(cast)[4] is Relation.NEW


def stored(cast) -> tuple:
    """Give all that a decision may change: questionnaire, lineage, wordings, statements."""
    kept = [
        versions_asked(cast.session, cast.study.id, 2),
        edges(cast),
        list(decisions_of(cast.session, cast.study.id, 2)),
    ]
    texts = [select(table).filter_by(study_id=cast.study.id) for table in (StatementVersion.text, Statement.code)]
    return (*kept, *(sorted(cast.session.scalars(query)) for query in texts))


CHANGES = {
    "reworded": lambda cast, draft, by: changes.reword(cast.session, draft, 1, text="Better.", **by) and 1,
    "merged": lambda cast, draft, by: changes.merge(cast.session, draft, [1, 2], REC, **by) and 2,
    "split": lambda cast, draft, by: changes.split(cast.session, draft, 1, [REC, ALSO], **by) and 1,
    "dropped": lambda cast, draft, by: changes.drop(cast.session, draft, 2, **by) or 2,
    "added": lambda cast, draft, by: changes.add(cast.session, draft, REC, **by).number,
    "settled": lambda cast, draft, _by: settle(cast, draft, 1) and 1,
}


def settle(cast, draft, *numbers, decided=Decided.SETTLED_IN, proposal=Proposal.SETTLED_IN, reason="") -> int:
    by = DecidedBy(cast.ada.id, NOW, reason, proposal)
    return changes.decide(cast.session, draft, dict.fromkeys(numbers, (decided, by)))


@pytest.mark.parametrize("change", CHANGES)
def test_a_decision_is_taken_back_with_all_it_made(cast, draft, decided, change):
    before = stored(cast)
    touched = CHANGES[change](cast, draft, decided)
    assert stored(cast) != before
    changes.undo(cast.session, draft, touched, by=DecidedBy(cast.ada.id, NOW))
    assert stored(cast) == before
    assert cast.events()[-1] == "decision:undone"
    CHANGES[change](cast, draft, decided)


def test_a_split_puts_several_in_the_place_of_one(cast, draft, decided):
    changes.split(cast.session, draft, 2, [REC, ALSO], **decided)
    assert versions_asked(cast.session, cast.study.id, 2) == [(1, 1), (4, 1), (5, 1), (3, 1)]
    assert relations(cast) == {1: Relation.SAME, 4: Relation.SPLIT, 5: Relation.SPLIT, 3: Relation.SAME}


def test_a_split_needs_two_parts(cast, draft, decided):
    with pytest.raises(Refused, match="two or more"):
        changes.split(cast.session, draft, 2, [REC], **decided)


def test_what_was_just_added_can_be_dropped(cast, draft, decided):
    before = stored(cast)
    added = changes.add(cast.session, draft, REC, **decided)
    changes.drop(cast.session, draft, added.number, **decided)
    assert stored(cast) == before


def test_what_a_merge_made_is_not_changed_in_its_turn(cast, draft, decided):
    child = changes.merge(cast.session, draft, [1, 2], REC, **decided)
    with pytest.raises(Refused, match="made for this draft"):
        changes.reword(cast.session, draft, child.number, text="Better.", **decided)


def test_there_must_be_a_decision_to_take_back(cast, draft):
    with pytest.raises(Refused, match="no decision"):
        changes.undo(cast.session, draft, 1, by=DecidedBy(cast.ada.id, NOW))


def test_a_decision_is_not_taken_back_after_the_launch(cast, draft, decided):
    changes.reword(cast.session, draft, 1, text="Better.", **decided)
    launched(cast.session, cast.study, 2)
    with pytest.raises(Refused, match="was launched"):
        changes.undo(cast.session, draft, 1, by=DecidedBy(cast.ada.id, NOW))


def test_another_decision_than_the_rules_needs_a_reason(cast, draft):
    with pytest.raises(Refused, match="needs a reason"):
        settle(cast, draft, 1, decided=Decided.RATE_AGAIN)
    assert settle(cast, draft, 1, decided=Decided.RATE_AGAIN, reason="close to the bound") == 1
    kept = decisions_of(cast.session, cast.study.id, 2)[1]
    assert (kept.decided, kept.proposal, kept.by, kept.at) == ("rate_again", "settled_in", cast.ada.id, NOW)


def test_only_what_was_asked_is_settled(cast, draft):
    with pytest.raises(NotFound):
        settle(cast, draft, 9)


def test_settled_statements_leave_where_the_protocol_says_so_and_can_be_reopened(cast, decided):
    made = study(cast.session, cast.ada, "leaving", settled="leave")
    second = drafted(cast.session, made, released(cast.session, made, [{1: 4, 2: 3, 3: 1}] * 5))
    settle(cast, second, 1, 2)
    assert [number for number, _ in versions_asked(cast.session, made.id, 2)] == [3]
    with pytest.raises(Refused, match="Only a settled statement"):
        changes.reopen(cast.session, second, 1, **decided)
    launched(cast.session, made, 2)
    lifecycle.close(cast.session, second, by=cast.ada.id, at=NOW)
    third = drafted(cast.session, made, second)
    changes.reopen(cast.session, third, 1, **decided)
    assert [number for number, _ in versions_asked(cast.session, made.id, 3)] == [3, 1]
    assert relations_of(cast.session, made, 3)[1] is Relation.NEW


def test_a_settled_statement_that_left_the_draft_is_not_reworded(cast, decided):
    made = study(cast.session, cast.ada, "leaving", settled="leave")
    second = drafted(cast.session, made, released(cast.session, made, [{1: 4, 2: 3, 3: 1}] * 5))
    settle(cast, second, 1)
    with pytest.raises(Refused, match="decided on for this round already"):
        changes.reword(cast.session, second, 1, text="Clearer.", **decided)


def test_all_proposals_of_the_rule_are_followed_at_once(cast, draft):
    assert undecided(cast.session, cast.study.id, 2) == [1, 2, 3]
    assert proposals.accept_all(cast.session, cast.study, draft, by=cast.ada.id, at=NOW) == 3
    assert undecided(cast.session, cast.study.id, 2) == []
    made = decisions_of(cast.session, cast.study.id, 2)
    assert [made[n].decided for n in (1, 2, 3)] == ["settled_in", "settled_in", "settled_out"]
    assert proposals.accept_all(cast.session, cast.study, draft, by=cast.ada.id, at=NOW) == 0


def test_a_settled_statement_that_is_not_confirmed_is_proposed_to_reopen(cast, draft):
    settle(cast, draft, 1)
    second = released(cast.session, cast.study, [{1: 1, 2: 4}] * 6, number=2)
    third = drafted(cast.session, cast.study, second)
    assert proposals.proposed_for(cast.session, cast.study, third)[1] is Proposal.REOPEN


def tag(cast, round_, *tags):
    """Hold the first comments of a round, each with its tags."""
    tickets = [comment.ticket for comment in rulings.queue(cast.session, round_)[: len(tags)]]
    held = [Ruling(Moderation.HELD, note="held", tags=tuple(given)) for given in tags]
    rulings.decide(cast.session, round_, dict(zip(tickets, held, strict=True)), by=cast.ada.id, at=NOW)


def test_two_panelists_reopen_what_the_rule_would_settle(cast):
    round_ = launched(cast.session, cast.study)
    for who in cast.panel:
        vote(cast.session, round_, who, {1: 4, 2: 4}, comment="look again")
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    tag(cast, round_, ["reopen"], ["reopen"])
    made = proposals.proposed_for(cast.session, cast.study, drafted(cast.session, cast.study, round_))
    assert (made[1], made[2]) == (Proposal.REOPEN, Proposal.SETTLED_IN)


@pytest.mark.parametrize("tags", [(["reopen"], ["wording"]), (["pro"], ["contra"]), ([], [])])
def test_fewer_than_two_reopen_tags_reopen_nothing(cast, tags):
    round_ = launched(cast.session, cast.study)
    for who in cast.panel:
        vote(cast.session, round_, who, {1: 4}, comment="look again")
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    tag(cast, round_, *tags)
    made = proposals.proposed_for(cast.session, cast.study, drafted(cast.session, cast.study, round_))
    assert made[1] is Proposal.SETTLED_IN
