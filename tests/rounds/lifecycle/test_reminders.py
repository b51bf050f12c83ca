"""Reminders reach who needs one: not twice in a day, never a fourth, and nobody who has finished in between."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from builders import LATER, NOW, launched, vote
from sqlalchemy import select, update

from delphi.errors import Refused
from delphi.letters import reminders
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.study import Turnout
from rounds.lifecycle import lifecycle
from rounds.lifecycle.reminder_plan import KINDS, USUAL, Audience, PlannedReminder, moments
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving

DAY = timedelta(days=1)


@pytest.fixture
def round_(cast):
    """Panelist 0 has finished, 1 is unfinished, 2 to 5 have not started."""
    made = launched(cast.session, cast.study)
    for who in cast.panel[:2]:
        vote(cast.session, made, who, {1: 4})
    saving.submit(cast.session, TakingPart(cast.study.id, 1, cast.panel[0]), on=NOW.date())
    return made


def queued(cast, kind: LetterKind) -> set:
    return set(cast.session.scalars(select(Letter.panelist).filter_by(study_id=cast.study.id, kind=kind)))


def remind(cast, round_, to=Audience.NOT_SUBMITTED, at=NOW) -> int:
    return lifecycle.remind(cast.session, round_, to, by=cast.ada.id, at=at)


def test_kept_turnout_has_one_audience(cast, round_):
    cast.study.turnout = Turnout.KEPT
    assert remind(cast, round_, Audience.NOT_STARTED) == 5
    assert queued(cast, LetterKind.REMINDER) == set(cast.panel[1:])
    assert queued(cast, LetterKind.NOT_STARTED) == set()


@pytest.mark.parametrize("turnout", list(Turnout))
def test_kept_turnout_plans_its_reminders_unasked(cast, turnout):
    cast.study.turnout = turnout
    launched(cast.session, cast.study)
    planned = queued(cast, LetterKind.UNFINISHED)
    assert planned == (set(cast.panel) if turnout is Turnout.KEPT else set())


@pytest.mark.parametrize(
    ("to", "kind", "who"),
    [
        (Audience.NOT_STARTED, LetterKind.NOT_STARTED, slice(2, 6)),
        (Audience.UNFINISHED, LetterKind.UNFINISHED, slice(1, 2)),
        (Audience.NOT_SUBMITTED, LetterKind.REMINDER, slice(1, 6)),
        (Audience.ALL, LetterKind.REMINDER, slice(1, 6)),  # no button sends it; who has finished is not reminded
    ],
)
def test_a_reminder_goes_to_its_audience(cast, round_, to, kind, who):
    assert remind(cast, round_, to) == len(cast.panel[who])
    assert queued(cast, kind) == set(cast.panel[who])
    assert cast.events()[-1] == "reminders:queued"


def test_pressing_twice_sends_once_within_a_day(cast, round_):
    assert [remind(cast, round_), remind(cast, round_), remind(cast, round_, Audience.NOT_STARTED)] == [5, 0, 0]
    assert remind(cast, round_, at=NOW + DAY - timedelta(seconds=1)) == 0
    assert remind(cast, round_, at=NOW + DAY) == 5


def test_there_is_no_fourth(cast, round_):
    assert [remind(cast, round_, at=NOW + n * DAY) for n in range(5)] == [5, 5, 5, 0, 0]


def test_who_declined_gets_none(cast, round_):
    gone = update(Panelist).where(Panelist.id == cast.panel[5]).values(declined_on=NOW.date())
    cast.session.execute(gone)
    assert remind(cast, round_) == 4


def test_after_the_deadline_nobody_is_reminded(cast, round_):
    with pytest.raises(Refused, match="before its deadline"):
        remind(cast, round_, at=LATER)


def letter(cast, kind: LetterKind, who: int, **facts) -> Letter:
    made = Letter(study_id=cast.study.id, round=1, kind=kind, panelist=cast.panel[who], attempts=0,
                  dedupe_key=str(uuid4()), due_at=NOW, run_after=NOW, **facts)  # fmt: skip
    cast.session.add(made)
    cast.session.flush()
    return made


@pytest.mark.parametrize(
    ("kind", "needless"),
    [
        (LetterKind.REMINDER, [True, False, False]),
        (LetterKind.NOT_STARTED, [True, True, False]),
        (LetterKind.UNFINISHED, [True, False, True]),
        (LetterKind.EXTENSION, [False, False, False]),
    ],
)
def test_who_gets_one_is_decided_again_when_it_is_sent(cast, round_, kind, needless):
    found = [reminders.needless(cast.session, letter(cast, kind, who), at=NOW) for who in (0, 1, 2)]
    assert found == needless


def test_a_planned_one_is_dropped_within_a_day_of_another(cast, round_):
    letter(cast, LetterKind.REMINDER, 2, sent_at=NOW)
    planned = letter(cast, LetterKind.NOT_STARTED, 2)
    assert reminders.needless(cast.session, planned, at=NOW + timedelta(hours=23))
    assert not reminders.needless(cast.session, planned, at=NOW + DAY)


def test_the_plan_names_mornings_in_the_zone_of_the_study(cast, round_):
    days = [(KINDS[one.reminder.to], one.due_at) for one in moments(round_, "Europe/Amsterdam", at=NOW)]
    assert [kind for kind, _ in days] == [LetterKind.NOT_STARTED] * 2 + [LetterKind.UNFINISHED] * 2
    assert {moment.astimezone(ZoneInfo("Europe/Amsterdam")).hour for _, moment in days} == {9}
    assert all(NOW + DAY <= moment < LATER for _, moment in days)


def test_a_short_round_plans_only_what_fits(cast):
    made = launched(cast.session, cast.study, until=NOW + timedelta(hours=30))
    assert [KINDS[one.reminder.to] for one in moments(made, "UTC", at=NOW)] in ([], [LetterKind.UNFINISHED])


def test_planned_reminders_are_queued_with_the_launch_and_can_be_stopped(cast):
    draft = cast.draft
    lifecycle.launch(cast.session, cast.study, draft, closes_at=LATER, by=cast.ada.id, at=NOW, remind=True)
    assert len(queued(cast, LetterKind.NOT_STARTED)) == 6
    assert remind(cast, draft) == 6, "what is planned for later days is no reason to hold one back"
    lifecycle.stop_reminders(cast.session, draft, by=cast.ada.id, at=NOW)
    waiting = select(Letter).where(Letter.due_at > NOW, Letter.dropped_at.is_(None))
    assert cast.session.scalars(waiting).all() == []
    with pytest.raises(Refused, match="No reminder is planned"):
        lifecycle.stop_reminders(cast.session, draft, by=cast.ada.id, at=NOW)


def test_a_later_deadline_is_told_to_whom_the_lead_chose(cast, round_):
    later = {"closes_at": LATER + DAY, "reason": "holiday", "by": cast.ada.id, "at": NOW}
    lifecycle.extend(cast.session, round_, tell=Audience.NOT_SUBMITTED, **later)
    assert queued(cast, LetterKind.EXTENSION) == set(cast.panel[1:])


@pytest.mark.parametrize(("late", "planned"), [(0, 1), (1, 0)])
def test_no_reminder_is_planned_within_a_day_of_the_launch(cast, late, planned):
    morning = NOW.replace(hour=9, minute=0, second=0, microsecond=0) + DAY
    launch, until = morning - DAY + timedelta(seconds=late), morning + DAY
    made = launched(cast.session, cast.study, at=launch, until=until)
    assert len(list(moments(made, "UTC", at=launch))) == planned


def test_no_reminder_is_planned_at_the_deadline_itself(cast):
    morning = NOW.replace(hour=9, minute=0, second=0, microsecond=0)
    made = launched(cast.session, cast.study, at=morning, until=morning + 4 * DAY)
    days = [one.due_at for one in moments(made, "UTC", at=morning)]
    assert sorted(days) == [morning + DAY, morning + 3 * DAY]


def test_an_extension_moves_the_reminders_that_are_planned(cast):
    draft = cast.draft
    lifecycle.launch(cast.session, cast.study, draft, closes_at=LATER, by=cast.ada.id, at=NOW, remind=True)
    before = planned(cast, LetterKind.UNFINISHED)
    later = {"closes_at": LATER + 7 * DAY, "reason": "holiday", "by": cast.ada.id, "at": NOW + 2 * DAY}
    lifecycle.extend(cast.session, draft, **later)
    assert planned(cast, LetterKind.UNFINISHED) == {moment + 7 * DAY for moment in before}
    assert planned(cast, LetterKind.NOT_STARTED) == {moment for moment in due(cast, draft) if moment not in before}
    assert len(waiting(cast)) == 6 * 4


def due(cast, round_):
    plan = list(moments(round_, cast.study.time_zone, at=NOW + 2 * DAY))
    return {one.due_at for one in plan if one.reminder.to is Audience.NOT_STARTED}


def waiting(cast):
    return cast.session.scalars(select(Letter).where(Letter.planned, Letter.unsent)).all()


def planned(cast, kind):
    return {letter.due_at for letter in waiting(cast) if letter.kind is kind}


def test_a_stopped_plan_stays_stopped_when_the_deadline_moves(cast):
    draft = cast.draft
    lifecycle.launch(cast.session, cast.study, draft, closes_at=LATER, by=cast.ada.id, at=NOW, remind=True)
    lifecycle.stop_reminders(cast.session, draft, by=cast.ada.id, at=NOW)
    lifecycle.extend(cast.session, draft, closes_at=LATER + DAY, reason="holiday", by=cast.ada.id, at=NOW)
    assert waiting(cast) == []
    lifecycle.plan_reminders(cast.session, cast.study, draft, USUAL, by=cast.ada.id, at=NOW)
    assert len(waiting(cast)) == 6 * 4
    assert cast.events()[-1] == "reminders:planned"


@pytest.mark.parametrize("turnout", list(Turnout))
def test_a_plan_of_a_draft_is_queued_for_its_groups_at_the_launch(cast, turnout):
    cast.study.turnout = turnout
    own = PlannedReminder(2, after_opening=False, to=Audience.UNFINISHED, hour=18, groups=("peers",))
    lifecycle.plan_reminders(cast.session, cast.study, cast.draft, [own], by=cast.ada.id, at=NOW)
    lifecycle.launch(cast.session, cast.study, cast.draft, closes_at=LATER, by=cast.ada.id, at=NOW, remind=True)
    peers = select(Panelist.id).filter_by(study_id=cast.study.id, stakeholder_group="peers")
    kind = LetterKind.UNFINISHED if turnout is Turnout.SHOWN else LetterKind.REMINDER
    assert queued(cast, kind) == set(cast.session.scalars(peers))
    assert {letter.due_at.astimezone(ZoneInfo(cast.study.time_zone)).hour for letter in waiting(cast)} == {18}


def test_no_plan_is_taken_for_a_closed_round(cast, round_):
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=LATER)
    with pytest.raises(Refused, match="closed"):
        lifecycle.plan_reminders(cast.session, cast.study, round_, USUAL, by=cast.ada.id, at=LATER)


def test_a_planned_one_keeps_its_hour_where_summer_time_begins(cast, round_):
    round_.opened_at, zone = datetime(2027, 3, 20, 8, tzinfo=UTC), "Europe/Amsterdam"
    round_.closes_at = datetime(2027, 3, 29, 20, tzinfo=UTC)
    round_.reminders = [PlannedReminder(n, after_opening=False, to=Audience.NOT_SUBMITTED).stored for n in (2, 1, 0)]
    found = [one.due_at for one in moments(round_, zone, at=round_.opened_at)]
    assert [moment.astimezone(ZoneInfo(zone)).hour for moment in found] == [9, 9, 9]
    assert [later - earlier for earlier, later in pairwise(found)] == [timedelta(hours=23), DAY]


def test_a_planned_one_that_comes_an_hour_early_waits(cast, round_):
    letter(cast, LetterKind.REMINDER, 2, sent_at=NOW)
    second = letter(cast, LetterKind.REMINDER, 2)
    second.dedupe_key = f"reminder:1:plan-2027032809:{second.panelist}"
    with pytest.raises(reminders.NotYet) as early:
        reminders.needless(cast.session, second, at=NOW + timedelta(hours=23))
    assert early.value.until == NOW + DAY
    assert reminders.needless(cast.session, second, at=NOW + timedelta(hours=21))
    assert not reminders.needless(cast.session, second, at=NOW + DAY)


def test_after_the_deadline_a_waiting_reminder_is_needless(cast, round_):
    assert reminders.needless(cast.session, letter(cast, LetterKind.NOT_STARTED, 2), at=LATER)


def test_who_stopped_reminders_is_asked_for_none(cast, round_):
    cast.session.get_one(Panelist, (cast.study.id, cast.panel[3])).reminders_stopped = True
    cast.session.flush()
    assert remind(cast, round_) == 4
