"""The participation of a panelist in a round: its key, and holding it while an answer is written."""

from uuid import UUID

from sqlalchemy.orm import Session

from delphi.database import database_now, locked
from delphi.errors import RoundClosed
from delphi.model.round import Round

Key = tuple[int, int, UUID]  # study, round, panelist: the participation


def _accepting(session: Session, key: Key) -> None:
    """Hold the round against a close, then ask the database's clock."""
    round_ = locked(session, Round, key[:2], share=True)
    if round_ is None or not round_.accepts(at=database_now(session)):
        raise closed(round_)


def closed(round_: Round | None) -> RoundClosed:
    """Say that the round has closed, what counts and what was not kept."""
    if round_ is None:
        return RoundClosed("The round has closed. Your saved answers count; what you sent now was not saved.")
    words = "Round %(number)s has closed. Your saved answers count; what you sent now was not saved."
    return RoundClosed(words, number=round_.number)
