"""Preparing the panel: names and addresses on one side, panelists under random codes on the other."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi import audit, groups
from delphi.model.event import EventKind
from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.round import Participation
from delphi.model.study import Study
from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.typed import Field, short, typed_rows, unique
from delphi.sheets.workbook import read_sheet

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter can be mistaken for a digit

# What a letter can be addressed to without SMTPUTF8: dot-atoms (RFC 5322), and a domain in ASCII.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = rf"{ATOM}(\.{ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"


@dataclass(frozen=True, slots=True)
class NewPanelist:
    """A person to be invited, as a file gives one."""

    name: str
    email: str
    group: str | None = None
    characteristics: dict[str, str] = field(default_factory=dict)


def read(data: bytes) -> list[tuple[int, NewPanelist]]:
    """Read people from a CSV file with their lines; `SheetError` names every cell that cannot be taken."""
    sheet = read_sheet(data)
    own = ("name", "email", "group")
    others = [column for column in sheet.head if column and column not in own]
    fields = (
        Field(
            "name", lambda cell: short(" ".join(cell.split()))
        ),  # a cell may hold line breaks, a letter's head may not
        Field("email", _address),
        Field("group", _group, required=False),
        *(Field(column, required=False) for column in others),
    )
    rows = typed_rows(sheet, fields)
    unique(rows, "email")
    return [
        (
            line,
            NewPanelist(
                name=values["name"],
                email=values["email"],
                group=values.get("group"),
                characteristics={name: values[name] for name in others if values[name]},
            ),
        )
        for line, values in rows
    ]


def _address(cell: str) -> str:
    if not re.fullmatch(ADDRESS, cell) or len(cell) > 254:
        raise ValueError(f"“{cell}” is not a mail address" if cell else "this cell may not be empty")
    return cell.lower()


def _group(cell: str) -> str | None:
    if len(cell) > 60 or cell == "all":
        raise ValueError(f"“{cell[:20]}…” cannot name a group: at most 60 characters, and not “all”")
    return cell or None


def import_panel(
    session: Session, study: Study, rows: Sequence[tuple[int, NewPanelist]], *, by: int, at: datetime
) -> int:
    """Add the people of a file, all of them or none; rows carry their line."""
    known = set(session.scalars(select(Identity.email).where(Identity.study_id == study.id)))
    errors = [
        RowError(line, "email", "this address belongs to the panel already")
        for line, new in rows
        if new.email.lower() in known
    ]
    if errors:
        raise SheetError(errors)
    groups.declare(session, study, [new.group for _, new in rows if new.group])
    # In random order: the order of rows must not tell who is who.
    people = secrets.SystemRandom().sample([new for _, new in rows], len(rows))
    coded = [
        (Panelist(study_id=study.id, id=uuid4(), code=new_code(), stakeholder_group=new.group), new) for new in people
    ]
    session.add_all(panelist for panelist, _ in coded)
    session.flush()
    session.add_all(
        Identity(
            study_id=study.id,
            panelist=panelist.id,
            name=new.name,
            email=new.email.lower(),
            characteristics=new.characteristics,
        )
        for panelist, new in coded
    )
    session.flush()
    audit.record(session, study.id, EventKind.PANEL_IMPORTED, by=by, at=at, count=len(rows))
    return len(rows)


def new_code() -> str:
    """Draw a random code: never derived from anything."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def roster(session: Session, study: Study) -> list[Identity]:
    """List the people of a panel by name; answers are not here."""
    return list(session.scalars(select(Identity).where(Identity.study_id == study.id).order_by(Identity.name)))


def size(session: Session, study: Study) -> int:
    """Count the panelists who neither declined nor withdrew."""
    counted = select(func.count()).select_from(Panelist)
    here = (Panelist.declined_on.is_(None), Panelist.withdrawn_on.is_(None))
    return session.scalar(counted.where(Panelist.study_id == study.id, *here)) or 0


def characteristic_counts(session: Session, study: Study, name: str) -> dict[str, int]:
    """Count the panel by one characteristic (a country, a field of work)."""
    found: dict[str, int] = {}
    for values in session.scalars(select(Identity.characteristics).where(Identity.study_id == study.id)):
        if value := values.get(name):
            found[value] = found.get(value, 0) + 1
    return found


def submitted(session: Session, study: Study, round_number: int) -> set[str]:
    """Give the addresses of those who have finished a round, for the roster."""
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
