"""Plain facts of a study: what it is called, who answers questions, what panelists are asked about themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi import audit
from delphi.model.event import EventKind
from delphi.model.study import Study
from delphi.protocol import groups


def change(session: Session, study: Study, wanted: Mapping[str, Any], *, by: int, at: datetime) -> list[str]:
    """Write facts by column of the study, with one event that names what changed; the answer is those names."""
    changed = sorted(name for name, value in wanted.items() if getattr(study, name) != value)
    if "group_chosen" in changed:
        groups.refuse_after_invitation(session, study)
    for name in changed:
        setattr(study, name, wanted[name])
    if changed:
        audit.record(session, study.id, EventKind.STUDY_CHANGED, by=by, at=at, changed=changed)
    return changed
