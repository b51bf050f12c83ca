"""Preparing the panel: names and addresses on one side, panelists under random codes on the other."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist, new_code
from delphi.model.round import Participation, Round
from delphi.model.study import Study, Turnout
from delphi.protocol import groups


@dataclass(frozen=True, slots=True)
class NewPanelist:
    """A person to be invited, as a file gives one."""

    name: str
    email: str
    group: str | None = None
    characteristics: dict[str, str] = field(default_factory=dict)


def add(session: Session, study: Study, new: Sequence[NewPanelist]) -> None:
    """Add people to the panel, each under a random code."""
    groups.declare(session, study, [person.group for person in new if person.group])
    # In random order: the order of rows must not tell who is who.
    people = secrets.SystemRandom().sample(list(new), len(new))
    coded = [
        (Panelist(study_id=study.id, id=uuid4(), code=new_code(), stakeholder_group=person.group), person)
        for person in people
    ]
    session.add_all(panelist for panelist, _ in coded)
    session.flush()
    session.add_all(
        Identity(
            study_id=study.id,
            panelist=panelist.id,
            name=person.name,
            email=person.email.lower(),
            characteristics=person.characteristics,
        )
        for panelist, person in coded
    )
    session.flush()


def roster(session: Session, study: Study) -> list[Identity]:
    """List the people of a panel by name; answers are not here."""
    return list(session.scalars(select(Identity).where(Identity.study_id == study.id).order_by(Identity.name)))


def identity_of(session: Session, panelist: Panelist) -> Identity | None:
    """Find who a panelist is; None after the name was deleted."""
    return session.get(Identity, (panelist.study_id, panelist.id))


def size(session: Session, study: Study) -> int:
    """Count the panelists who neither declined nor withdrew."""
    counted = select(func.count()).select_from(Panelist)
    here = (Panelist.declined_on.is_(None), Panelist.withdrawn_on.is_(None))
    return session.scalar(counted.where(Panelist.study_id == study.id, *here)) or 0


def characteristic_counts(session: Session, study: Study, name: str) -> dict[str, int]:
    """Count the panel by one characteristic (a country, a field of work)."""
    rows = session.scalars(select(Identity.characteristics).where(Identity.study_id == study.id))
    return dict(Counter(values[name] for values in rows if values.get(name)))


class Standing(StrEnum):
    """What the team reads of a person in the round that was opened last."""

    FINISHED = "finished"
    NOT_FINISHED = "not_finished"
    INVITED = "invited"
    RETURNED = "returned"  # the mail server refused the invitation
    DECLINED = "declined"
    NOT_INVITED = "not_invited"


def standings(session: Session, study: Study, round_: Round, *, today: date) -> dict[str, Standing]:
    """Tell of everybody by address where they stand in a round, as far as the study's turnout setting allows."""
    if study.turnout is Turnout.SHOWN:
        done = submitted(session, study, round_.number)
        people = session.scalars(select(Identity.email).where(Identity.study_id == study.id))
        return {email: Standing.FINISHED if email in done else Standing.NOT_FINISHED for email in people}
    rows = _kept(session, study, round_)
    missing = _missing(rows, today, study.smallest_cell)
    return {row.email: _standing(row, missing=row.email in missing) for row in rows}


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is known of one person, before it is decided what may be told."""

    email: str
    invited: bool
    submitted_on: date | None
    declined: bool
    returned: bool


def _kept(session: Session, study: Study, round_: Round) -> list[_Kept]:
    here = (Participation.study_id == Identity.study_id) & (Participation.panelist == Identity.panelist)
    refused = select(Letter.panelist).where(Letter.study_id == study.id, Letter.round == round_.number)
    refused = refused.where(Letter.kind == LetterKind.INVITATION, Letter.failed_at.is_not(None))
    returned = set(session.scalars(refused))
    facts = (Identity.email, Participation.round.is_not(None), Participation.submitted_on)
    rows = session.execute(
        select(*facts, Panelist.declined_on.is_not(None), Panelist.id)
        .join(Panelist, (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist))
        .outerjoin(Participation, here & (Participation.round == round_.number))
        .where(Identity.study_id == study.id)
    )
    return [_Kept(email, invited, on, declined, who in returned) for email, invited, on, declined, who in rows]


def _missing(rows: Sequence[_Kept], today: date, k: int) -> set[str]:
    """The addresses of those who had not finished by yesterday: told where they are many, and so are the others."""
    asked = [row for row in rows if row.invited and not row.declined]
    done = {row.email for row in asked if row.submitted_on is not None and row.submitted_on < today}
    missing = {row.email for row in asked} - done
    return missing if len(missing) >= k and len(done) >= k else set()


def _standing(row: _Kept, *, missing: bool) -> Standing:
    if row.declined:
        return Standing.DECLINED
    if missing:
        return Standing.NOT_FINISHED
    if row.returned:
        return Standing.RETURNED
    return Standing.INVITED if row.invited else Standing.NOT_INVITED


def submitted(session: Session, study: Study, round_number: int) -> set[str]:
    """List the addresses of those who have finished a round, for the roster."""
    rows = session.scalars(
        select(Identity.email)
        .join(
            Participation, (Participation.study_id == Identity.study_id) & (Participation.panelist == Identity.panelist)
        )
        .where(
            Identity.study_id == study.id, Participation.round == round_number, Participation.submitted_on.is_not(None)
        )
    )
    return set(rows)
