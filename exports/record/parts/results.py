"""Results of rounds: rows, counts and matrices; for all but analysts as they were frozen at the release."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.panel import RoundPanel
from delphi.consensus.scale import Scale
from delphi.consensus.table.result_row import EVERYBODY, ResultRow, result_rows
from delphi.consensus.vocabulary import Relation
from delphi.model.round import Round
from delphi.model.study import Study
from exports.record.rows import consensus_table
from exports.tables.suppression import suppress
from rounds.results.matrices import answers_of
from rounds.results.rows import results


def rows_of_rounds(session: Session, study: Study, rounds: Sequence[Round], *, all_numbers: bool) -> list[ResultRow]:
    """Read the rows of the consensus table; unless ``all_numbers`` is set, without what could tell single answers."""
    table = consensus_table(session, study, rounds, by_group=True, shown=not all_numbers)
    return result_rows((table if all_numbers else suppress(table, study.smallest_cell)).as_dicts())


def frozen_analysis(session: Session, study: Study, rounds: Sequence[Round], definition: Definition) -> Analysis:
    """Make the counts of these rounds again from what was frozen at their release."""
    frozen = {r.number: results(session, study, r, by_group=True) for r in rounds}
    return Analysis(definition, tuple(frozen_round(number, rows, definition.scale) for number, rows in frozen.items()))


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


def frozen_round(number: int, frozen: Sequence[Mapping[str, Any]], scale: Scale) -> RoundData:
    """Make the counts of a round again from its frozen rows."""
    rows = result_rows(frozen)
    names = tuple(dict.fromkeys(row.group for row in rows if not row.is_panel))
    panel = [row for row in rows if row.is_panel]
    by_group = {(row.statement, row.group): row for row in rows}
    table = [[by_group[row.statement, name] for name in names or (EVERYBODY,)] for row in panel]
    shape = (len(panel), len(names) or 1)
    ratings = [[row.counts(scale.values) for row in line] for line in table]
    invited = [row["n_invited"] for row in table[0]] if table else [0] * shape[1]

    def column(name: str) -> NDArray[np.int64]:
        return np.array([[row[name] for row in line] for line in table], dtype=np.int64).reshape(shape)

    return RoundData(
        number,
        tuple(_item(row) for row in panel),
        Counts(
            ratings=np.array(ratings, dtype=np.int64).reshape(*shape, scale.K),
            not_qualified=column("n_nq"),
            blank=column("n_blank"),
            invited=np.array(invited, dtype=np.int64),
            groups=names or ("",),
        ),
    )


def _item(row: ResultRow) -> Item:
    names = ("statement", "version", "kind", "section_no", "section", "text", "previous_round")
    return Item(relation=Relation(row.relation), **{name: row[name] for name in names})
