"""Preparing statements: adding them, one at a time or from a file, and placing them in a draft round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, aliased

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.statement import Kind, Statement, StatementVersion
from delphi.model.study import Study
from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.typed import Field, filled, short, typed_rows, unique, whole
from delphi.sheets.workbook import read_sheet

LONGEST_SECTION, LAST_ROUND = 200, 100


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A statement as a template, a file or the desk gives it."""

    code: str
    text: str
    kind: Kind = Kind.STATEMENT
    section: str = ""
    help: str = ""
    evidence: str = ""
    enters_round: int = 1


def read(data: bytes) -> list[tuple[int, NewStatement]]:
    """Read statements from a CSV file with their lines; `SheetError` names every cell that cannot be taken."""
    fields = (
        Field("code", short),
        Field("text", filled),
        Field("kind", lambda cell: Kind(cell.lower()) if cell.lower() in set(Kind) else _no_kind(cell), required=False),
        Field("section", _section, required=False),
        Field("help", required=False),
        Field("round", _round, required=False),
    )
    rows = typed_rows(read_sheet(data), fields)
    unique(rows, "code")
    return [(line, NewStatement(enters_round=values.pop("round", 1), **values)) for line, values in rows]


def _no_kind(cell: str) -> Kind:
    if cell:
        raise ValueError(f"“{cell}” is neither statement nor recommendation")
    return Kind.STATEMENT


def _section(cell: str) -> str:
    if len(cell) > LONGEST_SECTION:
        raise ValueError(f"{len(cell)} characters; at most {LONGEST_SECTION} fit")
    return cell


def _round(cell: str) -> int:
    number = whole(cell) if cell else 1
    if not 1 <= number <= LAST_ROUND:
        raise ValueError(f"round {number} does not exist; the first is 1, the last {LAST_ROUND}")
    return number


def newest(session: Session, study: Study) -> list[tuple[Statement, StatementVersion]]:
    """Pair each statement with its newest wording, in the order they were added."""
    later = aliased(StatementVersion)
    rows = session.execute(
        select(Statement, StatementVersion)
        .join(
            StatementVersion,
            (StatementVersion.study_id == Statement.study_id) & (StatementVersion.statement == Statement.number),
        )
        .outerjoin(
            later,
            (later.study_id == StatementVersion.study_id)
            & (later.statement == StatementVersion.statement)
            & (later.version > StatementVersion.version),
        )
        .where(Statement.study_id == study.id, later.version.is_(None))
        .order_by(Statement.number)
    )
    return [(statement, version) for statement, version in rows]


def add(session: Session, study: Study, new: Sequence[NewStatement]) -> list[Statement]:
    """Add statements with their first wording; codes must be new in the study."""
    taken = set(session.scalars(select(Statement.code).where(Statement.study_id == study.id)))
    for item in new:
        if item.code in taken:
            raise Refused(f"The code {item.code} is used already in this study. Choose another one; nothing was added.")
        taken.add(item.code)
    first = (session.scalar(select(func.max(Statement.number)).where(Statement.study_id == study.id)) or 0) + 1
    added = []
    for number, item in enumerate(new, first):
        statement = Statement(
            study_id=study.id,
            number=number,
            code=item.code,
            kind=item.kind,
            section=item.section,
            enters_round=item.enters_round,
        )
        added.append(statement)
    session.add_all(added)
    session.flush()
    session.add_all(
        StatementVersion(
            study_id=study.id, statement=s.number, version=1, text=item.text, help=item.help, evidence=item.evidence
        )
        for s, item in zip(added, new, strict=True)
    )
    session.flush()
    return added


def import_statements(
    session: Session, study: Study, rows: Sequence[tuple[int, NewStatement]], *, by: int, at: datetime
) -> int:
    """Add the statements of a file to the first round, all of them or none; rows carry their line."""
    draft = session.get(Round, (study.id, 1))
    if draft is None or draft.state is not State.DRAFT:
        raise Refused(
            "Round 1 was launched, so its statements are fixed. Add statements at the desk of the next round."
        )
    taken = set(session.scalars(select(Statement.code).where(Statement.study_id == study.id)))
    errors = [
        RowError(line, "code", f"{new.code} is used already in this study") for line, new in rows if new.code in taken
    ]
    if errors:
        raise SheetError(errors)
    add(session, study, [new for _, new in rows])
    place(session, study, draft)
    audit.record(session, study.id, EventKind.STATEMENTS_IMPORTED, by=by, at=at, count=len(rows))
    return len(rows)


def place(session: Session, study: Study, draft: Round) -> None:
    """Put every statement that enters by this round on its questionnaire, in the order of sections."""
    statements = session.scalars(
        select(Statement)
        .where(Statement.study_id == study.id, Statement.enters_round <= draft.number)
        .order_by(Statement.number)
    ).all()
    write_questionnaire(session, draft, [(s.number, 1) for s in in_order(statements)])


def write_questionnaire(session: Session, draft: Round, asked: Sequence[tuple[int, int]]) -> None:
    """Write the questionnaire of a draft round anew: (statement, version) in the order to be shown."""
    if draft.state is not State.DRAFT:
        raise Refused(f"Round {draft.number} was launched, so its questionnaire is fixed; nothing was changed.")
    session.execute(delete(QuestionnaireItem).filter_by(study_id=draft.study_id, round=draft.number))
    if asked:
        rows = [
            {"study_id": draft.study_id, "round": draft.number, "statement": s, "version": v, "position": position}
            for position, (s, v) in enumerate(asked, 1)
        ]
        session.execute(insert(QuestionnaireItem), rows)


def in_order(statements: Sequence[Statement]) -> list[Statement]:
    """Order by kind, then by section as sections first appear, then by number."""
    sections: dict[tuple[str, str], int] = {}
    for s in statements:
        sections.setdefault((s.kind.value, s.section), len(sections))
    kinds = list(Kind)
    return sorted(statements, key=lambda s: (kinds.index(s.kind), sections[s.kind.value, s.section], s.number))
