"""What a seal holds of a round, as plain values: counts of the cells that may be shown, and what may be said of change.

A cell is a statement and a set of people: the whole panel, or one group. What is not shown is not here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from delphi.consensus.counts import Counts
from delphi.consensus.vocabulary import EVERYBODY, Band, Stability

UNSHOWN = ""  # the group of all who are in no shown group


@dataclass(frozen=True, slots=True)
class Composition:
    """Numbers of people: the panel, a shown group, or all others together.

    Attributes
    ----------
    people
        `EVERYBODY`, the key of a group, or "" for all who are in no shown group.
    counted
        Those who gave at least one answer; ``submitted`` are those of them who sent the round off, None in a round that
        was imported from version 0.1.0.
    stayed, left, joined, returned
        Against the round before: counted in both; only before; only now; of the joined, those counted in an earlier one.
        None in a first round.
    """

    people: str
    invited: int
    counted: int
    submitted: int | None
    stayed: int | None = None
    left: int | None = None
    joined: int | None = None
    returned: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """How often each option of a statement was chosen, with opt-out and blank: of the panel or of a shown group."""

    statement: str
    people: str
    options: tuple[int, ...]
    opt_out: int
    blank: int


@dataclass(frozen=True, slots=True)
class SealedChange:
    """What may be said of the change of a statement in the panel; a band and its stability are shown together.

    Attributes
    ----------
    stayed
        Raters of both rounds, as a number.
    """

    statement: str
    stayed: int
    band: Band | None = None
    stable: Stability | None = None


@dataclass(frozen=True)
class SealedRound:
    """The numbers of one seal.

    Attributes
    ----------
    groups
        The study's groups in order, shown or not; a panel without groups has none.
    shown
        Groups that this round shows.
    stable_share
        Per cent of the comparable statements that are stable, down to the next ten.
    """

    groups: tuple[str, ...]
    shown: tuple[str, ...]
    composition: tuple[Composition, ...]
    cells: tuple[Cell, ...]
    changes: tuple[SealedChange, ...] = ()
    stable_share: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, cells sorted as they are: by place of the statement and of the group."""
        return {
            "groups": list(self.groups),
            "shown": list(self.shown),
            "composition": [asdict(one) for one in self.composition],
            "cells": [asdict(cell) | {"options": list(cell.options)} for cell in self.cells],
            "changes": [
                {"statement": one.statement, "stayed": one.stayed, "band": _word(one.band), "stable": _word(one.stable)}
                for one in self.changes
            ],
            "stable_share": self.stable_share,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "SealedRound":
        """Read what `as_dict` wrote; other names beside it are ignored.

        Raises
        ------
        KeyError, TypeError, ValueError
            It is not what `as_dict` writes.
        """
        return cls(
            groups=tuple(plain["groups"]),
            shown=tuple(plain["shown"]),
            composition=tuple(Composition(**one) for one in plain["composition"]),
            cells=tuple(Cell(**{**cell, "options": tuple(cell["options"])}) for cell in plain["cells"]),
            changes=tuple(
                SealedChange(
                    one["statement"],
                    one["stayed"],
                    None if one["band"] is None else Band(one["band"]),
                    None if one["stable"] is None else Stability(one["stable"]),
                )
                for one in plain["changes"]
            ),
            stable_share=plain["stable_share"],
        )

    def numbers_of(self, people: str) -> Composition | None:
        """Numbers of the panel or of one group; None where they are not shown."""
        return next((one for one in self.composition if one.people == people), None)

    def counts(self, statements: Sequence[str], options: int) -> Counts:
        """Counts of J statements: the groups in order, before them under "" all who are in no shown group.

        A hidden group has zeros, and so has a statement of which nothing is shown; totals are those of the panel.
        """
        names = (UNSHOWN, *self.groups)
        place = {code: j for j, code in enumerate(statements)}
        table = np.zeros((len(statements), len(names), options + 2), dtype=np.int64)
        panel = np.zeros((len(statements), options + 2), dtype=np.int64)
        for cell in self.cells:
            counts = (*cell.options, cell.opt_out, cell.blank)
            if cell.people == EVERYBODY:
                panel[place[cell.statement]] = counts
            else:
                table[place[cell.statement], names.index(cell.people)] = counts
        table[:, 0] = panel - table[:, 1:].sum(1)
        invited = np.array([one.invited if one else 0 for one in map(self.numbers_of, names)], dtype=np.int64)
        everybody = self.numbers_of(EVERYBODY)
        invited[0] = (everybody.invited if everybody else 0) - invited[1:].sum()
        return Counts(table[:, :, :options], table[:, :, options], table[:, :, options + 1], invited, names)

    def shown_of(self, statement: str) -> list[str]:
        """The panel and the groups of which this statement shows figures."""
        return [cell.people for cell in self.cells if cell.statement == statement]

    def hidden(self, statements: Sequence[str]) -> list[str]:
        """Statements of which not even the panel is shown."""
        shown = {cell.statement for cell in self.cells if cell.people == EVERYBODY}
        return [code for code in statements if code not in shown]


def _word(word: Band | Stability | None) -> str | None:
    return None if word is None else word.value
