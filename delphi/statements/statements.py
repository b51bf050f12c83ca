"""The statements of a study: each with its newest wording, and new ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from delphi.database import remembered
from delphi.errors import NotFound, Refused
from delphi.model.statement import Kind, Statement, StatementVersion
from delphi.model.study import Study


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


def newest(session: Session, study: Study) -> list[tuple[Statement, StatementVersion]]:
    """Pair each statement with its newest wording, in the order they were added."""
    known = remembered(session, "newest")
    if study.id not in known:
        known[study.id] = [(statement, version) for statement, version in session.execute(_newest(study))]
    found: list[tuple[Statement, StatementVersion]] = known[study.id]
    return found


def _newest(study: Study) -> Select[Statement, StatementVersion]:
    later = aliased(StatementVersion)
    return (
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


def find(session: Session, study: Study, number: int) -> tuple[Statement, StatementVersion]:
    """Find a statement with its newest wording."""
    pair = next((pair for pair in newest(session, study) if pair[0].number == number), None)
    if pair is None:
        raise NotFound
    return pair


def add(session: Session, study: Study, new: Sequence[NewStatement]) -> list[Statement]:
    """Add statements with their first wording; codes must be new in the study."""
    _guard_codes(session, study, [item.code for item in new])
    last = session.scalar(select(func.max(Statement.number)).where(Statement.study_id == study.id)) or 0
    added = [
        Statement(
            study_id=study.id,
            number=number,
            code=item.code,
            kind=item.kind,
            section=item.section,
            enters_round=item.enters_round,
        )
        for number, item in enumerate(new, last + 1)
    ]
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


def _guard_codes(session: Session, study: Study, codes: Sequence[str]) -> None:
    used = set(session.scalars(select(Statement.code).where(Statement.study_id == study.id)))
    for code in codes:
        if code in used:
            raise Refused(
                "The code %(code)s is used already in this study. Choose another one; nothing was added.", code=code
            )
        used.add(code)
