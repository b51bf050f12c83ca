"""Whether single rows give the counts, the numbers of people and the bands that were sealed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from delphi.consensus.disclosure.change_bands import band_of
from delphi.consensus.scale import Scale
from delphi.consensus.sealed_counts import Cell, Composition, SealedChange, SealedRound
from delphi.consensus.stability import moves_table
from delphi.consensus.table.result_row import EVERYBODY
from exports.bundle.reading import Contents
from exports.bundle.seals import ROWS

Row = dict[str, Any]
BLANK = "blank"


def differences_of_rows(contents: Contents, numbers: Mapping[str, str]) -> Iterator[str]:
    """Compare the rows with the seals, where there are rows; ``numbers`` are those of the statements by code."""
    if contents.rows is None or not contents.whole:
        return
    scale = next(iter(contents.definitions.values())).scale
    for number, whole in contents.sealed.items():
        counted = _Rows(contents.rows.get(number, []), contents.rows.get(number - 1, []), numbers, scale)
        sealed = counted.told_of(whole) if contents.older else whole
        wrong = [f"{cell.statement}, {cell.people}" for cell in sealed.cells if not counted.gives_cell(cell)]
        wrong += [f"the people of “{one.people}”" for one in sealed.composition if not counted.gives_people(one)]
        wrong += [f"the change of {one.statement}" for one in sealed.changes if not counted.gives_change(one)]
        yield from (f"{ROWS}, round {number}: they do not give {what}, as it was sealed" for what in wrong)


@dataclass(frozen=True)
class _Rows:
    """The rows of a round and of the one before."""

    now: list[Row]
    before: list[Row]
    numbers: Mapping[str, str]
    scale: Scale

    def gives_cell(self, cell: Cell) -> bool:
        """Whether a cell holds what the rows give."""
        statement = self.numbers[cell.statement]
        rows = [row for row in self.now if cell.people in (EVERYBODY, row["group"])]
        found = Counter(row["answers"].get(statement, BLANK) for row in rows)
        options = tuple(found[value] for value in self.scale.values)
        return (options, found[None], found[BLANK]) == (cell.options, cell.opt_out, cell.blank)

    def gives_people(self, told: Composition) -> bool:
        """Whether those who took part are the people of the rows; who is in no shown group is not looked at."""
        rows = [row for row in self.now if told.people in (EVERYBODY, row["group"])]
        sent = told.submitted in (None, sum(row["submitted"] for row in rows))
        return not told.people or (len(rows) == told.counted and sent)

    def told_of(self, sealed: SealedRound) -> SealedRound:
        """What version 0.1.0 can tell in rows: nothing of a round that it left out, and of groups where rows carry them."""
        known = {row["group"] for row in self.now if row["group"]} | ({EVERYBODY} if self.now else set())
        cells = tuple(cell for cell in sealed.cells if cell.people in known)
        people = tuple(one for one in sealed.composition if one.people in known)
        return replace(sealed, cells=cells, composition=people, changes=())

    def gives_change(self, told: SealedChange) -> bool:
        """Whether a statement moved in the rows as it was sealed; where no band was shown, only how many can be followed."""
        statement, lo, options = self.numbers[told.statement], self.scale.lo, self.scale.K
        then = {row["code"]: row["answers"].get(statement) for row in self.before}
        table = np.zeros((1, options, options), dtype=np.int64)
        for row in self.now:
            a, b = then.get(row["code"]), row["answers"].get(statement)
            if a is not None and b is not None:
                table[0, a - lo, b - lo] += 1
        moved = moves_table(table, lo, self.scale.combined)
        paired = int(moved.n[0])
        shown = told.band is None or (band_of(int(moved.changed[0]), paired), moved.stable[0]) == (
            told.band,
            told.stable,
        )
        return paired == told.stayed and shown
