"""A round is prepared, launched, extended, closed and released, and never back."""

from datetime import timedelta

import pytest
from builders import LATER, NOW, SMALL, drafted, launched, lead_of, panel_of, released, study, vote
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from delphi import audit
from delphi.errors import NotReady, Refused, RoundClosed
from delphi.model.event import Event
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.rating import AnswerKind, Comment, Rating, SaveRequest
from delphi.model.result import Result
from delphi.model.round import Participation, QuestionnaireItem, Round, State
from delphi.model.statement import Statement, StatementVersion
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle, readiness
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.results.rows import results
from rounds.seal import reading

NEW = NewStatement("REC2.1", "Pay for it.", section="Money", enters_round=2)
VOTES = [{1: 4, 2: 3, 3: 1}] * 5


def codes(session, made, round_) -> set[str]:
    return {issue.code for issue in readiness.issues_before_launch(session, made, round_)}


def count(session, table, made) -> int:
    return session.scalar(select(func.count()).select_from(table).where(table.study_id == made.id))


def test_nothing_is_missing_for_a_prepared_study(cast):
    assert codes(cast.session, cast.study, cast.draft) == set()


def test_an_open_protocol_is_missing(cast):
    made = study(cast.session, cast.ada, "open", locked=False)
    assert codes(cast.session, made, cast.session.get_one(Round, (made.id, 1))) == {"protocol_open"}


def test_every_missing_thing_is_listed_once_with_its_page(cast):
    made = study(cast.session, cast.ada, "bare", panelists=0, locked=False)
    cast.session.execute(delete(QuestionnaireItem).filter_by(study_id=made.id))
    cast.session.execute(delete(StatementVersion).filter_by(study_id=made.id))
    cast.session.execute(delete(Statement).filter_by(study_id=made.id))
    listed = readiness.issues_before_launch(cast.session, made, cast.session.get_one(Round, (made.id, 1)))
    assert [(issue.code, issue.where) for issue in listed] == [
        ("protocol_open", "protocol.show"),
        ("no_statements", "statements.index"),
        ("no_panel", "roster.index"),
    ]


def test_statements_are_missing(cast):
    cast.session.execute(delete(QuestionnaireItem).filter_by(study_id=cast.study.id))
    assert codes(cast.session, cast.study, cast.draft) == {"no_statements"}


def test_a_panel_that_declined_is_missing(cast):
    cast.session.execute(update(Panelist).filter_by(study_id=cast.study.id).values(declined_on=NOW.date()))
    assert codes(cast.session, cast.study, cast.draft) == {"no_panel"}


def test_feedback_of_the_round_before_is_missing(cast):
    first = launched(cast.session, cast.study)
    lifecycle.close(cast.session, first, by=cast.ada.id, at=NOW)
    assert codes(cast.session, cast.study, drafted(cast.session, cast.study, first)) == {
        "feedback_missing",
        "undecided",
    }


def test_a_round_beyond_the_plan_needs_an_amendment(cast):
    made = study(cast.session, cast.ada, "short", rounds=1)
    second = drafted(cast.session, made, released(cast.session, made, VOTES))
    assert codes(cast.session, made, second) == {"too_many_rounds", "undecided"}


def test_a_round_is_launched_once(cast):
    round_ = launched(cast.session, cast.study)
    assert codes(cast.session, cast.study, round_) == {"launched_already"}
    with pytest.raises(NotReady):
        launched(cast.session, cast.study)


def test_a_round_stays_open_for_twenty_hours_at_least(cast):
    with pytest.raises(NotReady) as caught:
        launched(cast.session, cast.study, until=NOW + timedelta(hours=20) - timedelta(seconds=1))
    assert [issue.code for issue in caught.value.issues] == ["deadline_near"]
    assert cast.draft.state is State.DRAFT


def test_a_round_of_exactly_twenty_hours_is_launched(cast):
    assert launched(cast.session, cast.study, until=NOW + timedelta(hours=20)).state is State.OPEN


def test_everything_that_is_missing_is_said_at_once(cast):
    made = study(cast.session, cast.ada, "bare", locked=False, panelists=0, statements=())
    with pytest.raises(NotReady) as caught:
        launched(cast.session, made, until=NOW)
    said = [issue.code for issue in caught.value.issues]
    assert said == ["protocol_open", "no_statements", "no_panel", "deadline_near"]


def test_launching_invites_the_panel_and_leaves_the_neighbour_alone(cast):
    round_ = launched(cast.session, cast.study)
    assert round_.state is State.OPEN
    assert count(cast.session, Participation, cast.study) == count(cast.session, Letter, cast.study) == 6
    assert count(cast.session, Participation, cast.foreign) == count(cast.session, Letter, cast.foreign) == 0
    assert cast.events()[-1] == "round:launched"


def test_who_declined_is_not_invited(cast):
    gone = cast.session.get_one(Panelist, (cast.study.id, cast.panel[0]))
    gone.declined_on = NOW.date()
    cast.session.flush()
    launched(cast.session, cast.study)
    invited = cast.session.scalars(select(Participation.panelist).filter_by(study_id=cast.study.id))
    assert set(invited) == set(cast.panel[1:])


def test_one_round_runs_at_a_time(cast):
    launched(cast.session, cast.study)
    cast.session.add(Round(study_id=cast.study.id, number=2, opened_at=NOW, closes_at=LATER))
    with pytest.raises(IntegrityError):
        cast.session.flush()


def test_a_deadline_moves_only_later_and_only_while_open(cast):
    with pytest.raises(Refused):
        lifecycle.extend(cast.session, cast.draft, closes_at=LATER, reason="", by=cast.ada.id, at=NOW)
    round_ = launched(cast.session, cast.study)
    with pytest.raises(Refused):
        lifecycle.extend(cast.session, round_, closes_at=LATER, reason="", by=cast.ada.id, at=NOW)
    longer = LATER + timedelta(days=1)
    lifecycle.extend(cast.session, round_, closes_at=longer, reason="holiday", by=cast.ada.id, at=NOW)
    assert round_.closes_at == longer
    assert cast.events()[-1] == "round:extended"


def test_closing_marks_who_is_counted_and_forgets_the_save_keys(cast):
    round_ = launched(cast.session, cast.study)
    vote(cast.session, round_, cast.panel[0], {1: 4})
    lifecycle.end_answers(cast.session, cast.study, round_, by=cast.ada.id, at=NOW)
    marks = select(Participation.panelist).filter_by(study_id=cast.study.id, counted=True)
    assert round_.state is State.CLOSED
    assert cast.session.scalars(marks).all() == [cast.panel[0]]
    assert count(cast.session, SaveRequest, cast.study) == 0


def test_a_round_that_is_being_counted_is_not_released(cast):
    round_ = launched(cast.session, cast.study)
    lifecycle.end_answers(cast.session, cast.study, round_, by=cast.ada.id, at=NOW)
    with pytest.raises(Refused, match="being counted"):
        lifecycle.release(cast.session, cast.study, round_, by=cast.ada.id, at=NOW)


def test_nothing_closes_or_releases_twice(cast):
    round_ = released(cast.session, cast.study, VOTES)
    with pytest.raises(Refused):
        lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    with pytest.raises(Refused):
        lifecycle.release(cast.session, cast.study, round_, by=cast.ada.id, at=NOW)


def test_an_open_round_is_not_released(cast):
    with pytest.raises(Refused):
        lifecycle.release(cast.session, cast.study, launched(cast.session, cast.study), by=cast.ada.id, at=NOW)


@pytest.mark.parametrize(("people", "shown"), [(5, ("all",)), (12, ("all", "nurses", "peers"))])
def test_the_rows_are_those_of_the_panel_and_of_shown_groups(cast, people, shown):
    made = study(cast.session, cast.ada, "rows", panelists=people)
    round_ = released(cast.session, made, VOTES[:1] * people)
    rows = cast.session.scalars(select(Result).filter_by(study_id=made.id).order_by(Result.position)).all()
    assert [(r.statement, r.group) for r in rows] == [(s, g) for s in (1, 2, 3) for g in shown]
    assert rows[0].row["n_rated"] == people
    assert results(cast.session, made, round_, by_group=True) == [r.row for r in rows]


def test_the_release_computes_nothing(cast, monkeypatch):
    round_ = launched(cast.session, cast.study)
    for who in cast.panel:
        vote(cast.session, round_, who, VOTES[0])
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    told = results(cast.session, cast.study, round_)
    monkeypatch.setattr(reading, "consensus_rows", None)
    lifecycle.release(cast.session, cast.study, round_, by=cast.ada.id, at=NOW)
    assert results(cast.session, cast.study, round_) == told
    assert told[0]["n_rated"] == 6


def test_a_released_round_accepts_nothing(cast):
    round_ = released(cast.session, cast.study, VOTES)
    with pytest.raises(RoundClosed):
        vote(cast.session, round_, cast.panel[0], {1: 1})


def test_undecided_comments_hold_the_release_back(cast):
    round_ = launched(cast.session, cast.study)
    vote(cast.session, round_, cast.panel[0], {1: 4}, comment="because")
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    with pytest.raises(NotReady, match="1 comments are undecided"):
        lifecycle.release(cast.session, cast.study, round_, by=cast.ada.id, at=NOW)


def test_comments_that_the_plan_does_not_show_hold_nothing_back(cast):
    made = study(cast.session, cast.ada, "quiet", feedback=("distribution",))
    round_ = launched(cast.session, made)
    vote(cast.session, round_, panel_of(cast.session, made)[0], {1: 4}, comment="because")
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    lifecycle.release(cast.session, made, round_, by=cast.ada.id, at=NOW)
    assert round_.state is State.RELEASED
    assert cast.session.scalars(select(Comment.released_text).filter_by(study_id=made.id)).all() == [None]


def test_the_next_round_asks_again_and_adds_what_enters(cast):
    made = study(cast.session, cast.ada, "growing", statements=(*SMALL.statements, NEW))
    first = released(cast.session, made, VOTES)
    second = drafted(cast.session, made, first)
    asked = cast.session.scalars(
        select(QuestionnaireItem.statement).filter_by(study_id=made.id, round=2).order_by(QuestionnaireItem.position)
    )
    assert (second.number, list(asked)) == (2, [1, 2, 3, 4])


def test_the_next_round_is_prepared_once_and_after_the_close(cast):
    first = launched(cast.session, cast.study)
    with pytest.raises(Refused):
        drafted(cast.session, cast.study, first)
    lifecycle.close(cast.session, first, by=cast.ada.id, at=NOW)
    drafted(cast.session, cast.study, first)
    with pytest.raises(Refused):
        drafted(cast.session, cast.study, first)


def test_the_audit_trail_is_a_chain_of_hashes(cast):
    released(cast.session, cast.study, VOTES)
    cast.session.expire_all()
    events = cast.session.scalars(select(Event).filter_by(study_id=cast.study.id).order_by(Event.sequence)).all()
    assert audit.first_broken(events) is None
    events[2].data = {"forged": True}
    assert audit.first_broken(events) == 3


def test_no_event_has_an_answer_as_its_cause(cast):
    round_ = launched(cast.session, cast.study)
    before = cast.events()
    vote(cast.session, round_, cast.panel[0], {1: 4}, comment="because")
    saving.submit(cast.session, TakingPart(round_.study_id, 1, cast.panel[0]), on=NOW.date())
    assert cast.events() == before
    assert lead_of(cast.session, cast.study) == cast.ada.id
    assert AnswerKind.RATED in cast.session.scalars(select(Rating.kind))
