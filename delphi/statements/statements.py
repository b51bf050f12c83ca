"""Preparing statements: adding, changing and removing them, and placing them in a draft round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from delphi import audit
from delphi.errors import NotFound, Refused
from delphi.model.event import EventKind
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.statement import Decision, Kind, Lineage, Statement, StatementProposal, StatementVersion
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
            raise Refused(
                "The code %(code)s is used already in this study. Choose another one; nothing was added.",
                code=item.code,
            )
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


def rewrite(statement: Statement, version: StatementVersion, changes: Mapping[str, Any]) -> None:
    """Change a statement that nobody was asked yet; afterwards a new wording is a new version."""
    for name, value in changes.items():
        match name:
            case "kind":
                statement.kind = value
            case "section":
                statement.section = value
            case "round":
                statement.enters_round = value
            case "text":
                version.text = value
            case "help":
                version.help = value
            case "evidence":
                version.evidence = value


def change(
    session: Session, study: Study, number: int, changes: Mapping[str, Any], *, by: int, at: datetime
) -> Statement:
    """Change one statement before its round is launched."""
    statement, version = _unasked(session, study, number)
    rewrite(statement, version, changes)
    session.flush()
    place(session, study, session.get_one(Round, (study.id, 1)))
    audit.record(session, study.id, EventKind.STATEMENT_CHANGED, by=by, at=at, code=statement.code)
    return statement


def remove(session: Session, study: Study, number: int, *, by: int, at: datetime) -> str:
    """Remove a statement that nobody was asked; gives its code."""
    statement, _version = _unasked(session, study, number)
    code, draft = statement.code, session.get_one(Round, (study.id, 1))
    edges = (Lineage.from_statement == number) | (Lineage.to_statement == number)
    session.execute(delete(Lineage).where(Lineage.study_id == study.id, edges))
    session.execute(delete(Decision).filter_by(study_id=study.id, statement=number))
    proposed = update(StatementProposal).where(
        StatementProposal.study_id == study.id, StatementProposal.statement == number
    )
    session.execute(proposed.values(taken=None, statement=None, note=""))
    session.execute(delete(QuestionnaireItem).filter_by(study_id=study.id, round=1, statement=number))
    session.execute(delete(StatementVersion).filter_by(study_id=study.id, statement=number))
    session.execute(delete(Statement).filter_by(study_id=study.id, number=number))
    place(session, study, draft)
    audit.record(session, study.id, EventKind.STATEMENT_CHANGED, by=by, at=at, code=code, removed=True)
    return code


def _unasked(session: Session, study: Study, number: int) -> tuple[Statement, StatementVersion]:
    """Find a statement with its newest wording, as long as round 1 is a draft."""
    found = next((pair for pair in newest(session, study) if pair[0].number == number), None)
    if found is None:
        raise NotFound
    if session.get_one(Round, (study.id, 1)).state is not State.DRAFT:
        raise Refused(
            "Round 1 was launched, so what was asked stays as it was. Reword the statement at the desk of the next round; "
            "nothing was changed."
        )
    return found


def place(session: Session, study: Study, draft: Round) -> None:
    """Put every statement that enters by this round on its questionnaire, in the order of sections."""
    versions = {statement: version.version for statement, version in newest(session, study)}
    entering = [statement for statement in versions if statement.enters_round <= draft.number]
    write_questionnaire(session, draft, [(s.number, versions[s]) for s in in_order(entering)])


def write_questionnaire(session: Session, draft: Round, asked: Sequence[tuple[int, int]]) -> None:
    """Write the questionnaire of a draft round anew: (statement, version) in the order to be shown."""
    if draft.state is not State.DRAFT:
        raise Refused(
            "Round %(number)s was launched, so its questionnaire is fixed; nothing was changed.", number=draft.number
        )
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
