"""Stakeholder groups of a study."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.model.study import StakeholderGroup, Study


def declare(session: Session, study: Study, keys: Sequence[str]) -> None:
    """Declare stakeholder groups; known ones stay as they are."""
    known = list(session.scalars(select(StakeholderGroup.key).filter_by(study_id=study.id)))
    new = [key for key in dict.fromkeys(keys) if key not in known]
    session.add_all(
        StakeholderGroup(study_id=study.id, key=key, position=position)
        for position, key in enumerate(new, len(known) + 1)
    )
    session.flush()
