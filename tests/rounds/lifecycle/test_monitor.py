"""The monitor counts people, and says of few only that they are few; nothing small follows by subtraction."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

import pytest
from builders import LATER, NOW, Cast, launched, panel_of, people, study, vote
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.disclosure.people_counts import Counted, in_steps, shown_classes, visible_rows
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.study import Turnout
from delphi.people import roster
from delphi.statements.statements import NewStatement
from rounds.lifecycle.monitor import StopsOfTheDay, count_stops, monitor
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving

sizes = st.lists(st.integers(0, 14), min_size=2, max_size=4)


def safe(n: int, k: int = 5) -> bool:
    return n == 0 or n >= k


@given(sizes)
def test_no_small_class_is_shown_or_follows(counts):
    shown = shown_classes(dict(zip("abcd", counts, strict=False)), 5)
    known = sum(size.n for size in shown.values() if size.n is not None)
    hidden = [size for size in shown.values() if size.n is None]
    assert all(size.n is None or size.n >= 5 for size in shown.values())
    assert safe(sum(counts) - known) or len(hidden) == len(counts)
    for size, n in zip(shown.values(), counts, strict=True):
        assert size.below is None or n < size.below
        assert size.at_least is None or n >= size.at_least


@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=4))
def test_shown_groups_tell_of_no_few_people(rows):
    table = {str(i): row for i, row in enumerate(rows)}
    shown = visible_rows(table, 5)
    for name in shown:
        assert all(safe(n) for n in table[name])
    if shown:
        together = [
            sum(column) for column in zip(*(row for name, row in table.items() if name not in shown), strict=True)
        ]
        assert all(safe(n) for n in together)


@given(st.lists(st.integers(0, 7), max_size=8))
def test_a_running_total_grows_by_steps_of_enough_people(counts):
    given_ = in_steps([(str(day), n) for day, n in enumerate(counts)], 5)
    totals = [0, *(n for _, n in given_), sum(counts)]
    assert all(safe(b - a) for a, b in pairwise(totals)) or not given_


@pytest.fixture
def big(cast):
    """A study of 40 people in three groups, one of 4 people; 25 statements on three pages."""
    statements = tuple(NewStatement(f"S{n}", f"Text {n}.", section=f"Part {n // 10}") for n in range(25))
    made = study(cast.session, cast.ada, "big", panelists=0, groups=("nurses", "peers", "few"), statements=statements)
    groups = ["few"] * 4 + ["nurses", "peers"] * 18
    roster.add(cast.session, made, [replace(new, group=group) for new, group in zip(people(40), groups, strict=True)])
    return made


def by_group(session, made, group):
    return [
        who for who in panel_of(session, made) if session.get_one(Panelist, (made.id, who)).stakeholder_group == group
    ]


def test_the_monitor_counts_by_class_group_and_page(cast, big):
    round_ = launched(cast.session, big)
    nurses, peers = by_group(cast.session, big, "nurses"), by_group(cast.session, big, "peers")
    for who in nurses[:12]:
        vote(cast.session, round_, who, {1: 4})
        saving.submit(cast.session, TakingPart(big.id, 1, who), on=NOW.date())
    for who, statement in zip([*nurses[12:], *peers[:6]], [3] * 6 + [24] * 6, strict=True):
        vote(cast.session, round_, who, {statement: 4})
    count_stops(cast.session, big, round_, on=NOW.date())
    seen = monitor(cast.session, big, round_, at=NOW)
    assert (seen.invited, seen.classes["submitted"].n, seen.classes["unfinished"].n) == (40, 12, 12)
    assert (seen.classes["not_started"].n, seen.classes["declined"]) == (16, Counted(None, below=5))
    assert seen.groups == {"nurses": {"submitted": 12, "unfinished": 6}, "peers": None, "few": None}
    assert seen.stops == {1: 5, 3: 5}
    assert (list(seen.days), seen.post.waiting) == ([(NOW.date(), 12)], 40)


def test_a_monitor_of_kept_turnout_tells_the_finished_of_yesterday(cast, big):
    big.turnout = Turnout.KEPT
    round_, tomorrow = launched(cast.session, big), NOW + timedelta(days=1)
    before = monitor(cast.session, big, round_, at=NOW)
    for who in panel_of(cast.session, big)[:24]:
        vote(cast.session, round_, who, {1: 4})
    for who in panel_of(cast.session, big)[:12]:
        saving.submit(cast.session, TakingPart(big.id, 1, who), on=NOW.date())
    assert monitor(cast.session, big, round_, at=NOW) == before
    seen = monitor(cast.session, big, round_, at=tomorrow)
    assert (seen.classes["submitted"].n, seen.classes["not_started"].n, seen.stops) == (12, 28, {})


def test_a_forecast_goes_on_at_the_pace_so_far(cast, big):
    round_ = launched(cast.session, big)
    for who in panel_of(cast.session, big)[:12]:
        saving.submit(cast.session, TakingPart(big.id, 1, who), on=NOW.date())
    assert monitor(cast.session, big, round_, at=NOW).forecast is None
    seen = monitor(cast.session, big, round_, at=NOW + timedelta(days=7)).forecast
    assert (seen.submitted, seen.days_left) == (24, 7)


def test_a_forecast_never_exceeds_those_invited(cast, big):
    round_ = launched(cast.session, big)
    for who in panel_of(cast.session, big)[:34]:
        saving.submit(cast.session, TakingPart(big.id, 1, who), on=NOW.date())
    seen = monitor(cast.session, big, round_, at=NOW + timedelta(days=1)).forecast
    assert (seen.submitted, seen.a_day, seen.days_left) == (40, 34, 13)


def test_a_forecast_is_told_on_the_last_day_until_the_deadline(cast, big):
    round_ = launched(cast.session, big)
    for who in panel_of(cast.session, big)[:12]:
        saving.submit(cast.session, TakingPart(big.id, 1, who), on=NOW.date())
    seen = monitor(cast.session, big, round_, at=LATER - timedelta(seconds=1)).forecast
    assert (seen.submitted, seen.days_left) == (12, 0)
    assert monitor(cast.session, big, round_, at=LATER).forecast is None


def test_every_pattern_of_a_small_panel_hides_the_few():
    for pattern in product(range(7), repeat=3):
        shown = shown_classes(dict(zip("abc", pattern, strict=True)), 5)
        assert all(size.n is None for size in shown.values() if size.n is None or size.n < 5)


def test_where_people_stop_is_counted_once_a_day(database):
    with database.transaction() as session:
        cast = Cast.enter(session)
        made = study(session, cast.ada, "daily", panelists=30)
        key, panel = (made.id, 1), panel_of(session, made)
        round_ = launched(session, made)
        for who in panel[:11]:
            vote(session, round_, who, {1: 4})
    seen = []
    for day, more in ((0, panel[11:17]), (0, ()), (1, panel[17:19]), (2, ())):
        StopsOfTheDay(database).work(at=NOW + timedelta(days=day))
        with database.transaction() as session:
            round_ = session.get_one(Round, key)
            seen.append(round_.stops["pages"])
            for who in more:
                vote(session, round_, who, {1: 4})
    assert seen == [{"1": 10}, {"1": 10}, {"1": 15}, {"1": 15}], "11, 11 still, then 17 and 19"


def test_nothing_is_told_of_stops_where_the_unfinished_are_few(cast):
    round_ = launched(cast.session, cast.study)
    for who in cast.panel[:4]:
        vote(cast.session, round_, who, {1: 4})
    count_stops(cast.session, cast.study, round_, on=NOW.date())
    assert round_.stops == {"on": NOW.date().isoformat(), "pages": {}}
