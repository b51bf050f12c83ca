"""Stakeholder groups of a study."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.database import remembered
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.panel import Panelist
from delphi.model.round import invited
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
    present = groups_of(session, study)
    known, last = [group.key for group in present], max((group.position for group in present), default=0)
    new = [key for key in dict.fromkeys(keys) if key not in known]
    if new:
        refuse_after_invitation(session, study)
    session.add_all(
        StakeholderGroup(
            study_id=study.id, key=key, position=position, target=(targets or {}).get(key), public=key in public
        )
        for position, key in enumerate(new, last + 1)
    )
    session.flush()


def refuse_after_invitation(session: Session, study: Study) -> None:
    """Refuse to change which groups there are, once the panel was invited: results by group were promised on them."""
    if invited(session, study):
        raise Refused(
            "The panel was invited, so groups are not added, renamed or removed, and who chooses them stays; nothing was "
            "changed."
        )


def groups_of(session: Session, study: Study) -> list[StakeholderGroup]:
    """List the groups in their order."""
    known = remembered(session, "groups")
    if study.id not in known:
        declared = select(StakeholderGroup).filter_by(study_id=study.id).order_by(StakeholderGroup.position)
        known[study.id] = list(session.scalars(declared))
    found: list[StakeholderGroup] = known[study.id]
    return found


@dataclass(frozen=True, slots=True)
class WantedGroup:
    """A group as the lead wants it."""

    key: str
    target: int | None = None
    public: bool = False


def write(session: Session, study: Study, wanted: Sequence[WantedGroup], *, by: int, at: datetime) -> None:
    """Write the groups anew; one that people belong to cannot go."""
    known = {group.key: group for group in groups_of(session, study)}
    removed = known.keys() - {group.key for group in wanted}
    if removed or {group.key for group in wanted} - known.keys():
        refuse_after_invitation(session, study)
    used = session.scalars(
        select(Panelist.stakeholder_group)
        .where(Panelist.study_id == study.id, Panelist.stakeholder_group.in_(removed))
        .distinct()
    ).all()
    if used:
        raise Refused(
            "People belong to %(groups)s, so it stays; nothing was changed.",
            groups=", ".join(sorted(filter(None, used))),
        )
    for key in removed:
        session.delete(known[key])
    session.flush()
    declare(session, study, [group.key for group in wanted])
    for group in groups_of(session, study):
        now = next(one for one in wanted if one.key == group.key)
        group.target, group.public = now.target, now.public
    session.flush()
    audit.record(session, study.id, EventKind.GROUPS_CHANGED, by=by, at=at, groups=[asdict(one) for one in wanted])


def sizes(session: Session, study: Study) -> dict[str | None, int]:
    """Count the panel by group, without those who declined or left."""
    known = remembered(session, "group_sizes")
    if study.id not in known:
        counted = _counted(study).group_by(Panelist.stakeholder_group)
        known[study.id] = {row[0]: row[1] for row in session.execute(counted)}
    found: dict[str | None, int] = known[study.id]
    return found


def _counted(study: Study) -> Select[str | None, int]:
    here = (Panelist.declined_on.is_(None), Panelist.withdrawn_on.is_(None))
    return select(Panelist.stakeholder_group, func.count()).where(Panelist.study_id == study.id, *here)
