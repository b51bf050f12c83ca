"""The panel from files and back: read, compare with who is there, take all or nothing, write the same file."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.vocabulary import EVERYBODY
from delphi.database import locked
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.round import Participation
from delphi.model.study import Study
from delphi.people import roster
from delphi.people.roster import NewPanelist
from delphi.protocol import groups
from delphi.sheets.column_heads import Heads
from delphi.sheets.comparison import Changed, FileComparison, compare
from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.fields import Field, TypedRows, short, typed_rows, unique
from delphi.sheets.reading import Limits
from delphi.sheets.workbook import read_sheet

OWN = ("name", "email", "group")
HEADS = Heads(
    {
        "name": ("full name", "panelist", "participant", "expert"),
        "email": ("e-mail", "mail", "mail address", "email address", "e-mail address", "address"),
        "group": ("stakeholder group", "stakeholder", "stakeholders"),
    },
    required=("name", "email"),
)
LIMITS = Limits(rows=10_000, columns=40)

# What a letter can be addressed to without SMTPUTF8: dot-atoms (RFC 5322), and a domain in ASCII.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = rf"{ATOM}(\.{ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"


def read(data: bytes) -> TypedRows:
    """Read people from a file with their lines; `SheetError` names every cell that cannot be taken."""
    sheet = read_sheet(data, LIMITS, HEADS)
    others = [column for column in sheet.head if column and column not in OWN]
    fields = (
        # A cell may hold line breaks, a letter's head may not.
        Field("name", lambda cell: short(" ".join(cell.split()))),
        Field("email", address),
        Field("group", _group, required=False),
        *(Field(column, _characteristic, required=False) for column in others),
    )
    rows = typed_rows(sheet, fields)
    unique(rows, "email")
    return rows


def read_pasted(text: str) -> TypedRows:
    """Read what was pasted: a table with its head, or lines such as “Zoë Äß <zoe@example.org>”."""
    lines = text.splitlines()
    if any(HEADS.holds([cell.strip('"') for cell in re.split(r"[\t;,]", line)]) for line in lines[:1]):
        return read(text.encode())
    rows, errors = [], []
    for line, words in enumerate(lines, 1):
        if not words.strip():
            continue
        name, mail = parseaddr(words.strip().rstrip(",;"))
        try:
            rows.append((line, {"name": short(name or mail), "email": address(mail)}))
        except ValueError:
            errors.append(RowError(line, "", f"“{words.strip()[:60]}” is no name with a mail address"))
    if errors or not rows:
        raise SheetError(errors or [RowError(1, "", "nothing was pasted")])
    unique(rows, "email")
    return rows


def address(cell: str) -> str:
    """A mail address in small letters, if a letter can be sent to it; `ValueError` says what is wrong."""
    if not re.fullmatch(ADDRESS, cell) or len(cell) > 254:
        raise ValueError(f"“{cell}” is not a mail address" if cell else "this cell may not be empty")
    return cell.lower()


def _group(cell: str) -> str:
    if len(cell) > 60 or cell == EVERYBODY:
        raise ValueError(f"“{cell[:20]}…” cannot name a group: at most 60 characters, and not “all”")
    return cell


def _characteristic(cell: str) -> str:
    if len(cell) > 200:
        raise ValueError(f"{len(cell)} characters; at most 200 fit")
    return cell


def export(session: Session, study: Study, suffix: str, *, by: int, at: datetime) -> tuple[list[str], list[list[str]]]:
    """Write the head and the rows of the panel's file; names leave, so it is an event."""
    head, rows = as_rows(session, study)
    facts = {"report": "panel", "format": suffix, "rows": len(rows)}
    audit.record(session, study.id, EventKind.EXPORTED, by=by, at=at, **facts)
    return head, rows


def as_rows(session: Session, study: Study) -> tuple[list[str], list[list[str]]]:
    """Write the head and the rows of the panel's file, by name."""
    stored = _stored(session, study)
    others = sorted({name for row in stored.values() for name in row} - set(OWN))
    head = [*OWN, *others]
    return head, [[row.get(name) or "" for name in head] for row in stored.values()]


def _stored(session: Session, study: Study) -> dict[str, dict[str, Any]]:
    rows = session.execute(
        select(Identity.name, Identity.email, Panelist.stakeholder_group, Identity.characteristics)
        .join(Panelist, (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist))
        .where(Identity.study_id == study.id)
        .order_by(Identity.name, Identity.email)
    )
    return {
        email: characteristics | {"name": name, "email": email, "group": group}
        for name, email, group, characteristics in rows
    }


def compare_with_panel(session: Session, study: Study, rows: TypedRows) -> FileComparison:
    """Compare a file with the panel; a group that no longer can change is an error of its row."""
    comparison = compare(rows, _stored(session, study), "email")
    moved = [row for row in comparison.changed if "group" in row.columns]
    counted = _counted(session, study) if moved else set()
    errors = [
        RowError(row.line, "group", "answers of this person were counted in a closed round, so the group stays")
        for row in moved
        if row.key in counted
    ]
    if errors:
        raise SheetError(errors)
    return comparison


def _counted(session: Session, study: Study) -> set[str]:
    rows = session.scalars(
        select(Identity.email)
        .join(
            Participation, (Participation.study_id == Identity.study_id) & (Participation.panelist == Identity.panelist)
        )
        .where(Identity.study_id == study.id, Participation.counted.is_(True))
    )
    return set(rows)


def new_groups(session: Session, study: Study, comparison: FileComparison) -> list[str]:
    """List the groups that the file names and the study does not have yet."""
    known = {group.key for group in groups.groups_of(session, study)}
    rows = [values for _line, values in comparison.new] + [row.values for row in comparison.changed]
    return sorted({row["group"] for row in rows if row.get("group")} - known)


def import_panel(session: Session, study: Study, rows: TypedRows, *, by: int, at: datetime) -> FileComparison:
    """Compare a file with the panel, and take what it would change, all of it."""
    locked(session, Study, (study.id,))  # the names may be destroyed at this moment
    if study.names_destroyed_at is not None:
        raise Refused("The names of this study were destroyed, so nobody can join its panel. Nothing was changed.")
    comparison = compare_with_panel(session, study, rows)
    if not comparison.empty:
        _take(session, study, comparison, by=by, at=at)
    return comparison


def _take(session: Session, study: Study, comparison: FileComparison, *, by: int, at: datetime) -> None:
    groups.declare(session, study, [row.values["group"] for row in comparison.changed if row.columns.get("group", "")])
    roster.add(session, study, [_new(values) for _line, values in comparison.new])
    _change(session, study, comparison.changed)
    facts = {"count": len(comparison.new), "changed": len(comparison.changed)}
    audit.record(session, study.id, EventKind.PANEL_IMPORTED, by=by, at=at, **facts)


def _new(values: Mapping[str, Any]) -> NewPanelist:
    characteristics = {name: value for name, value in values.items() if name not in OWN and value}
    return NewPanelist(values["name"], values["email"], values.get("group") or None, characteristics)


def _change(session: Session, study: Study, changed: tuple[Changed, ...]) -> None:
    emails = [row.key for row in changed]
    people = {
        person.email: (person, panelist)
        for person, panelist in session.execute(
            select(Identity, Panelist)
            .join(Panelist, (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist))
            .where(Identity.study_id == study.id, Identity.email.in_(emails))
        )
    }
    for row in changed:
        person, panelist = people[row.key]
        person.name = row.values["name"]
        if "group" in row.columns:
            panelist.stakeholder_group = row.values["group"] or None
        changes = {name: now for name, (_before, now) in row.columns.items() if name not in OWN}
        person.characteristics = {name: value for name, value in (person.characteristics | changes).items() if value}
    session.flush()
