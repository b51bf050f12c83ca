"""Stopping reminders by the link of a letter: it opens nothing else, and can be taken back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.errors import NotFound
from delphi.letters import tokens
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.study import Study


def holder(session: Session, token: str, secret: str) -> tuple[Study, Panelist]:
    """Find whose letter a token names.

    Raises
    ------
    NotFound
        It names none, or whoever got the letter has left.
    """
    named = tokens.read(secret, tokens.STOP, token)
    if named is None:
        raise NotFound
    query = (
        select(Study, Panelist)
        .join(Panelist, Panelist.study_id == Study.id)
        .join(Letter, (Letter.study_id == Panelist.study_id) & (Letter.panelist == Panelist.id))
        .where(Letter.study_id == named[0], Letter.id == named[1])
        .where(Panelist.withdrawn_on.is_(None), Study.names_destroyed_at.is_(None))
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def stop(panelist: Panelist, *, stopped: bool) -> None:
    """Keep whether somebody wants no more reminders; the panel is not left by it."""
    panelist.reminders_stopped = stopped
