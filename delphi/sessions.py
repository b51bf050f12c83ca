"""The browsers of panelists: a grant each, ended one by one or all at once."""

import secrets
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from delphi.access import sha256
from delphi.model.panel import AccessLink, PanelistSession

SESSION_DAYS = 180


def start(session: Session, study_id: int, panelist: UUID, *, today: date) -> str:
    """Let a browser in, and give its grant; nothing is recorded about the person."""
    grant = secrets.token_urlsafe(32)
    expires = today + timedelta(days=SESSION_DAYS)
    session.add(PanelistSession(study_id=study_id, grant_sha256=sha256(grant), panelist=panelist, expires_on=expires))
    return grant


def end(session: Session, study_id: int, grant: str) -> None:
    """Sign one browser out."""
    session.execute(
        delete(PanelistSession).where(
            PanelistSession.study_id == study_id, PanelistSession.grant_sha256 == sha256(grant)
        )
    )


def revoke(session: Session, study_id: int, panelist: UUID) -> None:
    """End every link and every session of a panelist."""
    for table in (AccessLink, PanelistSession):
        session.execute(delete(table).where(table.study_id == study_id, table.panelist == panelist))
