"""The order of statements and their sections before round 1: moved one by one, section by section, or several at once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.round import Round
from delphi.model.statement import Statement, StatementVersion
from delphi.model.study import Study
from delphi.statements.editing import editable
from delphi.statements.questionnaire import as_placed, in_order, write_questionnaire
from delphi.statements.statements import newest

Pair = tuple[Statement, StatementVersion]


class Way(StrEnum):
    """Where something is moved."""

    UP = "up"
    DOWN = "down"


def in_questionnaire(session: Session, study: Study) -> list[Pair]:
    """Pair each statement with its newest wording, as the panel will read them in round 1."""
    versions = dict(newest(session, study))
    arranged = in_order(as_placed(session, _first(session, study), list(versions)))
    return [(statement, versions[statement]) for statement in arranged]


def move(session: Session, study: Study, number: int, way: Way, *, by: int, at: datetime) -> None:
    """Move a statement past its neighbour of the same section; at the edge of its section it stays."""
    listed = [statement for statement, _version in _guarded(session, study)]
    place_of = next((i for i, statement in enumerate(listed) if statement.number == number), None)
    if place_of is None:
        raise Refused("This statement is not there any more; nothing was changed.")
    other = place_of + (1 if way is Way.DOWN else -1)
    if 0 <= other < len(listed) and _section(listed[other]) == _section(listed[place_of]):
        listed[place_of], listed[other] = listed[other], listed[place_of]
        _write(session, study, listed, by=by, at=at)


def move_section(session: Session, study: Study, number: int, way: Way, *, by: int, at: datetime) -> None:
    """Move the whole section of a statement past the section beside it, of the same kind."""
    listed = [statement for statement, _version in _guarded(session, study)]
    sections = list(dict.fromkeys(_section(statement) for statement in listed))
    mine = next((_section(statement) for statement in listed if statement.number == number), None)
    if mine is None:
        raise Refused("This statement is not there any more; nothing was changed.")
    other = sections.index(mine) + (1 if way is Way.DOWN else -1)
    if 0 <= other < len(sections) and sections[other][0] == mine[0]:
        i = sections.index(mine)
        sections[i], sections[other] = sections[other], sections[i]
        _write(session, study, sorted(listed, key=lambda s: sections.index(_section(s))), by=by, at=at)


def put_into_section(
    session: Session, study: Study, numbers: Collection[int], section: str, *, by: int, at: datetime
) -> int:
    """Put several statements into a section at once, at its end; the answer is how many were put there."""
    listed = [statement for statement, _version in _guarded(session, study)]
    chosen = [statement for statement in listed if statement.number in numbers]
    if not chosen:
        raise Refused("Tick at least one statement first. Nothing was changed.")
    for statement in chosen:
        statement.section = section
    session.flush()
    rest = [statement for statement in listed if statement.number not in numbers]
    _write(session, study, in_order([*rest, *chosen]), by=by, at=at)
    return len(chosen)


def _first(session: Session, study: Study) -> Round:
    return session.get_one(Round, (study.id, 1))


def _section(statement: Statement) -> tuple[str, str]:
    return statement.kind.value, statement.section


def _guarded(session: Session, study: Study) -> list[Pair]:
    if not editable(session, study):
        raise Refused("Round 1 was launched, so the order of its statements is fixed; nothing was changed.")
    return in_questionnaire(session, study)


def _write(session: Session, study: Study, listed: Sequence[Statement], *, by: int, at: datetime) -> None:
    """Write the questionnaire of round 1 in this order; what enters later follows the order of rounds."""
    first, versions = _first(session, study), dict(newest(session, study))
    asked = [statement for statement in listed if statement.enters_round <= first.number]
    write_questionnaire(session, first, [(s.number, versions[s].version) for s in asked])
    _record(session, study, by=by, at=at)


def _record(session: Session, study: Study, *, by: int, at: datetime) -> None:
    audit.record(session, study.id, EventKind.STATEMENT_CHANGED, by=by, at=at, order=True)
