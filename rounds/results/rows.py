"""Results of a round as pages and files read them: rows that were written when the round was sealed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Analysis
from delphi.consensus.vocabulary import EVERYBODY
from delphi.database import remembered
from delphi.model.result import Result
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.study import Study
from delphi.protocol.method import definition_of
from rounds.seal import chain, reading

READABLE = (State.CLOSED, State.RELEASED)
Row = dict[str, Any]


def results(session: Session, study: Study, round_: Round, *, by_group: bool = False) -> list[Row]:
    """The rows of the consensus table of a sealed round: of the panel, and of the groups that may be shown if asked.

    None while a round is being counted.
    """
    return rows_of_rounds(session, study, [round_.number], by_group=by_group)[round_.number]


def rows_of_rounds(
    session: Session, study: Study, numbers: Sequence[int], *, by_group: bool = False
) -> dict[int, list[Row]]:
    """The rows of several rounds, by round, read in one statement of SQL."""
    known = remembered(session, "results")
    missing = [number for number in numbers if (study.id, number, by_group) not in known]
    if missing:
        known.update({(study.id, number, by_group): [] for number in missing})
        for number, row in session.execute(_query(study, missing, by_group=by_group)):
            known[study.id, number, by_group].append(row)
    return {number: known[study.id, number, by_group] for number in numbers}


def _query(study: Study, numbers: Sequence[int], *, by_group: bool) -> Select[int, Row]:
    rows = (
        select(Result.round, Result.row)
        .join(
            QuestionnaireItem,
            (QuestionnaireItem.study_id == Result.study_id)
            & (QuestionnaireItem.round == Result.round)
            & (QuestionnaireItem.statement == Result.statement),
        )
        .where(Result.study_id == study.id, Result.round.in_(numbers), chain.OF_A_SEAL)
        .order_by(Result.round, QuestionnaireItem.position, Result.position)
    )
    return rows if by_group else rows.where(Result.group == EVERYBODY)


def panel_rows(session: Session, study: Study, round_: Round) -> list[Row]:
    """The rows of the whole panel alone."""
    return results(session, study, round_)


def is_sealed(session: Session, round_: Round) -> bool:
    """Whether a closed round is counted."""
    return round_.number in chain.sealed_numbers(session, round_.study_id)


def stable_share(session: Session, study: Study, round_: Round) -> int | None:
    """Per cent of the comparable statements that are stable, down to the next ten; None where nothing can be compared."""
    sealed = reading.sealed_of(session, study, round_.number)
    return sealed.stable_share if sealed else None


def analyse(session: Session, study: Study, numbers: Sequence[int]) -> Analysis:
    """The counts of sealed rounds, as far as they may be shown, under the definition as it stands."""
    return reading.analysis_of(session, study, numbers, definition_of(study))
