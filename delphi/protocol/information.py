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
    """Give the version that is read now."""
    found = select(Document).filter_by(study_id=study_id).order_by(Document.version.desc()).limit(1)
    return session.scalars(found).one()


def versions(session: Session, study_id: int) -> list[Document]:
    """List every version, newest first."""
    return list(session.scalars(select(Document).filter_by(study_id=study_id).order_by(Document.version.desc())))


def begin(session: Session, study: Study, information: str, consent: str) -> Document:
    """Write the first version."""
    made = Document(
        study_id=study.id,
        version=1,
        text=information.strip(),
        consent=_lines(consent),
        sha256=digest(information.strip(), _lines(consent)),
    )
    session.add(made)
    return made


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
    made = Document(
        study_id=study.id,
        version=before.version + 1,
        text=text,
        consent=lines,
        material=material,
        reason=reason.strip(),
        sha256=digest(text, lines),
    )
    session.add(made)
    facts = {"version": made.version, "material": material, "reason": made.reason, "sha256": made.sha256}
    audit.record(session, study.id, EventKind.DOCUMENT_PUBLISHED, by=by, at=at, **facts)
    return made


def digest(information: str, consent: str) -> str:
    """Hash what is read and what is agreed to."""
    return hashlib.sha256(f"{information}\n\n{consent}".encode()).hexdigest()


def _lines(consent: str) -> str:
    """Keep one thing to agree to a line."""
    return "\n".join(line.strip() for line in consent.splitlines() if line.strip())
