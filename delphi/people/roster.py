"""Preparing the panel: names and addresses on one side, panelists under random codes on the other."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.model.identity import Identity
from delphi.model.panel import Panelist, new_code
from delphi.model.study import Study
from delphi.protocol import groups


@dataclass(frozen=True, slots=True)
class NewPanelist:
    """A person to be invited, as a file gives one."""

    name: str
    email: str = ""  # empty: reached by a link that is handed over
    group: str | None = None
    characteristics: dict[str, str] = field(default_factory=dict)
    language: str | None = None


def add(session: Session, study: Study, new: Sequence[NewPanelist]) -> None:
    """Add people to the panel, each under a random code."""
    groups.declare(session, study, [person.group for person in new if person.group])
    # In random order: the order of rows must not tell who is who.
    people = secrets.SystemRandom().sample(list(new), len(new))
    coded = [
        (
            Panelist(
                study_id=study.id,
                id=uuid4(),
                code=new_code(),
                stakeholder_group=person.group,
                language=person.language,
            ),
            person,
        )
        for person in people
    ]
    session.add_all(panelist for panelist, _ in coded)
    session.flush()
    session.add_all(
        Identity(
            study_id=study.id,
            panelist=panelist.id,
            name=person.name,
            email=person.email.lower() or None,
            characteristics=person.characteristics,
        )
        for panelist, person in coded
    )
    session.flush()


def identity_of(session: Session, panelist: Panelist) -> Identity | None:
    """Find who a panelist is; None after the name was deleted."""
    return session.get(Identity, (panelist.study_id, panelist.id))


def characteristic_counts(session: Session, study: Study, name: str) -> dict[str, int]:
    """Count the panel by one characteristic (a country, a field of work)."""
    value = Identity.characteristics[name].as_string().label("said")
    counted = select(value, func.count()).where(Identity.study_id == study.id).group_by("said")
    return {said: n for said, n in session.execute(counted) if said}
