"""The end of a study: archive it, take it back; delete it with a waiting time, undo that; wipe what is due."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from delphi import audit
from delphi.database import locked
from delphi.errors import Refused
from delphi.model.base import Base
from delphi.model.event import EventKind
from delphi.model.round import Participation, Round, State
from delphi.model.study import Study
from delphi.worker import Loop

WAITING = timedelta(days=30)
log = logging.getLogger(__name__)


def archive(session: Session, study: Study, *, by: int, at: datetime) -> None:
    """Make a study read-only."""
    _guard_running(session, study)
    if study.archived_at:
        raise Refused("The study is archived already; nothing was changed.")
    study.archived_at = at
    audit.record(session, study.id, EventKind.STUDY_ARCHIVED, by=by, at=at)


def restore(session: Session, study: Study, *, by: int, at: datetime) -> None:
    """Take a study out of the archive."""
    if not study.archived_at:
        raise Refused("The study is not archived; nothing was changed.")
    study.archived_at = None
    audit.record(session, study.id, EventKind.STUDY_RESTORED, by=by, at=at)


def ask_deletion(session: Session, study: Study, *, title: str, by: int, at: datetime) -> None:
    """Ask for the deletion of a study; until it is due, it can be undone."""
    _guard_running(session, study)
    if title.strip() != study.title:
        raise Refused("The title is not that of this study; nothing was changed. Type it as it stands above.")
    if study.deletion_due_at:
        raise Refused("The study will be deleted already; nothing was changed.")
    study.deletion_due_at = at + WAITING
    due = study.deletion_due_at.isoformat()
    audit.record(session, study.id, EventKind.DELETION_ASKED, by=by, at=at, due_at=due)


def undo_deletion(session: Session, study: Study, *, by: int, at: datetime) -> None:
    """Keep the study after all."""
    if not study.deletion_due_at:
        raise Refused("No deletion was asked for; nothing was changed.")
    study.deletion_due_at = None
    audit.record(session, study.id, EventKind.DELETION_UNDONE, by=by, at=at)


def _guard_running(session: Session, study: Study) -> None:
    rounds = session.scalars(select(Round).where(Round.study_id == study.id))
    if any(round_.state is State.OPEN for round_ in rounds):
        raise Refused("A round is open, and its panelists are still answering. Close it first; nothing was changed.")


def wipe(session: Session, study_id: int) -> None:
    """Delete a study with every row that belongs to it, and its rehearsals before it."""
    for rehearsal in session.scalars(select(Study.id).where(Study.rehearsal_of == study_id)).all():
        wipe(session, rehearsal)
    session.flush()
    # What was counted does not change, and only a study that goes as a whole takes the mark of counting back.
    session.execute(update(Participation).where(Participation.study_id == study_id).values(counted=None))
    for table in reversed(Base.metadata.sorted_tables):
        if "study_id" in table.columns:
            session.execute(delete(table).where(table.c.study_id == study_id))
    session.execute(delete(Study).where(Study.id == study_id), execution_options={"synchronize_session": False})
    session.expire_all()


def wipe_due(session: Session, *, at: datetime) -> Sequence[str]:
    """Delete the studies whose waiting time is over; the answer is their short names."""
    due = session.execute(select(Study.id, Study.slug).where(Study.deletion_due_at <= at).order_by(Study.id)).all()
    deleted = []
    for study_id, slug in due:
        study = locked(session, Study, (study_id,))
        if study is not None and study.deletion_due_at and study.deletion_due_at <= at:
            wipe(session, study_id)
            deleted.append(slug)
    return deleted


class Deleting(Loop):
    """Deletes studies whose waiting time is over, until told to stop."""

    title = "deleting"
    pause = 3600.0

    def work(self, *, at: datetime) -> bool:
        """Delete what is due, all of it; then there is nothing to do for an hour."""
        with self.database.transaction() as session:
            for slug in wipe_due(session, at=at):
                log.warning("study deleted after its waiting time: %s", slug)
        return False
