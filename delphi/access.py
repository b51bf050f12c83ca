"""From an id in a URL to an object: who may see or change it. "Not yours" looks like "not there"."""

import hashlib
import secrets
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from delphi.errors import NotFound, Refused
from delphi.model.account import Account
from delphi.model.panel import AccessLink, Panelist, PanelistSession
from delphi.model.round import Round
from delphi.model.study import Membership, Role, Study

LARGEST_NUMBER = 2**31  # what an integer column holds; beyond it a database raises


class Capability(StrEnum):
    """What a role allows (TRUST 5.6)."""

    READ = "read"
    LEAD = "lead"
    ROSTER = "roster"
    ANALYSE = "analyse"
    MODERATE = "moderate"
    AUDIT = "audit"
    OWN = "own"
    ROWS = "rows"


CHANGING = frozenset({Capability.LEAD, Capability.ROSTER, Capability.MODERATE})
ALLOWED: dict[Role, frozenset[Capability]] = {
    Role.OWNER: frozenset(Capability) - {Capability.ROWS},
    Role.ANALYST: frozenset({Capability.READ, Capability.ANALYSE}),
    Role.PANEL_MANAGER: frozenset({Capability.READ, Capability.ROSTER}),
    Role.VIEWER: frozenset({Capability.READ}),
    Role.STATISTICIAN: frozenset({Capability.READ, Capability.ANALYSE, Capability.ROWS}),
}


def sha256(secret: str) -> str:
    """Hash a random secret: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def studies_of(session: Session, account: Account) -> list[Study]:
    """List the studies of an account, newest first."""
    query = select(Study).join(Membership, Membership.study_id == Study.id).where(Membership.account == account.id)
    return list(session.scalars(query.order_by(Study.created_at.desc(), Study.id.desc())))


def study_for(session: Session, account: Account, slug: str, *, to: Capability) -> Study:
    """Find the study of this name if the account may do this there."""
    row = session.execute(
        select(Study, Membership.role)
        .join(Membership, Membership.study_id == Study.id)
        .where(Study.slug == slug, Membership.account == account.id)
    ).first()
    if row is None or to not in ALLOWED[row.role]:
        raise NotFound
    study: Study = row[0]
    if to in CHANGING and session.info.get("writing") and (study.archived_at or study.deletion_due_at):
        raise Refused(
            "This study is archived or about to be deleted, so nothing in it changes. Its owner can undo that."
        )
    return study


def capabilities(session: Session, account: Account, study: Study) -> frozenset[Capability]:
    """List what an account may do in a study."""
    membership = session.get(Membership, (study.id, account.id))
    return ALLOWED[membership.role] if membership else frozenset()


def round_for(session: Session, account: Account, slug: str, number: int, *, to: Capability) -> tuple[Study, Round]:
    """Find a round of a study if the account may do this there."""
    study = study_for(session, account, slug, to=to)
    return study, round_numbered(session, study, number)


def round_numbered(session: Session, study: Study, number: int) -> Round:
    """Find a round of a study by its number.

    Raises
    ------
    NotFound
        The study has no such round.
    """
    round_ = session.get(Round, (study.id, number)) if number < LARGEST_NUMBER else None
    if round_ is None:
        raise NotFound
    return round_


def link_holder(session: Session, token: str) -> tuple[Study, Panelist] | None:
    """Find whose personal link this is; the hash index makes the time say nothing."""
    return _panelist(session, AccessLink, AccessLink.token_sha256 == sha256(token))


def session_holder(session: Session, grant: str | None, *, today: date) -> tuple[Study, Panelist]:
    """Find the panelist behind a browser's grant."""
    if grant is not None:
        valid = (PanelistSession.grant_sha256 == sha256(grant)) & (PanelistSession.expires_on >= today)
        if holder := _panelist(session, PanelistSession, valid):
            return holder
    raise NotFound


def _panelist(
    session: Session, key: type[AccessLink] | type[PanelistSession], condition: object
) -> tuple[Study, Panelist] | None:
    row = session.execute(
        select(Study, Panelist)
        .join(Panelist, Panelist.study_id == Study.id)
        .join(key, (key.study_id == Panelist.study_id) & (key.panelist == Panelist.id))
        .where(Panelist.withdrawn_on.is_(None), Study.names_destroyed_at.is_(None))
        .where(condition)  # type: ignore[arg-type]  # two tables share one shape
    ).first()
    return None if row is None else (row[0], row[1])


SESSION_DAYS = 180


def start_session(session: Session, study_id: int, panelist: UUID, *, today: date) -> str:
    """Let a browser in, and give its grant; nothing is recorded about the person."""
    grant = secrets.token_urlsafe(32)
    expires = today + timedelta(days=SESSION_DAYS)
    session.add(PanelistSession(study_id=study_id, grant_sha256=sha256(grant), panelist=panelist, expires_on=expires))
    return grant


def end_session(session: Session, study_id: int, grant: str) -> None:
    """Sign one browser out."""
    session.execute(
        delete(PanelistSession).where(
            PanelistSession.study_id == study_id, PanelistSession.grant_sha256 == sha256(grant)
        )
    )


def revoke_links(session: Session, study_id: int, panelist: UUID) -> None:
    """End every link and every session of a panelist."""
    for table in (AccessLink, PanelistSession):
        session.execute(delete(table).where(table.study_id == study_id, table.panelist == panelist))
