"""Results of rounds, as they were sealed: rows of the consensus table, and matrices where single rows are kept."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy.orm import Session

from delphi.consensus.panel import RoundPanel
from delphi.consensus.table.result_row import ResultRow, result_rows
from delphi.model.round import Round
from delphi.model.study import Study
from exports.record.rows import consensus_table
from exports.tables.suppression import suppress
from rounds.results.matrices import answers_of


def rows_of_rounds(session: Session, study: Study, rounds: Sequence[Round], *, all_numbers: bool) -> list[ResultRow]:
    """Read the rows of the consensus table; unless ``all_numbers`` is set, in the coarser forms for small numbers."""
    table = consensus_table(session, study, rounds, by_group=True)
    return result_rows((table if all_numbers else suppress(table, study.smallest_cell)).as_dicts())


def matrices(session: Session, study: Study, numbers: Sequence[int]) -> tuple[RoundPanel, ...]:
    """Read the matrices of the rounds, in an order that tells nothing."""
    answers = answers_of(session, study, numbers)
    names = tuple(dict.fromkeys(answers.group)) or ("",)
    member = np.array([names.index(name) for name in answers.group], dtype=np.intp)
    everybody = np.ones(len(member), dtype=bool)
    return tuple(
        RoundPanel(
            wave.number,
            tuple(item.statement for item in wave.items.values()),
            wave.matrix,
            everybody,
            member,
            names,
        )
        for wave in answers.waves
    )
