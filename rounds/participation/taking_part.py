"""The participation of a panelist in a round: its key, whether answers are taken, and holding it while one is saved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
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


def _standing() -> Any:
    """Ask for the round launched last, whether a panelist was invited to it, and the versions of consent."""
    launched = select(func.max(Round.number)).where(Round.study_id == bindparam("study"), Round.opened_at.is_not(None))
    own = (Participation.study_id == Round.study_id, Participation.round == Round.number)
    joined = and_(*own, Participation.panelist == bindparam("panelist"))
    query: Any = select(Round, Participation.panelist, *consent.versions()).outerjoin(Participation, joined)
    return query.where(Round.study_id == bindparam("study"), Round.number == launched.scalar_subquery())


STANDING = _standing()


def latest_taking_part(
    session: Session, study: Study, panelist: Panelist, *, at: datetime
) -> tuple[Round, TakingPart | None] | None:
    """The round launched last, with the participation of a panelist: none for who may not answer in it.

    Raises
    ------
    RoundClosed
        The round does not take answers any more.
    """
    row = session.execute(STANDING, {"study": study.id, "panelist": panelist.id}).one_or_none()
    if row is None:
        return None
    round_, invited, agreed, needed = row
    if not panelist.taking_part or consent.is_missing(agreed, needed) or invited is None:
        return round_, None
    if not round_.accepts(at=at):
        raise closed(round_.number)
    return round_, TakingPart(study.id, round_.number, panelist.id)


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
