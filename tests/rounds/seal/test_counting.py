"""Counting a closed round: counts and moves equal what five lines of Python count."""

import random
from itertools import product

import pytest
from builders import NOW, drafted, launched, panel_of, people, study, vote
from sqlalchemy import select

from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Relation
from delphi.model.panel import Panelist
from delphi.people import roster
from delphi.protocol import groups
from delphi.statements.questionnaire import versions_asked
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy
from rounds.seal import counting
from rounds.seal.items import items_of

OPTIONS = (1, 2, 3, 4, "nq", None)


@pytest.fixture(params=[("nurses", "peers"), ("nurses", None), (None,)], ids=str)
def played(cast, request):
    """Two rounds of a study, with the votes that were given: {round: {panelist: {statement: vote}}}."""
    made = study(cast.session, cast.ada, "counted", panelists=0, groups=())
    roster.add(cast.session, made, people(9, request.param))
    draw = random.Random(7)
    first = launched(cast.session, made)
    given = {1: cast_votes(cast.session, first, panel_of(cast.session, made)[:8], draw)}
    lifecycle.close(cast.session, first, by=cast.ada.id, at=NOW)
    lifecycle.release(cast.session, made, first, by=cast.ada.id, at=NOW)
    second = drafted(cast.session, made, first)
    decided = {"by": DecidedBy(cast.ada.id, NOW, "clearer")}
    changes.reword(cast.session, second, 2, text="Other.", **decided)
    changes.reword(cast.session, second, 3, text="Same.", same_meaning=True, **decided)
    changes.add(cast.session, second, NewStatement("NEW", "New.", section="Services"), **decided)
    launched(cast.session, made, 2)
    given[2] = cast_votes(cast.session, second, panel_of(cast.session, made)[1:], draw)
    lifecycle.close(cast.session, second, by=cast.ada.id, at=NOW)
    return made, given


def cast_votes(session, round_, panel, draw):
    asked = [number for number, _ in versions_asked(session, round_.study_id, round_.number)]
    votes = {who: {s: draw.choice(OPTIONS) for s in asked} for who in panel}
    votes[panel[0]] = dict.fromkeys(asked)  # came, and left everything open
    for who, given in votes.items():
        vote(session, round_, who, given)
    return votes


def groups_of(session, made):
    rows = session.execute(select(Panelist.id, Panelist.stakeholder_group).filter_by(study_id=made.id))
    return {row.id: row.stakeholder_group or "" for row in rows}


def tally_of(session, made, number):
    people = counting.people_of(session, made.id, number)
    scale, names = SCALES[made.scale], [group.key for group in groups.groups_of(session, made)]
    return counting.tally(session, made.id, number, items_of(session, made, number), scale, names, people)


@pytest.mark.parametrize("number", [1, 2])
def test_counts_equal_a_count_by_hand(session, played, number):
    made, given = played
    counted, group = tally_of(session, made, number), groups_of(session, made)
    asked = list(items_of(session, made, number))
    here = [who for who, votes in given[number].items() if any(v is not None for v in votes.values())]
    for (j, s), (g, name) in product(enumerate(asked), enumerate(counted.groups)):
        votes = [given[number][who][s] for who in here if group[who] == name]
        assert list(counted.answers[j, g]) == [votes.count(value) for value in OPTIONS]
        assert counted.rated[j, g] == sum(isinstance(value, int) for value in votes)


def test_moves_equal_a_count_by_hand(session, played):
    made, given = played
    items = items_of(session, made, 2)
    table = counting.moves(session, made.id, 2, items, SCALES[made.scale])
    both = given[1].keys() & given[2].keys()
    for (j, s), a, b in product(enumerate(items), (1, 2, 3, 4), (1, 2, 3, 4)):
        moved = sum(given[1][w].get(s) == a and given[2][w][s] == b for w in both)
        assert table[j, a - 1, b - 1] == (moved if items[s].relation.same_meaning else 0)
    assert table.sum() > 0


def test_everybody_invited_is_counted_or_not(session, played):
    made, given = played
    told = {one.panelist: (one.counted, one.group) for one in counting.people_of(session, made.id, 2)}
    gave = {who for who, votes in given[2].items() if any(v is not None for v in votes.values())}
    assert told == {who: (who in gave, group) for who, group in groups_of(session, made).items()}
    assert (len(told), len(gave)) == (9, 7)


def test_items_say_what_they_are_to_the_round_before(session, played):
    made, _ = played
    told = {item.statement: item.relation for item in items_of(session, made, 2).values()}
    assert told == {
        "STMT1.1": Relation.SAME,
        "STMT1.2": Relation.REWORDED,
        "STMT1.3": Relation.REWORDED_SAME_MEANING,
        "NEW": Relation.NEW,
    }


def test_the_first_round_has_no_moves(session, played):
    made, _ = played
    items = items_of(session, made, 1)
    assert counting.moves(session, made.id, 1, items, SCALES[made.scale]).sum() == 0
