"""Tells the team once, three days before a deadline, that fewer than half of the invited have finished."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.access import ALLOWED, Capability
from delphi.letters import outbox
from delphi.model.letter import TeamLetter, TeamLetterKind
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.worker import Loop
from rounds.lifecycle import monitor

BEFORE, AFTER_OPENING = timedelta(days=3), timedelta(days=1)
TOLD = [role for role, may in ALLOWED.items() if Capability.ROSTER in may]


def due(session: Session, *, at: datetime) -> list[tuple[int, int]]:
    """List the open rounds whose deadline is near and whose team was not told."""
    running = select(Round).where(Round.opened_at < at - AFTER_OPENING, Round.closed_at.is_(None))
    near = running.where(Round.closes_at > at, Round.closes_at <= at + BEFORE)
    rounds = session.scalars(near.join(Study, Study.id == Round.study_id).where(Study.rehearsal_of.is_(None)))
    return [(one.study_id, one.number) for one in rounds if not _was_told(session, one)]


def _was_told(session: Session, round_: Round) -> bool:
    told = select(TeamLetter.id).filter_by(study_id=round_.study_id, kind=TeamLetterKind.RESPONSE_ALARM)
    return session.scalar(told.where(TeamLetter.about.startswith(f"{round_.number}:")).limit(1)) is not None


def tell(session: Session, study: Study, round_: Round, *, at: datetime) -> bool:
    """Tell the team, if the monitor shows that few have finished; a number that it hides is told nowhere."""
    seen = monitor.monitor(session, study, round_, at=at)
    finished = seen.classes["submitted"].n
    if finished is None or 2 * finished >= seen.invited:
        return False
    about = f"{round_.number}:{finished}:{seen.invited}"
    outbox.queue_for_team(session, TeamLetterKind.RESPONSE_ALARM, study.id, TOLD, at=at, about=about)
    return True


class ResponseAlarm(Loop):
    """Looks once an hour at the rounds that close soon."""

    title = "response alarm"
    pause = 3600.0

    def work(self, *, at: datetime) -> bool:
        """Tell of each round in a transaction of its own."""
        with self.database.transaction(writing=False) as session:
            rounds = due(session, at=at)
        for study_id, number in rounds:
            with self.database.transaction() as session:
                round_ = session.get_one(Round, (study_id, number))
                tell(session, session.get_one(Study, study_id), round_, at=at)
        return False
