"""The life of a round: prepare, launch, extend, close, release. States follow from recorded facts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from delphi import audit, progress
from delphi.database import lock_all, locked
from delphi.errors import Issue, NotReady, Refused
from delphi.letters import outbox
from delphi.model.event import EventKind
from delphi.model.letter import TeamLetterKind
from delphi.model.rating import SaveRequest
from delphi.model.round import Participation, Round, State
from delphi.model.study import Role, Study, Turnout
from delphi.translations import N_
from rounds.lifecycle import invitations, reminder_plan
from rounds.lifecycle.readiness import issues_before_launch
from rounds.lifecycle.reminder_plan import Audience, PlannedReminder
from rounds.moderation import rulings
from rounds.revision import decisions
from rounds.seal import chain, sealing

SHORTEST = timedelta(hours=20)  # WCAG 2.2.1: no time limit under 20 hours
DEADLINE_NEAR = Issue("deadline_near", "The round must stay open for at least 20 hours. Choose a later deadline.")


def launch(
    session: Session, study: Study, round_: Round, *, closes_at: datetime, by: int, at: datetime, remind: bool = False
) -> None:
    """Open a round: the questionnaire is fixed, every panelist is invited, and reminders are planned if wanted.

    Where the server keeps turnout they are always planned: nobody of the team knows whom to remind.
    """
    remind = remind or study.turnout is Turnout.KEPT
    _lock(session, round_)
    issues = list(issues_before_launch(session, study, round_))
    if closes_at < at + SHORTEST:
        issues.append(DEADLINE_NEAR)
    if issues:
        raise NotReady(issues)
    round_.opened_at, round_.closes_at = at, closes_at
    session.flush()
    facts = {
        "invited": invitations.invite(session, round_, at=at),
        "closes_at": closes_at.isoformat(),
        "reminder_days": invitations.plan(session, round_, study.time_zone, at=at) if remind else 0,
    }
    audit.record(session, study.id, EventKind.ROUND_LAUNCHED, by=by, at=at, round=round_.number, **facts)


def extend(
    session: Session,
    round_: Round,
    *,
    closes_at: datetime,
    reason: str,
    by: int,
    at: datetime,
    tell: Audience | None = None,
) -> None:
    """Move the deadline of an open round, and tell an audience; once it is closed nothing reopens it.

    An earlier one corrects a mistake, such as a wrong year, while nobody has answered: then everybody is told.
    """
    _lock_with_panel(session, round_)
    if round_.state is not State.OPEN or round_.closes_at is None:
        raise Refused("Only an open round can be extended; nothing was changed.")
    if closes_at <= round_.closes_at:
        _check_correction(session, round_, closes_at, at=at)
        tell = Audience.ALL
    round_.closes_at = closes_at
    facts = {"closes_at": closes_at.isoformat(), "reason": reason, "told": tell.value if tell else None}
    if round_.reminders:
        invitations.plan(session, round_, session.get_one(Study, round_.study_id).time_zone, at=at)
    audit.record(session, round_.study_id, EventKind.ROUND_EXTENDED, by=by, at=at, round=round_.number, **facts)
    if tell is not None:
        invitations.queue_extension(session, round_, tell, at=at)


def _check_correction(session: Session, round_: Round, closes_at: datetime, *, at: datetime) -> None:
    """Let a deadline come nearer only where it takes nothing from anybody."""
    if closes_at == round_.closes_at:
        raise Refused("This is the present deadline; nothing was changed.")
    if progress.any_in_round(session, round_.study_id, round_.number):
        raise Refused(
            "The new deadline is earlier than the present one, and somebody has answered already; nothing was changed."
        )
    if closes_at < at + SHORTEST:
        raise NotReady([DEADLINE_NEAR])


def remind(session: Session, round_: Round, to: Audience, *, by: int, at: datetime) -> int:
    """Remind an audience of an open round; how many letters leave. Who has finished is never reminded.

    Where the server keeps turnout there is one audience: whoever has not finished.
    """
    _lock_with_panel(session, round_)
    if to is Audience.ALL or session.get_one(Study, round_.study_id).turnout is Turnout.KEPT:
        to = Audience.NOT_SUBMITTED
    if not round_.accepts(at=at):
        raise Refused("Reminders are sent while a round is open and before its deadline; nothing was sent.")
    n = invitations.queue_reminders(session, round_, at=at, to=to)
    audit.record(session, round_.study_id, EventKind.REMINDERS_QUEUED, by=by, at=at, round=round_.number, to=to.value)
    return n


def plan_reminders(
    session: Session, study: Study, round_: Round, plan: Sequence[PlannedReminder], *, by: int, at: datetime
) -> int:
    """Plan the reminders of a round; in an open one they take the place of what was planned. How many days are left.

    Where the server keeps turnout each goes to whoever has not finished.
    """
    _lock_with_panel(session, round_)
    if round_.state not in (State.DRAFT, State.OPEN):
        raise Refused("Round %(number)s is closed, so no reminder can be planned.", number=round_.number)
    if study.turnout is Turnout.KEPT:
        plan = [replace(one, to=Audience.NOT_SUBMITTED) for one in plan]
    reminder_plan.keep(round_, plan)
    days = invitations.plan(session, round_, study.time_zone, at=at) if round_.state is State.OPEN else len(plan)
    facts = {"round": round_.number, "days": days}
    audit.record(session, study.id, EventKind.REMINDERS_PLANNED, by=by, at=at, **facts)
    return days


def stop_reminders(session: Session, round_: Round, *, by: int, at: datetime) -> None:
    """Drop the planned reminders of a round."""
    _lock(session, round_)
    if not invitations.stop(session, round_, at=at):
        raise Refused("No reminder is planned any more; nothing was changed.")
    audit.record(session, round_.study_id, EventKind.REMINDERS_STOPPED, by=by, at=at, round=round_.number)


def close(session: Session, round_: Round, *, by: int | None, at: datetime) -> None:
    """Close a round and count it at once, in one transaction: for rehearsals, demonstrations and small scripts."""
    study = session.get_one(Study, round_.study_id)
    end_answers(session, study, round_, by=by, at=at)
    sealing.complete(session, study, round_, at=at)


def end_answers(session: Session, study: Study, round_: Round, *, by: int | None, at: datetime) -> None:
    """Close a round: running saves have ended, nothing is accepted afterwards, and it is marked who is counted.

    Whoever had not submitted learns by letter of a close before the deadline. What is counted follows in transactions of
    its own, here or in the worker (rounds/seal).
    """
    _lock_with_panel(session, round_)
    if round_.state is not State.OPEN:
        raise Refused("Round %(number)s is not open; nothing was changed.", number=round_.number)
    round_.closed_at = at
    if round_.closed_early:
        invitations.queue_early_close(session, round_, at=at)
    if by is None:
        key = (TeamLetterKind.ROUND_CLOSED, study.id, [Role.OWNER])
        outbox.queue_for_team(session, *key, at=at, about=str(round_.number))
    sealing.mark(session, study, round_)
    session.execute(delete(SaveRequest).filter_by(study_id=round_.study_id, round=round_.number))
    facts = {"before_deadline": True} if round_.closed_early else {}
    audit.record(session, round_.study_id, EventKind.ROUND_CLOSED, by=by, at=at, round=round_.number, **facts)


def release(session: Session, study: Study, round_: Round, *, by: int, at: datetime) -> None:
    """Release the feedback of a sealed round: the moderator's rulings and the verdict that the panel is told are fixed."""
    _lock(session, round_)
    if round_.number == 0:
        raise Refused("The open round has no results to release; its statements go to the list. Nothing was changed.")
    if round_.state is not State.CLOSED:
        raise Refused(
            "Round %(number)s is not closed or was released already; nothing was changed.", number=round_.number
        )
    seal = chain.seal_of(session, study.id, round_.number)
    if seal is None:
        raise Refused("Round %(number)s is being counted. Release it in a few seconds.", number=round_.number)
    _refuse_undecided_comments(session, study, round_)
    told = sealing.judge_again(session, study, round_, seal, at=at)
    round_.released_at = at
    audit.record(
        session,
        study.id,
        EventKind.ROUND_RELEASED,
        by=by,
        at=at,
        round=round_.number,
        seal=told.number,
        sha256=told.sha256,
    )


def _refuse_undecided_comments(session: Session, study: Study, round_: Round) -> None:
    undecided = rulings.waiting(session, round_)
    if undecided and "comments" in study.feedback_plan:
        message = N_("%(n)s comments are undecided. Release or hold each before the panel sees them.")
        raise NotReady([Issue("comments_undecided", message, values={"n": undecided})])


def prepare_next(session: Session, study: Study, closed: Round, *, by: int, at: datetime) -> Round:
    """Draft the next round: what was asked stays, what enters now is added; the lead revises it afterwards."""
    _lock(session, closed)
    if closed.state not in (State.CLOSED, State.RELEASED):
        raise Refused("Round %(number)s is still running. Close it first; nothing was changed.", number=closed.number)
    draft = Round(study_id=study.id, number=closed.number + 1)
    if session.get(Round, (study.id, draft.number)) is not None:
        raise Refused("Round %(number)s was prepared already; nothing was changed.", number=draft.number)
    session.add(draft)
    session.flush()
    decisions.rebuild(session, draft)
    audit.record(session, study.id, EventKind.ROUND_PREPARED, by=by, at=at, round=draft.number)
    return draft


def _lock(session: Session, round_: Round) -> None:
    """Take the round for ourselves: two leads who decide at once are put in a row."""
    locked(session, Round, (round_.study_id, round_.number))


def _lock_with_panel(session: Session, round_: Round) -> None:
    """Take the participations, then the round, in the order of every save: for what writes or refers to participations."""
    key = (Participation.study_id == round_.study_id, Participation.round == round_.number)
    lock_all(session, select(Participation.panelist).where(*key).order_by(Participation.panelist))
    _lock(session, round_)
