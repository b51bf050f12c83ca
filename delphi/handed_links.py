"""Links whose way the team chose: a session begun by one sees nothing that was given through another link.

A link that was printed, handed out, or sent to an address that the team changed may be in the team's hands. Its session
takes answers and shows what was given through the same link. Every query of such a session is narrowed here, so that a
page which forgets to ask still shows nothing.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, event, exists, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from delphi.database import remembered
from delphi.errors import Refused
from delphi.model.rating import ChangeReason, Comment, Rating
from delphi.model.round import Participation
from delphi.model.statement import StatementProposal
from delphi.translations import N_

GIVEN: tuple[Any, ...] = (Rating, Comment, ChangeReason, StatementProposal)
OF_EVERYBODY = {"of_everybody": True}  # for a query whose answer must be the same for every reader
WITHHELD = N_(
    "You answered already. This link was handed to you by the study team, so it shows nothing that you gave before: "
    "open the link from your mail to see it. Nothing was changed."
)


class Withheld(Refused):
    """What is asked for was given through another link."""

    def __init__(self) -> None:
        super().__init__(WITHHELD)


@dataclass(frozen=True, slots=True)
class HandedSession:
    """Whose session it is, and the hash of the handed link that began it."""

    link: str
    study_id: int
    panelist: UUID

    def own_rounds(self) -> Select[int]:
        """Ask for the rounds that were answered through this link only."""
        mine = select(Participation.round).where(Participation.study_id == self.study_id)
        return mine.where(Participation.panelist == self.panelist, Participation.handed_link == self.link)

    def narrowing(self) -> list[Any]:
        """What every query is narrowed by: rows of other people, and own rows of rounds answered through this link."""
        own = self.own_rounds().scalar_subquery()
        return [
            with_loader_criteria(table, or_(table.panelist != self.panelist, table.round.in_(own))) for table in GIVEN
        ]


def restrict(session: Session, link: str, study_id: int, panelist: UUID) -> None:
    """Let a session see what was given through this handed link, and nothing else of this panelist."""
    handed = HandedSession(link, study_id, panelist)
    session.info.update(handed=handed, narrowing=handed.narrowing())


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    """Narrow every query of a handed session."""
    if is_handed(state.session) and state.is_select and not state.execution_options.get("of_everybody"):
        state.statement = state.statement.options(*state.session.info["narrowing"])


def is_handed(session: Session) -> bool:
    """Whether this session was begun by a handed link."""
    return session.info.get("handed") is not None


def withheld_rounds(session: Session) -> AbstractSet[int]:
    """List the rounds in which this session's panelist gave something that it may not see."""
    handed: HandedSession | None = session.info.get("handed")
    if handed is None:
        return frozenset()
    known = remembered(session, "withheld_rounds")
    if handed not in known:
        known[handed] = frozenset(session.scalars(_withheld(handed), execution_options=OF_EVERYBODY))
    found: frozenset[int] = known[handed]
    return found


def _withheld(handed: HandedSession) -> Select[int]:
    return (
        select(Participation.round)
        .where(Participation.study_id == handed.study_id, Participation.panelist == handed.panelist)
        .where(Participation.handed_link.is_distinct_from(handed.link))
        .where(or_(Participation.submitted_on.is_not(None), *map(_given, GIVEN)))
    )


def _given(table: Any) -> ColumnElement[bool]:
    """Whether there is anything in a table that was given in a participation."""
    same_round = and_(table.study_id == Participation.study_id, table.round == Participation.round)
    return exists().where(same_round, table.panelist == Participation.panelist)


def refuse_withheld(session: Session, *rounds: int) -> None:
    """Refuse what shows or changes something that this session may not see: in these rounds, or in any."""
    hidden = withheld_rounds(session)
    if hidden and (not rounds or hidden & set(rounds)):
        raise Withheld


def admit(session: Session, round_: int) -> str | None:
    """The handed link through which a round is answered now; None for a link of the panelist's own.

    From here on all that stands in this round was given through the same link, so that it may be read without narrowing.

    Raises
    ------
    Withheld
        Something was given already through another link: it stays, and is not written over unseen.
    """
    handed: HandedSession | None = session.info.get("handed")
    refuse_withheld(session, round_)
    return handed.link if handed else None


def answer(session: Session, participation: Participation) -> None:
    """Note through which link a round is answered, before an answer is kept; the participation is locked.

    The first answer of a handed link stays visible to that link until a link of the panelist's own answers.
    """
    link = admit(session, participation.round)
    if participation.handed_link != link:
        participation.handed_link = link
        session.flush()
