"""The panel from files and back: compare with who is there, take what can be, write the same file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.database import locked
from delphi.errors import Refused
from delphi.model.event import Event, EventKind
from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.round import Participation, invited
from delphi.model.study import Study
from delphi.people import roster
from delphi.people.panel_files import reading
from delphi.people.panel_files.reading import PanelChoices
from delphi.people.roster import NewPanelist
from delphi.protocol import groups
from delphi.sheets.comparison import Changed, FileComparison, compare
from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.fields import TypedRows

OWN = ("name", "email", "group")
LANGUAGE = "language"
WHO = "who"  # the key of a row: its address, or the name of whoever has none


def read(data: bytes, choices: PanelChoices | None = None) -> reading.PanelFile:
    """Read people from a file or a paste, as `reading.read` does."""
    return reading.read(data, choices)


def export(session: Session, study: Study, suffix: str, *, by: int, at: datetime) -> tuple[list[str], list[list[str]]]:
    """Write the head and the rows of the panel's file; names leave, so it is an event."""
    head, rows = as_rows(session, study)
    facts = {"report": "panel", "format": suffix, "rows": len(rows)}
    audit.record(session, study.id, EventKind.EXPORTED, by=by, at=at, **facts)
    return head, rows


def as_rows(session: Session, study: Study) -> tuple[list[str], list[list[str]]]:
    """Write the head and the rows of the panel's file, by name."""
    stored = _stored(session, study)
    others = sorted({name for row in stored.values() for name in row} - {*OWN, LANGUAGE})
    spoken = [LANGUAGE] if any(row[LANGUAGE] for row in stored.values()) else []
    head = [*OWN, *spoken, *others]
    return head, [[row.get(name) or "" for name in head] for row in stored.values()]


def _stored(session: Session, study: Study) -> dict[str, dict[str, Any]]:
    rows = session.execute(
        select(Identity.name, Identity.email, Panelist.stakeholder_group, Panelist.language, Identity.characteristics)
        .join(Panelist, (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist))
        .where(Identity.study_id == study.id)
        .order_by(Identity.name, Identity.email)
    )
    return {
        key_of(name, email): characteristics | {"name": name, "email": email, "group": group, LANGUAGE: language}
        for name, email, group, language, characteristics in rows
    }


def key_of(name: str, email: str | None) -> str:
    """By what a person is known to a file again: the address, or the name of whoever has none (no address has a space).

    Examples
    --------
    >>> key_of("Zoë", "zoe@x.org"), key_of("Zoë", None)
    ('zoe@x.org', 'Zoë (no address)')
    """
    return email or f"{name} (no address)"


def compare_with_panel(session: Session, study: Study, rows: TypedRows) -> tuple[FileComparison, list[RowError]]:
    """Compare a file with the panel, and name the rows whose group cannot be taken: they are left out.

    Raises
    ------
    SheetError
        Nothing but such rows is in the file.
    """
    keyed = [(line, row | {WHO: key_of(row["name"], row["email"])}) for line, row in _grouped(session, study, rows)]
    comparison = compare(keyed, _stored(session, study), WHO)
    errors = _fixed(session, study, comparison) + _late(session, study, comparison)
    lines = {error.line for error in errors}
    kept = replace(
        comparison,
        new=tuple(row for row in comparison.new if row[0] not in lines),
        changed=tuple(row for row in comparison.changed if row.line not in lines),
    )
    if errors and kept.empty and not kept.same:
        raise SheetError(errors)
    return kept, errors


def _grouped(session: Session, study: Study, rows: TypedRows) -> TypedRows:
    """Write each group as the study has it, else as the file has it first, whatever its case."""
    known = {group.key.casefold(): group.key for group in groups.groups_of(session, study)}
    return [
        (
            line,
            values | {"group": known.setdefault(group.casefold(), group)} if (group := values.get("group")) else values,
        )
        for line, values in rows
    ]


def _fixed(session: Session, study: Study, comparison: FileComparison) -> list[RowError]:
    moved = [row for row in comparison.changed if "group" in row.columns]
    counted = _counted(session, study) if moved else set()
    words = "answers of this person were counted in a closed round, so the group stays"
    return [RowError(row.line, "group", words) for row in moved if row.key in counted]


def _late(session: Session, study: Study, comparison: FileComparison) -> list[RowError]:
    """Name the rows with a group that the study does not have, once its panel was invited."""
    fresh = set(new_groups(session, study, comparison))
    if not fresh or not invited(session, study):
        return []
    named = [*comparison.new, *((row.line, row.values) for row in comparison.changed if "group" in row.columns)]
    words = "“{}” is no group of this study, and the panel was invited, so none is added"
    return [
        RowError(line, "group", words.format(values["group"])) for line, values in named if values.get("group") in fresh
    ]


def _counted(session: Session, study: Study) -> set[str]:
    rows = session.execute(
        select(Identity.name, Identity.email)
        .join(
            Participation, (Participation.study_id == Identity.study_id) & (Participation.panelist == Identity.panelist)
        )
        .where(Identity.study_id == study.id, Participation.counted.is_(True))
    )
    return {key_of(name, email) for name, email in rows}


def new_groups(session: Session, study: Study, comparison: FileComparison) -> list[str]:
    """List the groups that the file names and the study does not have yet."""
    known = {group.key for group in groups.groups_of(session, study)}
    rows = [values for _line, values in comparison.new] + [row.values for row in comparison.changed]
    return sorted({row["group"] for row in rows if row.get("group")} - known)


def import_panel(
    session: Session, study: Study, rows: TypedRows, *, by: int, at: datetime, key: str = ""
) -> FileComparison | None:
    """Compare a file with the panel, and take what it would change; None if this form was taken before, by its key."""
    locked(session, Study, (study.id,))  # the names may be destroyed at this moment
    if study.names_destroyed_at is not None:
        raise Refused("The names of this study were destroyed, so nobody can join its panel. Nothing was changed.")
    if key and _taken_before(session, study, key):
        return None
    comparison, _errors = compare_with_panel(session, study, rows)
    if not comparison.empty:
        _take(session, study, comparison, by=by, at=at, **({"key": key} if key else {}))
    return comparison


def _taken_before(session: Session, study: Study, key: str) -> bool:
    known = session.scalars(select(Event.data).filter_by(study_id=study.id, kind=EventKind.PANEL_IMPORTED))
    return any(data.get("key") == key for data in known)


def _take(session: Session, study: Study, comparison: FileComparison, *, by: int, at: datetime, **more: str) -> None:
    groups.declare(session, study, [row.values["group"] for row in comparison.changed if row.columns.get("group", "")])
    roster.add(session, study, [_new(values) for _line, values in comparison.new])
    _change(session, study, comparison.changed)
    facts = {"count": len(comparison.new), "changed": len(comparison.changed), **more}
    audit.record(session, study.id, EventKind.PANEL_IMPORTED, by=by, at=at, **facts)


def _new(values: Mapping[str, Any]) -> NewPanelist:
    characteristics = {name: value for name, value in values.items() if name not in (*OWN, LANGUAGE, WHO) and value}
    group, language = values.get("group") or None, values.get(LANGUAGE) or None
    return NewPanelist(values["name"], values["email"], group, characteristics, language)


def _change(session: Session, study: Study, changed: tuple[Changed, ...]) -> None:
    people = {
        key_of(person.name, person.email): (person, panelist)
        for person, panelist in session.execute(
            select(Identity, Panelist)
            .join(Panelist, (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist))
            .where(
                Identity.study_id == study.id,
                Identity.email.in_([row.values["email"] for row in changed]) | Identity.email.is_(None),
            )
        )
    }
    for row in changed:
        person, panelist = people[row.key]
        person.name = row.values["name"]
        if "group" in row.columns:
            panelist.stakeholder_group = row.values["group"] or None
        if LANGUAGE in row.columns:
            panelist.language = row.values[LANGUAGE] or None
        changes = {name: now for name, (_before, now) in row.columns.items() if name not in (*OWN, LANGUAGE)}
        person.characteristics = {name: value for name, value in (person.characteristics | changes).items() if value}
    session.flush()
