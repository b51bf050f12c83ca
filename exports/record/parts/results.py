"""Results of rounds, as they were sealed: rows of the consensus table, and matrices where single rows are kept."""

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy.orm import Session

from delphi.consensus.panel import RoundPanel
from delphi.consensus.table.result_row import ResultRow, result_rows
from delphi.model.origin import StudyImport
from delphi.model.round import Round
from delphi.model.seal import SealKind
from delphi.model.study import Study
from exports.record.rows import consensus_table
from exports.record.sealed_figures import UNKEPT, RoundFigures
from exports.tables.suppression import suppress
from rounds.results.matrices import PanelAnswers, answers_of
from rounds.seal import chain, reading


def rows_of_rounds(session: Session, study: Study, rounds: Sequence[Round], *, all_numbers: bool) -> list[ResultRow]:
    """Read the rows of the consensus table; unless ``all_numbers`` is set, in the coarser forms for small numbers."""
    table = consensus_table(session, study, rounds, by_group=True)
    return result_rows((table if all_numbers else suppress(table, study.smallest_cell)).as_dicts())


def matrices(session: Session, study: Study, numbers: Sequence[int]) -> tuple[RoundPanel, ...]:
    """Read the matrices of the rounds, in an order that tells nothing; none where no rows are kept."""
    answers = answers_of(session, study, numbers)
    return panels_of(answers, by_group=True) if answers.group else ()


def panels_of(answers: PanelAnswers, *, by_group: bool = False) -> tuple[RoundPanel, ...]:
    """Rounds as matrices of one panel; whom nobody ever heard from is not in it, so nothing is said of the invited."""
    names = tuple(dict.fromkeys(answers.group)) if by_group else ("",)
    member = [names.index(name) if by_group else 0 for name in answers.group]
    everybody, member_of = np.ones(len(member), dtype=bool), np.array(member, dtype=np.intp)
    return tuple(
        RoundPanel(
            wave.number,
            tuple(item.statement for item in wave.items.values()),
            wave.matrix,
            everybody,
            member_of,
            names,
        )
        for wave in answers.waves
    )


def figures_of_rounds(session: Session, study: Study, numbers: Sequence[int]) -> Mapping[int, RoundFigures]:
    """Read the figures that were sealed of these rounds, the last made of each; those being computed are missing.

    Of an imported study none are computed: where its bundle held none, `UNKEPT` says so.
    """
    made = [seal for seal in chain.entries_of(session, study.id, SealKind.FIGURES) if seal.round in numbers]
    # Of a public bundle that was imported only the hash of an entry is here.
    kept = {seal.round: RoundFigures.from_dict(seal.content) for seal in made if "agreement" in seal.content}
    elsewhere = len(kept) < len(numbers) and session.get(StudyImport, study.id) is not None
    return dict.fromkeys(numbers, UNKEPT) | kept if elsewhere else kept


def stable_shares(session: Session, study: Study, numbers: Sequence[int]) -> Mapping[int, int]:
    """Read which share of the statements of each round was stable, where any could be compared."""
    rounds = {number: reading.sealed_of(session, study, number) for number in numbers}
    return {
        number: sealed.stable_share
        for number, sealed in rounds.items()
        if sealed is not None and sealed.stable_share is not None
    }
