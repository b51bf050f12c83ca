"""Whether much of a panel is asked much the same in another study of this server: two results tell more than one.

`rounds/` launches and may not know names, so the application hands `asked_twice` to the page.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from delphi.model.identity import Identity
from delphi.model.statement import StatementVersion
from delphi.model.study import Study


def asked_twice(session: Session, study: Study) -> bool:
    """Whether another study shares half of the addresses of this panel, and half of the wordings: one statement of SQL."""
    here, there = aliased(Identity), aliased(Identity)
    size = select(func.count()).select_from(Identity).where(Identity.study_id == study.id).scalar_subquery()
    mine, theirs = aliased(StatementVersion), aliased(StatementVersion)
    words = func.lower(mine.text)
    wordings = select(func.count(words.distinct())).where(mine.study_id == study.id)
    known = select(func.lower(theirs.text)).where(theirs.study_id == there.study_id).correlate(there)
    common = wordings.where(words.in_(known)).correlate(there).scalar_subquery()
    shared = (
        select(there.study_id)
        .join(here, (here.email == there.email) & (here.study_id == study.id))
        .where(there.study_id != study.id)
        .group_by(there.study_id)
        .having(2 * func.count() >= size)
        .having(common > 0)
        .having(2 * common >= wordings.scalar_subquery())
    )
    return session.scalar(shared.limit(1)) is not None
