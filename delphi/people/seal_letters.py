"""Letters that tell the hash of a seal: to owners, and to the contact for data protection, so that it stands elsewhere."""

from typing import Any

from sqlalchemy.orm import Session

from delphi.model.account import Account
from delphi.model.seal import Seal, SealLetter
from delphi.model.study import Membership, Role, Study


def told(session: Session, study: Study, letter: SealLetter) -> tuple[str, str] | None:
    """Name and address of whom a letter tells; None if the account owns the study no more, or no contact is named."""
    if letter.account is None:
        address = study.data_protection_email
        return (study.data_protection_name or "", address) if address else None
    member = session.get(Membership, (study.id, letter.account))
    if member is None or member.role is not Role.OWNER:
        return None
    return "", session.get_one(Account, letter.account).email


def facts_of(session: Session, study: Study, letter: SealLetter) -> dict[str, Any]:
    """What the text of the letter needs."""
    seal = session.get_one(Seal, (study.id, letter.seal))
    return {"study": study, "seal": seal, "number": seal.round, "contact": letter.account is None}
