"""Writing the audit trail: the study row is locked last, so that the chain of hashes cannot fork."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.database import locked
from delphi.errors import Refused
from delphi.model.event import Event, EventKind
from delphi.model.origin import StudyImport
from delphi.model.study import Study

GENESIS = "0" * 64


def record(session: Session, study_id: int, kind: EventKind, *, by: int | None, at: datetime, **data: Any) -> Event:
    """Append one event. ``by`` is an account; a panelist's answer is never an event.

    An imported study is refused here: whatever is decided on a study is recorded, and so nothing can be.
    """
    locked(session, Study, (study_id,))
    if kind is not EventKind.EXPORTED and session.get(StudyImport, study_id) is not None:
        raise Refused("This study was imported from a bundle, so it can be read and not changed. Nothing was changed.")
    last = session.scalars(
        select(Event).where(Event.study_id == study_id).order_by(Event.sequence.desc()).limit(1)
    ).first()
    event = Event(study_id=study_id, sequence=last.sequence + 1 if last else 1, at=at, actor=by, kind=kind, data=data)
    event.seal(last.hash if last else GENESIS)
    session.add(event)
    session.flush()
    return event


def first_broken(events: list[Event]) -> int | None:
    """Find the first event that does not fit the chain: its sequence number, or None."""
    previous = GENESIS
    for number, event in enumerate(events, 1):
        if event.sequence != number or event.previous_hash != previous or event.hash != event.expected_hash():
            return number
        previous = event.hash
    return None
