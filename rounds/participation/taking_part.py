"""The participation of a panelist in a round: its key, whether answers are taken, and holding it while one is saved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.access import round_numbered
from delphi.database import database_now, locked
from delphi.errors import NotFound, RoundClosed
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round
from delphi.model.study import Study
from rounds.participation import consent


@dataclass(frozen=True, slots=True)
class TakingPart:
    """The key of a participation: which panelist in which round of which study."""

    study: int
    round: int
    panelist: UUID

    @property
    def key(self) -> tuple[int, int, UUID]:
        """The primary key of the participation."""
        return (self.study, self.round, self.panelist)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns by which a table of answers names it."""
        return {"study_id": self.study, "round": self.round, "panelist": self.panelist}


def taking_part(
    session: Session, study: Study, round_: Round, panelist: Panelist, *, at: datetime
) -> TakingPart | None:
    """The participation of a panelist in a round that takes answers; None for who may not answer in it.

    Raises
    ------
    RoundClosed
        The round does not take answers any more.
    """
    part = TakingPart(study.id, round_.number, panelist.id)
    if not panelist.taking_part or consent.missing(session, study, panelist):
        return None
    if session.get(Participation, part.key) is None:
        return None
    if not round_.accepts(at=at):
        raise closed(round_.number)
    return part


def hold(session: Session, part: TakingPart) -> Participation:
    """Lock the participation, so that the saves of one panelist come one after the other."""
    participation = locked(session, Participation, part.key)
    if participation is None:
        raise NotFound
    return participation


def hold_open(session: Session, part: TakingPart) -> None:
    """Lock the round against a close, and refuse after its deadline by the database's clock; `hold` comes before."""
    round_ = locked(session, Round, (part.study, part.round), share=True)
    if round_ is None:
        raise NotFound
    if not round_.accepts(at=database_now(session)):
        raise closed(round_.number)


def takes_answers(row: Any, *, at: datetime) -> bool:
    """Whether a round of which these columns were read takes answers; `Round.accepts` says it of an object."""
    return bool(row.opened_at and not row.closed_at and row.closes_at and at < row.closes_at)


def invited_rounds(session: Session, study: Study, panelist: Panelist) -> list[Round]:
    """The rounds to which this panelist was invited, in order."""
    rounds = (
        select(Round)
        .join(Participation, (Participation.study_id == Round.study_id) & (Participation.round == Round.number))
        .where(Round.study_id == study.id, Participation.panelist == panelist.id)
    )
    return list(session.scalars(rounds.order_by(Round.number)))


def invited_round(session: Session, study: Study, panelist: Panelist, number: int) -> Round:
    """A launched round to which this panelist was invited.

    Raises
    ------
    NotFound
        There is no such round for this panelist.
    """
    round_ = round_numbered(session, study, number)
    if not round_.opened_at or session.get(Participation, (study.id, number, panelist.id)) is None:
        raise NotFound
    return round_


def closed(number: int) -> RoundClosed:
    """The error that says that the round has closed, what counts and what was not kept."""
    words = "Round %(number)s has closed. Your saved answers count; what you sent now was not saved."
    return RoundClosed(words, number=number)
