"""The audit trail of a study as it is read, verified and written out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.model.account import Account
from delphi.model.event import Event, EventKind
from delphi.model.study import Study

COLUMNS = ("sequence", "at", "by", "kind", "data", "previous_hash", "hash")


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """An event of the trail with the mail address of whoever decided it; a panelist's own correction has none."""

    event: Event
    email: str | None


def _events(study: Study, kind: EventKind | None = None) -> Select[Event, str]:
    query = select(Event, Account.email).outerjoin(Account, Account.id == Event.actor)
    query = query.where(Event.study_id == study.id)
    return query if kind is None else query.where(Event.kind == kind)


def count(session: Session, study: Study, kind: EventKind | None) -> int:
    """Count the events, of one kind or of all."""
    return session.scalar(select(func.count()).select_from(_events(study, kind).subquery())) or 0


def newest(
    session: Session, study: Study, kind: EventKind | None = None, *, most: int, offset: int = 0
) -> list[AuditEvent]:
    """List events, the newest first."""
    query = _events(study, kind).order_by(Event.sequence.desc()).limit(most).offset(offset)
    return [AuditEvent(event, email) for event, email in session.execute(query)]


def kinds(session: Session, study: Study) -> Sequence[EventKind]:
    """List the kinds of events that the trail of a study holds."""
    query = select(Event.kind).where(Event.study_id == study.id).distinct().order_by(Event.kind)
    return session.scalars(query).all()


def first_broken(session: Session, study: Study) -> int | None:
    """Verify the chain; the answer is the number of the first event that does not fit, or None."""
    query = select(Event).where(Event.study_id == study.id).order_by(Event.sequence)
    return audit.first_broken(list(session.scalars(query)))


def export(session: Session, study: Study, suffix: str, *, by: int, at: datetime) -> list[list[Any]]:
    """Write the whole trail as rows of `COLUMNS`, for a stranger to verify; the download is its last event."""
    audit.record(session, study.id, EventKind.EXPORTED, by=by, at=at, report="audit trail", format=suffix)
    return [_row(event, email) for event, email in session.execute(_events(study).order_by(Event.sequence))]


def _row(event: Event, email: str | None) -> list[Any]:
    data = json.dumps(event.data, sort_keys=True, ensure_ascii=False)
    who = email or ""
    return [event.sequence, event.at.isoformat(), who, event.kind.value, data, event.previous_hash, event.hash]
