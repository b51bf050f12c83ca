"""One statement on its page: its rows round by round, its groups, what became of it, and what the panel said of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import access
from delphi.consensus.table.result_row import ResultRow
from delphi.errors import NotFound
from delphi.model.round import Round
from delphi.model.statement import Decision, Statement
from delphi.model.study import Study
from exports.results.overview import StatementLine
from exports.results.reader import Reader
from rounds.revision.decisions import decisions_of
from rounds.seal import texts
from rounds.seal.items import edges_into


@dataclass(frozen=True, slots=True)
class StoryStep:
    """What was decided on a statement after a round, what it was made into, and what it was made from."""

    round: int
    decision: Decision | None
    into: list[str]
    origin: list[str]


@dataclass(frozen=True, slots=True)
class StatementResults:
    """What a reader sees of one statement.

    Attributes
    ----------
    line
        Its rows of the whole panel by round.
    last
        The last of these rounds.
    groups
        Its rows by group in that round.
    has_groups
        Whether any statement has rows by group.
    """

    line: StatementLine
    last: Round
    groups: list[ResultRow]
    has_groups: bool
    story: list[StoryStep]
    comments: list[str]


def statement_called(session: Session, study: Study, number: int) -> Statement:
    """Find a statement by its number.

    Raises
    ------
    NotFound
        The study has no such statement.
    """
    statement = session.get(Statement, (study.id, number)) if number < access.LARGEST_NUMBER else None
    if statement is None:
        raise NotFound
    return statement


def numbers_by_code(session: Session, study: Study) -> dict[str, int]:
    """Numbers of all statements, by which pages address them."""
    return {s.code: s.number for s in session.scalars(select(Statement).filter_by(study_id=study.id))}


def statement_results(reader: Reader, statement: Statement) -> StatementResults | None:
    """Collect what a reader may see of a statement; None if it was in no round that may be seen."""
    everything = reader.rows_by_round()
    own = {n: [row for row in rows if row.statement == statement.code] for n, rows in everything.items()}
    panel = {n: row for n, rows in own.items() for row in rows if row.is_panel}
    if not panel:
        return None
    last = next(round_ for round_ in reader.rounds if round_.number == max(panel))
    return StatementResults(
        line=StatementLine(statement.code, panel),
        last=last,
        groups=[row for row in own[last.number] if not row.is_panel],
        has_groups=len({row.group for rows in everything.values() for row in rows}) > 1,
        story=_story(reader.session, reader.study, reader.rounds, statement.number),
        comments=_comments(reader.session, reader.study, last, statement.number),
    )


def _story(session: Session, study: Study, rounds: Sequence[Round], statement: int) -> list[StoryStep]:
    """Say what was decided on a statement after each round that this reader may see."""
    codes = {number: code for code, number in numbers_by_code(session, study).items()}
    steps = []
    for round_ in rounds:
        decision = decisions_of(session, study.id, round_.number + 1).get(statement)
        edges = edges_into(session, study.id, round_.number + 1)
        into = [codes[e.to_statement] for e in edges if e.from_statement == statement != e.to_statement]
        origin = [codes[e.from_statement] for e in edges if e.to_statement == statement != e.from_statement]
        if decision or origin:
            steps.append(StoryStep(round_.number, decision, into, origin))
    return steps


def _comments(session: Session, study: Study, round_: Round, statement: int) -> list[str]:
    """Read the comments that the panel may read."""
    if round_.released_at is None:
        return []
    return [one.text for one in texts.released(session, study, [round_.number], statement)]
