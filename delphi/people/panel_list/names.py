"""Names that stand on the panel twice, and people who joined after an opening."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round
from delphi.model.study import Study

MOST_NAMES = 10


def same_names(session: Session, study: Study) -> list[str]:
    """List the names that stand on the panel more than once, under two addresses."""
    name = func.lower(Identity.name)
    twice = select(func.min(Identity.name)).where(Identity.study_id == study.id).group_by(name)
    return list(session.scalars(twice.having(func.count() > 1).order_by(name).limit(MOST_NAMES)))


def names_known(session: Session, study: Study, names: Sequence[str]) -> list[str]:
    """List those of some names that the panel has already."""
    wanted = {name.lower() for name in names}
    known = select(Identity.name).where(Identity.study_id == study.id).order_by(Identity.name)
    return [name for name in session.scalars(known) if name.lower() in wanted][:MOST_NAMES]


def left(session: Session, study: Study) -> int:
    """Count those who have left: their names are deleted, so they stand on no line."""
    gone = (Panelist.study_id == study.id, Panelist.withdrawn_on.is_not(None))
    return session.scalar(select(func.count()).select_from(Panelist).where(*gone)) or 0


def not_invited(session: Session, round_: Round) -> int:
    """Count the members of the panel who are not invited to a round."""
    here = (Participation.study_id == Panelist.study_id, Participation.panelist == Panelist.id)
    invited = select(Participation.panelist).where(*here, Participation.round == round_.number).exists()
    member = (Panelist.declined_on.is_(None), Panelist.withdrawn_on.is_(None))
    query = select(func.count()).select_from(Panelist).where(Panelist.study_id == round_.study_id, *member, ~invited)
    return session.scalar(query) or 0
