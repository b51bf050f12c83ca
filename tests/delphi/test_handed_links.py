"""Sessions of handed links: they take answers, and give back what came through the same link only."""

from uuid import uuid4

import pytest
from builders import NOW, answers, launched
from sqlalchemy import select

from delphi import handed_links
from delphi.handed_links import Withheld
from delphi.model.rating import Rating
from delphi.model.round import Participation
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving, suggesting
from rounds.questionnaire.suggesting import Suggestion

A, B = "a" * 64, "b" * 64


@pytest.fixture
def part(cast):
    launched(cast.session, cast.study)
    return TakingPart(cast.study.id, 1, cast.panel[0])


def through(session, part, link):
    """Let the next steps come through a link: a handed one, or None for one of the panelist's own."""
    session.expire_all()
    session.info.pop("handed", None)
    if link:
        handed_links.restrict(session, link, part.study, part.panelist)


def rate(session, part, link, value, seen=0):
    through(session, part, link)
    return saving.save(session, part, answers({1: value}, seen), request=str(uuid4()))


def seen(session, part, link):
    through(session, part, link)
    return [row.value for row in session.scalars(select(Rating).filter_by(panelist=part.panelist))]


def test_the_same_handed_link_sees_its_own_answers_again(session, part):
    rate(session, part, A, 4)
    assert seen(session, part, A) == [4]
    assert seen(session, part, B) == []
    assert seen(session, part, None) == [4]
    rate(session, part, A, 3, seen=1)
    assert seen(session, part, A) == [3]


@pytest.mark.parametrize("first", [None, B])
def test_an_answer_of_another_link_is_neither_shown_nor_replaced(session, part, first):
    rate(session, part, first, 4)
    for version in (0, 1):
        with pytest.raises(Withheld, match="open the link from your mail"):
            rate(session, part, A, 1, seen=version)
    assert seen(session, part, A) == []
    assert seen(session, part, first) == [4]


def test_an_own_link_takes_the_round_back(session, part):
    rate(session, part, A, 4)
    rate(session, part, None, 3, seen=1)
    assert seen(session, part, A) == []
    assert session.get_one(Participation, part.key).handed_link is None
    with pytest.raises(Withheld):
        rate(session, part, A, 1)


@pytest.mark.parametrize("given", ["submission", "suggestion"])
def test_whatever_was_given_counts_as_an_answer(session, cast, part, given):
    cast.study.proposal_rounds = [1]
    session.flush()
    mine = Suggestion(uuid4(), "More parks.")

    def give():
        if given == "submission":
            saving.submit(session, part, on=NOW.date())
        else:
            suggesting.write(session, cast.study, part, [mine], [])

    through(session, part, None)
    give()
    through(session, part, A)
    with pytest.raises(Withheld):
        give()
    with pytest.raises(Withheld):
        rate(session, part, A, 1)


def test_who_has_given_nothing_notices_nothing(session, part):
    through(session, part, A)
    assert handed_links.withheld_rounds(session) == frozenset()
    handed_links.refuse_withheld(session)
    saving.submit(session, part, on=NOW.date())
    assert handed_links.withheld_rounds(session) == frozenset()


def test_other_peoples_rows_are_the_same_for_every_reader(session, cast, part):
    other = TakingPart(part.study, 1, cast.panel[1])
    rate(session, other, None, 2)
    through(session, part, A)
    assert [row.panelist for row in session.scalars(select(Rating))] == [other.panelist]
