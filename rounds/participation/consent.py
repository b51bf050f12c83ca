"""Agreeing to take part, declining, and coming back."""

import difflib
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import ScalarSelect, bindparam, func, select
from sqlalchemy.orm import Session

from delphi.errors import Refused
from delphi.letters import outbox
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.study import Consent, Document, Study
from rounds.participation.progress import may_come_back, stage_of

OPTIONAL = "(optional)"


def newest(session: Session, panelist: Panelist) -> Consent | None:
    """The newest consent of a panelist."""
    consents = select(Consent).where(Consent.study_id == panelist.study_id, Consent.panelist == panelist.id)
    return session.scalars(consents.order_by(Consent.version.desc()).limit(1)).first()


def missing(session: Session, study: Study, panelist: Panelist) -> bool:
    """Whether this panelist still has to decide: nothing was agreed to, or the text has changed materially since."""
    if not panelist.taking_part:
        return False
    agreed, needed = session.execute(select(*versions()), {"study": study.id, "panelist": panelist.id}).one()
    return is_missing(agreed, needed)


def versions() -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """Ask for the newest version that a ``panelist`` agreed to, and for the newest that is to be agreed to anew."""
    agreed = select(func.max(Consent.version)).where(Consent.study_id == bindparam("study"))
    needed = select(func.max(Document.version)).where(Document.study_id == bindparam("study"), Document.material)
    return agreed.where(Consent.panelist == bindparam("panelist")).scalar_subquery(), needed.scalar_subquery()


def is_missing(agreed: int | None, needed: int | None) -> bool:
    """Whether a consent is missing, by the newest version agreed to and the newest that is to be agreed to."""
    return agreed is None or (needed is not None and agreed < needed)


def required(document: Document) -> list[int]:
    """The numbers of the items without which nobody takes part."""
    return [n for n, item in enumerate(document.items) if not item.startswith(OPTIONAL)]


class ItemsMissing(Refused):
    """Something that is required was not agreed to."""


def agree(session: Session, panelist: Panelist, document: Document, items: Sequence[int], *, at: datetime) -> None:
    """Agree to a version of the study information; a copy is mailed."""
    _refuse_too_late(session, panelist, at=at)
    if not set(required(document)) <= set(items):
        raise ItemsMissing("Something that is required was not ticked; nothing was saved.")
    panelist.declined_on, panelist.left_because = None, ""
    key = {"study_id": panelist.study_id, "panelist": panelist.id, "version": document.version}
    if session.get(Consent, key) is None:
        chosen = sorted(n for n in set(items) if 0 <= n < len(document.items))
        session.add(Consent(**key, items=chosen, given_on=at.date()))
        outbox.queue(session, LetterKind.CONSENT, panelist.study_id, None, [panelist.id], at=at, turn=document.version)
    session.flush()


def decline(session: Session, panelist: Panelist, *, because: str, on: date, at: datetime) -> None:
    """Decline to take part; every letter that has not left yet stays here."""
    panelist.declined_on, panelist.left_because = on, because
    stop_mail(session, panelist, at=at)
    session.flush()


def explain(session: Session, panelist: Panelist, because: str) -> bool:
    """Keep why a panelist declined; whether it was kept: who has not declined has nothing to explain."""
    if panelist.declined_on is None:
        return False
    panelist.left_because = because
    session.flush()
    return True


def come_back(session: Session, panelist: Panelist, *, at: datetime) -> None:
    """Take the declining back."""
    _refuse_too_late(session, panelist, at=at)
    panelist.declined_on, panelist.left_because = None, ""
    session.flush()


def _refuse_too_late(session: Session, panelist: Panelist, *, at: datetime) -> None:
    if panelist.declined_on is None:
        return
    study = session.get_one(Study, panelist.study_id)
    if not may_come_back(stage_of(session, study, at=at), panelist):
        raise Refused("The round in which you declined is over, so this can no longer be changed here.")


def stop_mail(session: Session, panelist: Panelist, *, at: datetime) -> int:
    """Drop what is queued for a panelist and not sent; how many letters that were.

    An address of before is told all the same: whoever holds a link that was sent to the new one could leave, too.
    """
    told_anyway = Letter.kind != LetterKind.ADDRESS_CHANGED
    return outbox.drop(session, panelist.study_id, Letter.panelist == panelist.id, told_anyway, at=at)


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
