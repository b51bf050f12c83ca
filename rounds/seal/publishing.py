"""Publishing the rows of a study whose panel agreed to that: once, at the finish, and for good."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.model.event import EventKind, sha256_of
from delphi.model.seal import Seal, SealKind
from delphi.model.study import Level, Study
from delphi.protocol.method import definition_of
from rounds.seal import chain, row_keeping


def publish_rows(session: Session, study: Study, *, by: int | None, at: datetime) -> Seal | None:
    """Write the rows of all rounds and chain their hash; other levels than open rows publish none."""
    numbers = [number for number in chain.seals_of(session, study.id) if number]
    if study.level is not Level.OPEN_ROWS or not numbers or are_published(session, study.id):
        return None
    people = row_keeping.publish(session, study, numbers)
    content = {"people": people, "rows_sha256": sha256_of(row_keeping.plain_rows(session, study.id))}
    seal = chain.append(session, study, max(numbers), SealKind.ROWS, content, definition=definition_of(study), at=at)
    facts = {"round": seal.round, "number": seal.number, "sha256": seal.sha256}
    audit.record(session, study.id, EventKind.ROWS_PUBLISHED, by=by, at=at, **facts)
    return seal


def are_published(session: Session, study_id: int) -> bool:
    """Whether the rows of a study are out, which nothing takes back."""
    rows = select(Seal.number).where(Seal.study_id == study_id, Seal.kind == SealKind.ROWS)
    return session.scalar(rows.limit(1)) is not None
