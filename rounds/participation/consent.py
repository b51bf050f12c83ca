"""Agreeing to take part, declining, and coming back."""

import difflib
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.errors import Refused
from delphi.letters import outbox
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.study import Consent, Document, Study

OPTIONAL = "(optional)"


def given(session: Session, who: Panelist) -> Consent | None:
    """Give the newest consent of a panelist."""
    mine = select(Consent).where(Consent.study_id == who.study_id, Consent.panelist == who.id)
    return session.scalars(mine.order_by(Consent.version.desc()).limit(1)).first()


def missing(session: Session, study: Study, who: Panelist) -> bool:
    """Whether this panelist still has to decide: nothing was agreed to, or the text has changed materially since."""
    if not who.taking_part:
        return False
    agreed = given(session, who)
    material = select(Document.version).where(Document.study_id == study.id, Document.material)
    needed = session.scalar(material.order_by(Document.version.desc()).limit(1))
    return agreed is None or (needed is not None and agreed.version < needed)


def required(document: Document) -> list[int]:
    """Number the items without which nobody takes part."""
    return [n for n, item in enumerate(document.items) if not item.startswith(OPTIONAL)]


class ItemsMissing(Refused):
    """Something that is required was not agreed to."""


def agree(session: Session, who: Panelist, document: Document, items: Sequence[int], *, at: datetime) -> None:
    """Agree to a version of the study information; a copy is mailed."""
    if not set(required(document)) <= set(items):
        raise ItemsMissing("Something that is required was not ticked; nothing was saved.")
    who.declined_on, who.left_because = None, ""
    if session.get(Consent, (who.study_id, who.id, document.version)) is None:
        chosen = sorted(n for n in set(items) if 0 <= n < len(document.items))
        session.add(
            Consent(study_id=who.study_id, panelist=who.id, version=document.version, items=chosen, given_on=at.date())
        )
        outbox.queue(session, LetterKind.CONSENT, who.study_id, None, [who.id], at=at, turn=document.version)
    session.flush()


def decline(session: Session, who: Panelist, *, because: str, on: date, at: datetime) -> None:
    """Leave the invitation; every letter that has not left yet stays here."""
    who.declined_on, who.left_because = on, because
    stop_mail(session, who, at=at)
    session.flush()


def come_back(session: Session, who: Panelist) -> None:
    """Take back a declining."""
    who.declined_on, who.left_because = None, ""
    session.flush()


def stop_mail(session: Session, who: Panelist, *, at: datetime) -> int:
    """Drop what is queued for a panelist and not sent; gives how many letters."""
    return outbox.drop(session, who.study_id, Letter.panelist == who.id, at=at)


def changed_paragraphs(old: str, new: str) -> Iterator[tuple[str, str]]:
    r"""Compare two versions paragraph by paragraph: ("removed" | "added" | "same", paragraph).

    Examples
    --------
    >>> list(changed_paragraphs("Why?\n\nNow.", "Why?\n\nLater."))
    [('same', 'Why?'), ('removed', 'Now.'), ('added', 'Later.')]
    """
    marks = {"- ": "removed", "+ ": "added", "  ": "same"}
    for line in difflib.ndiff(old.split("\n\n"), new.split("\n\n")):
        if line[:2] in marks:
            yield marks[line[:2]], line[2:]
