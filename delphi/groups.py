"""Stakeholder groups of a study."""

from collections.abc import Container, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.model.study import StakeholderGroup, Study


def declare(
    session: Session,
    study: Study,
    keys: Sequence[str],
    *,
    targets: Mapping[str, int] | None = None,
    public: Container[str] = (),
) -> None:
    """Declare stakeholder groups; known ones stay as they are."""
    known = [group.key for group in groups_of(session, study)]
    new = [key for key in dict.fromkeys(keys) if key not in known]
    session.add_all(
        StakeholderGroup(
            study_id=study.id, key=key, position=position, target=(targets or {}).get(key), public=key in public
        )
        for position, key in enumerate(new, len(known) + 1)
    )
    session.flush()


def groups_of(session: Session, study: Study) -> list[StakeholderGroup]:
    """List the groups in their order."""
    declared = select(StakeholderGroup).filter_by(study_id=study.id).order_by(StakeholderGroup.position)
    return list(session.scalars(declared))
