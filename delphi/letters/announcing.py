"""Letters to the panel that a lead decides to send: news, results, thanks, the end of the study, being named.

They go to everybody who was invited and has not left, so that getting one tells nothing of who has answered.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.database import locked
from delphi.errors import Refused
from delphi.letters import content, outbox
from delphi.model.event import EventKind
from delphi.model.letter import PERSONAL, Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, latest_round
from delphi.model.study import Study

ANNOUNCED = (
    LetterKind.NEWS,
    LetterKind.THANKS,
    LetterKind.RESULTS,
    LetterKind.FINISHED,
    LetterKind.ACKNOWLEDGEMENT,
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A letter that can be sent now: of which round, and to how many who have not had it."""

    kind: LetterKind
    round: int | None
    people: int


def possible(session: Session, study: Study, *, at: datetime) -> list[Announcement]:
    """List the letters that fit where the study stands, each with how many it would reach."""
    fitting = _fitting(session, study, at=at)
    if not fitting:
        return []
    counts = [select(func.count()).select_from(_people(study, *one).subquery()).scalar_subquery() for one in fitting]
    reached = session.execute(select(*counts)).one()
    return [Announcement(*one, n) for one, n in zip(fitting, reached, strict=True)]


def _fitting(session: Session, study: Study, *, at: datetime) -> list[tuple[LetterKind, int | None]]:
    last = latest_round(session, study)
    if last is None or last.closed_at is None:
        return []
    kinds = [kind for kind in ANNOUNCED if content.fits(session, study, kind, last, at=at)]
    return [(kind, None if kind in PERSONAL else last.number) for kind in kinds]


def _people(study: Study, kind: LetterKind, number: int | None) -> Select[UUID]:
    """Ask who was invited, has not left, and has no such letter."""
    own = (Participation.study_id == Panelist.study_id, Participation.panelist == Panelist.id)
    invited = select(Participation.panelist).where(*own)
    if number is not None:
        invited = invited.where(Participation.round == number)
    had = select(Letter.id).where(Letter.study_id == Panelist.study_id, Letter.panelist == Panelist.id)
    had = had.where(Letter.kind == kind, Letter.round.is_(None) if number is None else Letter.round == number)
    panel = select(Panelist.id).where(Panelist.study_id == study.id, invited.exists(), ~had.exists())
    return panel.where(Panelist.declined_on.is_(None), Panelist.withdrawn_on.is_(None)).order_by(Panelist.id)


def announce(session: Session, study: Study, kind: str, *, by: int, at: datetime) -> int:
    """Send a letter to everybody who has not had it; how many letters leave.

    Raises
    ------
    Refused
        It does not fit where the study stands.
    """
    locked(session, Study, (study.id,))
    found = next((one for one in _fitting(session, study, at=at) if one[0].value == kind), None)
    if found is None:
        raise Refused("This letter does not fit where the study stands. Nothing was sent.")
    people = session.scalars(_people(study, *found)).all()
    outbox.queue(session, found[0], study.id, found[1], people, at=at)
    if people:
        facts = {"letter": kind, "round": found[1], "count": len(people)}
        audit.record(session, study.id, EventKind.LETTERS_QUEUED, by=by, at=at, **facts)
    return len(people)
