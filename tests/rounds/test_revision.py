"""Between two rounds statements are reworded, merged, dropped and added, each once and with its reason."""

import pytest
from builders import NOW, drafted, launched, released
from sqlalchemy import func, select

from delphi.consensus.vocabulary import Change, Relation
from delphi.errors import NotFound, Refused
from delphi.model.statement import Lineage, StatementVersion
from delphi.statements import NewStatement
from rounds import ratings, revision

REC = NewStatement("STMT2.1", "Services one and two are needed.", section="Services", enters_round=2)


@pytest.fixture
def draft(cast):
    return drafted(cast.session, cast.study, released(cast.session, cast.study, [{1: 4, 2: 3, 3: 1}] * 5))


@pytest.fixture
def decided(cast):
    return {"reason": "clearer", "by": cast.ada.id, "at": NOW}


def edges(cast) -> list[tuple]:
    rows = cast.session.scalars(select(Lineage).filter_by(study_id=cast.study.id).order_by(Lineage.from_statement))
    return [(e.from_statement, e.from_version, e.to_statement, e.to_version, e.change) for e in rows]


def relations(cast) -> dict[int, Relation]:
    return ratings.relations_of(cast.session, cast.study, 2)


def test_rewording_makes_a_version_and_an_edge(cast, draft, decided):
    assert revision.reword(cast.session, draft, 1, text="Service 1 is needed now.", **decided) == 2
    assert revision.questionnaire(cast.session, draft) == [(1, 2), (2, 1), (3, 1)]
    assert edges(cast) == [(1, 1, 1, 2, Change.REWORDED)]
    assert relations(cast) == {1: Relation.REWORDED, 2: Relation.SAME, 3: Relation.SAME}
    assert cast.events()[-1] == "statement:reworded"


def test_the_same_meaning_keeps_the_comparison(cast, draft, decided):
    revision.reword(cast.session, draft, 1, text="Service one is needed.", same_meaning=True, **decided)
    assert relations(cast)[1] is Relation.REWORDED_SAME_MEANING


def test_the_old_wording_stays(cast, draft, decided):
    revision.reword(cast.session, draft, 1, text="Service 1 is needed now.", **decided)
    kept = cast.session.get_one(StatementVersion, (cast.study.id, 1, 1))
    assert kept.text == "Service 1 is needed."


def test_an_equal_wording_is_no_rewording(cast, draft, decided):
    with pytest.raises(Refused, match="equals the old one"):
        revision.reword(cast.session, draft, 1, text="Service 1 is needed.", **decided)


def test_merging_puts_one_statement_in_the_place_of_several(cast, draft, decided):
    child = revision.merge(cast.session, draft, [3, 1], REC, **decided)
    assert revision.questionnaire(cast.session, draft) == [(child.number, 1), (2, 1)]
    assert edges(cast) == [(1, 1, 4, 1, Change.MERGED), (3, 1, 4, 1, Change.MERGED)]
    assert relations(cast) == {4: Relation.MERGED, 2: Relation.SAME}


@pytest.mark.parametrize("parents", [[], [1], [1, 1], [1, 9]])
def test_a_merge_needs_two_statements_of_the_round(cast, draft, decided, parents):
    with pytest.raises(Refused):
        revision.merge(cast.session, draft, parents, REC, **decided)


def test_a_statement_named_twice_is_merged_once(cast, draft, decided):
    revision.merge(cast.session, draft, [1, 2, 1], REC, **decided)
    assert edges(cast) == [(1, 1, 4, 1, Change.MERGED), (2, 1, 4, 1, Change.MERGED)]


def test_dropping_asks_no_longer_and_keeps_what_was_answered(cast, draft, decided):
    revision.drop(cast.session, draft, 2, **decided)
    assert revision.questionnaire(cast.session, draft) == [(1, 1), (3, 1)]
    assert edges(cast) == [(2, 1, 2, None, Change.DROPPED)]
    assert ratings.counts_of(cast.session, cast.study, 1).ratings.sum() == 15


def test_adding_asks_at_the_end_of_the_section(cast, draft, decided):
    revision.add(cast.session, draft, NewStatement("STMT9", "Money helps.", section="Money"), **decided)
    revision.add(cast.session, draft, REC, **decided)
    assert [number for number, _ in revision.questionnaire(cast.session, draft)] == [1, 2, 3, 5, 4]
    assert relations(cast)[4] is Relation.NEW


def test_a_code_is_used_once(cast, draft, decided):
    with pytest.raises(Refused, match=r"STMT1\.1 is used already"):
        revision.add(cast.session, draft, NewStatement("STMT1.1", "Again."), **decided)


def test_a_statement_is_changed_once_a_round(cast, draft, decided):
    revision.reword(cast.session, draft, 1, text="Better.", **decided)
    for again in (
        lambda: revision.reword(cast.session, draft, 1, text="Best.", **decided),
        lambda: revision.drop(cast.session, draft, 1, **decided),
        lambda: revision.merge(cast.session, draft, [1, 2], REC, **decided),
    ):
        with pytest.raises(Refused, match="changed for this round already"):
            again()


def test_what_is_not_asked_cannot_be_changed(cast, draft, decided):
    with pytest.raises(NotFound):
        revision.reword(cast.session, draft, 9, text="Better.", **decided)
    with pytest.raises(NotFound):
        revision.drop(cast.session, draft, 9, **decided)


def test_a_launched_questionnaire_is_fixed(cast, draft, decided):
    launched(cast.session, cast.study, 2)
    for change in (
        lambda: revision.reword(cast.session, draft, 1, text="Better.", **decided),
        lambda: revision.drop(cast.session, draft, 1, **decided),
        lambda: revision.add(cast.session, draft, REC, **decided),
    ):
        with pytest.raises(Refused, match="was launched"), cast.session.begin_nested():
            change()
    assert cast.session.scalar(select(func.count()).select_from(Lineage)) == 0


def test_rewording_before_the_first_round_is_no_relation_to_a_round(cast, decided):
    revision.reword(cast.session, cast.draft, 1, text="Better.", **decided)
    items = ratings.items_of(cast.session, cast.study, 1)
    assert {(item.relation, item.previous_round) for item in items.values()} == {(Relation.NEW, None)}


def test_rewording_what_enters_now_leaves_it_new(cast, draft, decided):
    entered = revision.add(cast.session, draft, REC, **decided)
    from delphi.statements import write_questionnaire

    second = [(entered.number, 1)]
    write_questionnaire(cast.session, draft, second)
    cast.session.query(Lineage).filter_by(study_id=cast.study.id).delete()
    revision.reword(cast.session, draft, entered.number, text="Better.", **decided)
    assert relations(cast) == {entered.number: Relation.NEW}
