"""Questionnaires: what is asked in a round with its wording, and writing the one of a draft."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select
from sqlalchemy.orm import Session, join

from delphi.database import remembered
from delphi.errors import Refused
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.statement import Kind, Statement, StatementVersion
from delphi.model.study import Study
from delphi.statements.statements import newest


@dataclass(frozen=True, slots=True)
class AskedStatement:
    """A statement at its place in the questionnaire of a round, worded as it was shown there."""

    round: int
    position: int
    statement: int
    version: int
    code: str
    kind: Kind
    section: str
    text: str
    help: str
    evidence: str


# A questionnaire with its statements and their wordings.
ASKED = join(
    QuestionnaireItem,
    StatementVersion,
    and_(
        StatementVersion.study_id == QuestionnaireItem.study_id,
        StatementVersion.statement == QuestionnaireItem.statement,
        StatementVersion.version == QuestionnaireItem.version,
    ),
).join(
    Statement,
    and_(Statement.study_id == QuestionnaireItem.study_id, Statement.number == QuestionnaireItem.statement),
)


def asked_query() -> Any:
    """Ask what was asked in the ``rounds`` of a ``study``, by round and in the order shown."""
    item, statement, version = QuestionnaireItem, Statement, StatementVersion
    shown = (item.round, item.position, item.statement, item.version)
    facts = (statement.code, statement.kind, statement.section, version.text, version.help, version.evidence)
    rows: Any = select(*shown, *facts).select_from(ASKED).where(item.study_id == bindparam("study"))
    return rows.where(item.round.in_(bindparam("rounds", expanding=True))).order_by(item.round, item.position)


ASKED_IN = asked_query()


def asked_in(session: Session, study_id: int, numbers: Collection[int]) -> list[AskedStatement]:
    """What was asked in some rounds, by round and in the order shown."""
    known = remembered(session, "asked")
    missing = [number for number in numbers if (study_id, number) not in known]
    if missing:
        known.update({(study_id, number): [] for number in missing})
        for row in session.execute(ASKED_IN, {"study": study_id, "rounds": missing}).mappings():
            known[study_id, row["round"]].append(AskedStatement(**row))
    return [row for number in sorted(set(numbers)) for row in known[study_id, number]]


def asked(session: Session, study_id: int, number: int) -> dict[int, AskedStatement]:
    """What is asked in a round, by statement number and in the order shown."""
    return {row.statement: row for row in asked_in(session, study_id, [number])}


def place(session: Session, study: Study, draft: Round) -> None:
    """Put every statement that enters by this round on its questionnaire, in the order it has there; new ones at the end."""
    versions = {statement: version.version for statement, version in newest(session, study)}
    entering = [statement for statement in versions if statement.enters_round <= draft.number]
    arranged = in_order(as_placed(session, draft, entering))
    write_questionnaire(session, draft, [(s.number, versions[s]) for s in arranged])


def as_placed(session: Session, draft: Round, statements: Sequence[Statement]) -> list[Statement]:
    """Statements as they stand in a round; those that are not in it come last, as they were added."""
    items = select(QuestionnaireItem.statement, QuestionnaireItem.position)
    here = items.where(QuestionnaireItem.study_id == draft.study_id, QuestionnaireItem.round == draft.number)
    places = {number: position for number, position in session.execute(here)}  # noqa: C416 (dict() takes a result for a mapping)
    return sorted(statements, key=lambda s: (places.get(s.number, len(places) + 1), s.number))


def write_questionnaire(session: Session, draft: Round, listed: Sequence[tuple[int, int]]) -> None:
    """Write the questionnaire of a draft round anew: (statement, version) in the order to be shown."""
    if draft.state is not State.DRAFT:
        raise Refused(
            "Round %(number)s was launched, so its questionnaire is fixed; nothing was changed.", number=draft.number
        )
    session.execute(delete(QuestionnaireItem).filter_by(study_id=draft.study_id, round=draft.number))
    if listed:
        rows = [
            {"study_id": draft.study_id, "round": draft.number, "statement": s, "version": v, "position": position}
            for position, (s, v) in enumerate(listed, 1)
        ]
        session.execute(insert(QuestionnaireItem), rows)


def in_order(statements: Sequence[Statement]) -> list[Statement]:
    """Order by kind, then by section as sections first appear; within a section they stay as they are."""
    sections: dict[tuple[str, str], int] = {}
    for s in statements:
        sections.setdefault((s.kind.value, s.section), len(sections))
    kinds = list(Kind)
    return sorted(statements, key=lambda s: (kinds.index(s.kind), sections[s.kind.value, s.section]))


AskedVersions = list[tuple[int, int]]


def versions_asked(session: Session, study_id: int, number: int) -> AskedVersions:
    """The (statement, version) pairs of a round in the order shown."""
    known = remembered(session, "asked").get((study_id, number))
    if known is not None:
        return [(row.statement, row.version) for row in known]
    items = (
        select(QuestionnaireItem.statement, QuestionnaireItem.version)
        .filter_by(study_id=study_id, round=number)
        .order_by(QuestionnaireItem.position)
    )
    return [(row.statement, row.version) for row in session.execute(items)]
