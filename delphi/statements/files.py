"""Statements from files and back: read, compare with what is there, take all or nothing, write the same file."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.round import Round, State
from delphi.model.study import Study
from delphi.sheets.comparison import FileComparison, compare
from delphi.sheets.fields import TypedRows
from delphi.sheets.lists.source import Choices
from delphi.statements import editing, questionnaire, reading, statements
from delphi.statements.statements import NewStatement

COLUMNS = ("code", "text", "kind", "section", "help", "evidence", "round")


def read(data: bytes, choices: Choices | None = None) -> reading.StatementFile:
    """Read statements from a file or a paste, as `reading.read` does."""
    return reading.read(data, choices)


def as_rows(session: Session, study: Study) -> list[list[Any]]:
    """Write the statements as the rows of a file, in the order of `COLUMNS`."""
    return [[row[name] for name in COLUMNS] for row in _stored(session, study).values()]


def _stored(session: Session, study: Study) -> dict[str, dict[str, Any]]:
    return {
        statement.code: {
            "code": statement.code,
            "text": version.text,
            "kind": statement.kind,
            "section": statement.section,
            "help": version.help,
            "evidence": version.evidence,
            "round": statement.enters_round,
        }
        for statement, version in statements.newest(session, study)
    }


def compare_with_study(session: Session, study: Study, rows: TypedRows) -> FileComparison:
    """Compare a file with the statements of a study; rows without a code are new and get the next free one."""
    stored = _stored(session, study)
    return compare(_coded(rows, set(stored)), stored, "code")


def said_already(comparison: FileComparison, session: Session, study: Study) -> list[str]:
    """List the codes of stored statements that a new one repeats word for word."""
    codes = {reading.same_words(row["text"]): code for code, row in _stored(session, study).items()}
    found = (codes.get(reading.same_words(values["text"])) for _line, values in comparison.new)
    return list(dict.fromkeys(code for code in found if code))


def _coded(rows: TypedRows, taken: set[str]) -> TypedRows:
    number, coded = 1, []
    for line, row in rows:
        while "code" not in row and f"S{number}" in taken:
            number += 1
        code = row.get("code") or f"S{number}"
        taken.add(code)
        coded.append((line, {"code": code, **row}))
    return coded


def take(session: Session, study: Study, comparison: FileComparison, *, by: int, at: datetime) -> None:
    """Take what a file would change into round 1, all of it."""
    draft = session.get_one(Round, (study.id, 1))
    if draft.state is not State.DRAFT:
        raise Refused(
            "Round 1 was launched, so its statements are fixed. Add statements at the desk of the next round."
        )
    if comparison.empty:
        return
    statements.add(session, study, [_new(values) for _line, values in comparison.new])
    _change(session, study, comparison)
    questionnaire.place(session, study, draft)
    facts = {"count": len(comparison.new), "changed": [row.key for row in comparison.changed]}
    audit.record(session, study.id, EventKind.STATEMENTS_IMPORTED, by=by, at=at, **facts)


def _new(values: dict[str, Any] | Any) -> NewStatement:
    rest = {name: value for name, value in values.items() if name != "round"}
    return NewStatement(enters_round=values.get("round", 1), **rest)


def _change(session: Session, study: Study, comparison: FileComparison) -> None:
    known = {statement.code: (statement, version) for statement, version in statements.newest(session, study)}
    for row in comparison.changed:
        editing.rewrite(*known[row.key], {name: now for name, (_before, now) in row.columns.items()})
    session.flush()


def import_statements(session: Session, study: Study, rows: TypedRows, *, by: int, at: datetime) -> FileComparison:
    """Compare a file and take it."""
    comparison = compare_with_study(session, study, rows)
    take(session, study, comparison, by=by, at=at)
    return comparison


def add_statement(session: Session, study: Study, row: dict[str, Any], *, by: int, at: datetime) -> bool:
    """Add one statement; False if its code is used already, and nothing is changed."""
    comparison = compare_with_study(session, study, [(1, row)])
    if comparison.changed or comparison.same:
        return False
    take(session, study, comparison, by=by, at=at)
    return True
