"""How many people the desk of a draft round tells of, counted by the database in one statement: nobody is listed."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from delphi.database import remembered
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round
from delphi.model.study import Study
from delphi.protocol import groups
from rounds.lifecycle.invitations import TAKING_PART


@dataclass(frozen=True, slots=True)
class Responded:
    """How many were invited to a round, and how many of them submitted."""

    invited: int
    submitted: int


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many a launch would invite, how many of them for the first time, and who responded in the round before."""

    panel: int
    joining: int
    before: Responded


def headcount(session: Session, study: Study, draft: Round) -> Headcount:
    """Count the people of a draft round; to a first round all are new."""
    if draft.number <= 1:
        everybody = sum(groups.sizes(session, study).values())
        return Headcount(everybody, everybody, Responded(0, 0))
    known = remembered(session, "headcount")
    key = (draft.study_id, draft.number)
    if key not in known:
        member = (Panelist.study_id == draft.study_id, TAKING_PART)
        here = (Participation.study_id == Panelist.study_id, Participation.panelist == Panelist.id)
        asked = select(Participation.panelist).where(*here).exists()  # with a column of the index: SQLite then uses it
        panel = select(func.count()).select_from(Panelist).where(*member)
        counted = _responded(draft.study_id, draft.number - 1).subquery()
        row = session.execute(
            select(
                panel.scalar_subquery(), panel.where(~asked).scalar_subquery(), counted.c.invited, counted.c.submitted
            )
        ).one()
        known[key] = Headcount(row[0], row[1], Responded(row.invited, row.submitted))
    found: Headcount = known[key]
    return found


def responded(session: Session, round_: Round) -> Responded:
    """Count who was invited to a round, and who submitted."""
    row = session.execute(_responded(round_.study_id, round_.number)).one()
    return Responded(row.invited, row.submitted)


def _responded(study_id: int, number: int) -> Select[int, int]:
    counts = (func.count().label("invited"), func.count(Participation.submitted_on).label("submitted"))
    return select(*counts).where(Participation.study_id == study_id, Participation.round == number)
