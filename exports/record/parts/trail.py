"""The audit trail with the role of each actor."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.study import Membership, Study
from exports.record.facts import AuditEvent


def audit_events(session: Session, study: Study) -> list[AuditEvent]:
    """Read every event, the oldest first."""
    events = session.execute(
        select(Event, Account.email, Membership.role)
        .outerjoin(Account, Account.id == Event.actor)
        .outerjoin(Membership, (Membership.study_id == Event.study_id) & (Membership.account == Event.actor))
        .where(Event.study_id == study.id)
        .order_by(Event.sequence)
    )
    return [
        AuditEvent(
            sequence=event.sequence,
            at=event.at,
            role=role.value if role else "",
            actor=email or "",
            kind=event.kind.value,
            data=event.data,
            previous_hash=event.previous_hash,
            hash=event.hash,
        )
        for event, email, role in events
    ]
