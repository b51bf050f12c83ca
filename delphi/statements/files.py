"""Statements from files and back: read, compare with what is there, take all or nothing, write the same file."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.round import Round, State
from delphi.model.statement import Kind
from delphi.model.study import Study
from delphi.sheets.column_heads import Heads
from delphi.sheets.comparison import FileComparison, compare
from delphi.sheets.errors import SheetError
from delphi.sheets.fields import Field, TypedRows, filled, short, typed_rows, unique, whole
from delphi.sheets.reading import Limits
from delphi.sheets.workbook import read_sheet
from delphi.statements import editing, questionnaire, statements
from delphi.statements.statements import NewStatement

COLUMNS = ("code", "text", "kind", "section", "help", "evidence", "round")
HEADS = Heads(
    {
        "code": ("id", "number", "no", "no."),
        "text": ("statement", "item", "wording", "outcome", "indication", "question"),
        "kind": ("type",),
        "section": ("domain", "theme", "category", "block"),
        "help": ("explanation", "description", "plain language", "plain text"),
        "evidence": ("source", "reference", "references"),
        "round": ("from round", "enters round", "first round"),
    },
    required=("text",),
)
LONGEST_SECTION, LAST_ROUND, LONGEST_TEXT = 200, 100, 5000
LIMITS = Limits(rows=1000)
BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+")


def read(data: bytes) -> TypedRows:
    """Read statements from a file with their lines; `SheetError` names every cell that cannot be taken."""
    fields = (
        Field("code", short, required=False),
        Field("text", _text),
        Field("kind", _kind, required=False),
        Field("section", _section, required=False),
        Field("help", required=False),
        Field("evidence", required=False),
        Field("round", _round, required=False),
    )
    rows = typed_rows(read_sheet(data, LIMITS, HEADS), fields)
    if rows and "code" in rows[0][1]:
        unique(rows, "code")
    return rows


def read_pasted(text: str) -> TypedRows:
    """Read what was pasted: a table with its head, or one statement a line."""
    lines = text.splitlines()
    if any(HEADS.holds([cell.strip('"') for cell in re.split(r"[\t;,]", line)]) for line in lines[:1]):
        return read(text.encode())
    rows = [(line, {"text": BULLET.sub("", words).strip()}) for line, words in enumerate(lines, 1) if words.strip()]
    if not rows or len(rows) > LIMITS.rows:
        raise SheetError.at(1, "", "nothing was pasted" if not rows else f"more than {LIMITS.rows} statements")
    return rows


def _text(cell: str) -> str:
    if len(cell) > LONGEST_TEXT:
        raise ValueError(f"{len(cell)} characters; at most {LONGEST_TEXT} fit")
    return filled(cell)


def _kind(cell: str) -> Kind:
    if cell and cell.lower() not in set(Kind):
        raise ValueError(f"“{cell}” is neither statement nor recommendation")
    return Kind(cell.lower()) if cell else Kind.STATEMENT


def _section(cell: str) -> str:
    if len(cell) > LONGEST_SECTION:
        raise ValueError(f"{len(cell)} characters; at most {LONGEST_SECTION} fit")
    return cell


def _round(cell: str) -> int:
    number = whole(cell) if cell else 1
    if not 1 <= number <= LAST_ROUND:
        raise ValueError(f"round {number} does not exist; the first is 1, the last {LAST_ROUND}")
    return number


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
