"""Personal links that are asked for again."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from delphi.letters import outbox
from delphi.model.identity import Identity
from delphi.model.letter import LetterKind
from delphi.model.panel import LinkRequest


def ask(session: Session, email: str) -> None:
    """Ask for the link of an address: one row, whoever the address belongs to, so that nothing tells who is a panelist."""
    session.add(LinkRequest(email=email.strip().lower()))


def answer(session: Session, *, at: datetime) -> int:
    """Queue a letter for every panel that an asked address belongs to; the answer is how many were asked for."""
    asked = session.execute(delete(LinkRequest).returning(LinkRequest.id, LinkRequest.email)).all()
    for request, email in asked:
        people = select(Identity.study_id, Identity.panelist).where(Identity.email == email)
        for study_id, panelist in session.execute(people):
            outbox.queue(session, LetterKind.LINK, study_id, None, [panelist], at=at, turn=request.hex)
    return len(asked)
