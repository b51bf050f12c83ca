"""Whether much of a panel is asked much the same in another study of this server: two results tell more than one.

`rounds/` launches and may not know names, so the application hands `asked_twice` to the page.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from delphi.model.identity import Identity
from delphi.model.statement import StatementVersion
from delphi.model.study import Study


def asked_twice(session: Session, study: Study) -> bool:
    """Whether another study shares half of the addresses of this panel, and half of the wordings."""
    return any(_share_wordings(session, study.id, other) for other in _sharing_addresses(session, study.id))


def _sharing_addresses(session: Session, study_id: int) -> list[int]:
    """The studies in which half of this panel's addresses stand, too."""
    here, there = aliased(Identity), aliased(Identity)
    shared = (
        select(there.study_id, func.count())
        .join(here, (here.email == there.email) & (here.study_id == study_id))
        .where(there.study_id != study_id)
        .group_by(there.study_id)
        .order_by(there.study_id)
    )
    size = session.scalar(select(func.count()).select_from(Identity).where(Identity.study_id == study_id)) or 0
    return [other for other, n in session.execute(shared) if 2 * n >= size]


def _share_wordings(session: Session, study_id: int, other: int) -> bool:
    mine, theirs = (
        set(session.scalars(select(func.lower(StatementVersion.text)).where(StatementVersion.study_id == key)))
        for key in (study_id, other)
    )
    return bool(mine) and 2 * len(mine & theirs) >= len(mine)
