"""Information and consent: versions of what a panelist reads before agreeing; a material change asks again."""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.study import Document, Study


def newest(session: Session, study_id: int) -> Document:
    """Find the version that is read now."""
    query = select(Document).filter_by(study_id=study_id).order_by(Document.version.desc()).limit(1)
    return session.scalars(query).one()


def versions(session: Session, study_id: int) -> list[Document]:
    """List every version, newest first."""
    return list(session.scalars(select(Document).filter_by(study_id=study_id).order_by(Document.version.desc())))


def begin(session: Session, study: Study, information: str, consent: str) -> Document:
    """Write the first version."""
    document = _document(study, 1, information.strip(), _lines(consent))
    session.add(document)
    return document


def _document(
    study: Study, version: int, text: str, consent: str, *, material: bool = True, reason: str = ""
) -> Document:
    return Document(
        study_id=study.id,
        version=version,
        text=text,
        consent=consent,
        material=material,
        reason=reason,
        sha256=digest(text, consent),
    )


def publish(
    session: Session,
    study: Study,
    *,
    information: str,
    consent: str,
    material: bool,
    reason: str,
    by: int,
    at: datetime,
) -> Document:
    """Publish a new version; after a material change everybody is asked for consent again."""
    before = newest(session, study.id)
    text, lines = information.replace("\r\n", "\n").strip(), _lines(consent)
    if (text, lines) == (before.text, before.consent):
        raise Refused("The texts are the same as before; nothing was published.")
    if not text or not lines:
        raise Refused("Panelists need an information text and at least one line to agree to; nothing was published.")
    return add(session, study, text, lines, material=material, reason=reason.strip(), by=by, at=at)


def add(
    session: Session,
    study: Study,
    text: str,
    consent: str,
    *,
    material: bool,
    reason: str,
    by: int | None,
    at: datetime,
) -> Document:
    """Add a version as it is; ``by`` is None where an upgrade wrote it."""
    version = newest(session, study.id).version + 1
    document = _document(study, version, text, consent, material=material, reason=reason)
    session.add(document)
    facts = {"version": document.version, "material": material, "reason": document.reason, "sha256": document.sha256}
    audit.record(session, study.id, EventKind.DOCUMENT_PUBLISHED, by=by, at=at, **facts)
    return document


def digest(information: str, consent: str) -> str:
    """Hash what is read and what is agreed to."""
    return hashlib.sha256(f"{information}\n\n{consent}".encode()).hexdigest()


def _lines(consent: str) -> str:
    """Keep one thing to agree to a line."""
    return "\n".join(line.strip() for line in consent.splitlines() if line.strip())
