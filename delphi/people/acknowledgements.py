"""Naming members of the panel: a separate choice, under a key that no query joins to an answer."""

import hmac
import re
import secrets
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from delphi.errors import Refused
from delphi.model.acknowledgement import Acknowledgement
from delphi.model.study import Study

ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def key_of(secret: str, study_id: int, panelist: UUID) -> str:
    """Make the key of a panelist's acknowledgement: only the server's secret leads from the one to the other."""
    return hmac.new(secret.encode(), f"acknowledgement/{study_id}/{panelist}".encode(), "sha256").hexdigest()


def frozen(study: Study, *, today: date) -> bool:
    """Whether the list of names can no longer be changed."""
    return study.names_destroyed_at is not None or (study.names_until is not None and today > study.names_until)


def find(session: Session, study: Study, key: str) -> Acknowledgement | None:
    """Find what was chosen; nobody is named who did not ask for it."""
    return session.get(Acknowledgement, (study.id, key))


def name(session: Session, study: Study, wanted: Acknowledgement, *, today: date) -> None:
    """Keep how somebody wants to be named."""
    _guard(study, today)
    session.merge(wanted)
    session.flush()


def decline(session: Session, study: Study, key: str, *, today: date) -> None:
    """Keep that somebody does not want to be named."""
    _guard(study, today)
    remove(session, study, key)


def _guard(study: Study, today: date) -> None:
    if frozen(study, today=today):
        raise Refused("The list of names is closed; nothing was changed. Write to the study team.")


def remove(session: Session, study: Study, key: str) -> None:
    """Take a name off the list, also off a closed one."""
    if (acknowledgement := find(session, study, key)) is not None:
        session.delete(acknowledgement)
        session.flush()


def named(session: Session, study: Study) -> list[Acknowledgement]:
    """List who wants to be named, by name; the order of the keys says nothing."""
    listed = session.scalars(select(Acknowledgement).where(Acknowledgement.study_id == study.id))
    return sorted(listed, key=lambda one: (one.name.casefold(), one.affiliation))


def detach(session: Session, study: Study) -> None:
    """Put a random key in the place of each: then the server's secret leads from nobody's code to a name."""
    keys = session.scalars(select(Acknowledgement.key).where(Acknowledgement.study_id == study.id)).all()
    for key in keys:
        row = (Acknowledgement.study_id == study.id) & (Acknowledgement.key == key)
        session.execute(update(Acknowledgement).where(row).values(key=secrets.token_hex(32)))


def valid_orcid(text: str) -> bool:
    """Check form and check digit of an ORCID (ISO 7064, mod 11-2).

    Examples
    --------
    >>> valid_orcid("0000-0002-1825-0097"), valid_orcid("0000-0002-1825-0098")
    (True, False)
    """
    if not ORCID.fullmatch(text):
        return False
    total = 0
    for digit in text.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == text[-1]
