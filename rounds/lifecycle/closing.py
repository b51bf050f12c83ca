"""The worker that closes rounds: some hours after their deadline, in which the lead may still extend or close them."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.database import locked
from delphi.model.round import Round, State
from delphi.model.study import Study
from delphi.worker import Loop
from rounds.lifecycle import lifecycle

log = logging.getLogger(__name__)


def closes_itself_at(study: Study, round_: Round) -> datetime | None:
    """When the server closes an open round, if the lead neither extends nor closes it before."""
    if round_.state is not State.OPEN or round_.closes_at is None:
        return None
    return round_.closes_at + timedelta(hours=study.closing_hours)


def due(session: Session, *, at: datetime) -> Sequence[tuple[int, int]]:
    """List the rounds that nobody has closed in time; a rehearsal is closed by hand."""
    running = (
        select(Study, Round)
        .join(Round, Round.study_id == Study.id)
        .where(Round.opened_at.is_not(None), Round.closed_at.is_(None), Round.closes_at <= at)
        .where(Study.rehearsal_of.is_(None))
        .order_by(Study.id)
    )
    return [
        (round_.study_id, round_.number) for study, round_ in session.execute(running) if _is_due(study, round_, at)
    ]


def _is_due(study: Study, round_: Round, at: datetime) -> bool:
    moment = closes_itself_at(study, round_)
    return moment is not None and moment <= at


class Closing(Loop):
    """Closes the rounds whose time is over; they are counted by `rounds.seal.worker`."""

    title = "closing"
    pause = 60.0

    def work(self, *, at: datetime) -> bool:
        """Close what is due, each round by itself: one that fails is logged, and keeps none of the others waiting."""
        with self.database.transaction(writing=False) as session:
            rounds = due(session, at=at)
        for key in rounds:
            try:
                self._close(*key, at=at)
            except Exception:
                log.exception("round not closed: study %s, round %s", *key)
        return False

    def _close(self, study_id: int, number: int, *, at: datetime) -> None:
        with self.database.transaction() as session:
            round_ = locked(session, Round, (study_id, number))
            study = session.get_one(Study, study_id)
            if round_ is not None and _is_due(study, round_, at):
                lifecycle.end_answers(session, study, round_, by=None, at=at)
