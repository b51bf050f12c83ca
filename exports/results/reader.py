"""What a reader of results may see: which rounds, and whether small numbers are hidden. Decided here once for all pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from delphi.access import Capability
from delphi.consensus.table.result_row import ResultRow, result_rows
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.protocol.method import definition_of
from exports.record import consensus
from exports.record.parts.rounds import rounds_being_counted, visible_rounds
from exports.record.reader_profile import Profile
from exports.record.rows import consensus_table
from exports.tables.suppression import suppress
from rounds.results import rows as released

RowsByRound = dict[int, list[ResultRow]]


@dataclass
class Reader:
    """A study as one reader sees its results.

    Attributes
    ----------
    is_analyst
        Whether the reader may analyse: closed rounds are seen before their release then, and no number is hidden.
    """

    session: Session
    study: Study
    is_analyst: bool

    @classmethod
    def of(cls, session: Session, study: Study, may: frozenset[Capability]) -> "Reader":
        """Make the reader who has these capabilities."""
        return cls(session, study, Capability.ANALYSE in may)

    @property
    def profile(self) -> Profile:
        """For whom a file of this reader is made."""
        return Profile.ANALYST if self.is_analyst else Profile.PUBLIC

    @cached_property
    def rounds(self) -> list[Round]:
        """Rounds whose results this reader may see: released ones, and closed ones for who may analyse."""
        return visible_rounds(self.session, self.study, closed=self.is_analyst)

    @cached_property
    def counting(self) -> list[int]:
        """Rounds that this reader would see if they were counted."""
        return rounds_being_counted(self.session, self.study) if self.is_analyst else []

    def round(self, number: int | None) -> Round | None:
        """The round of this number, or the newest; None if there is none yet."""
        chosen = (round_ for round_ in self.rounds if round_.number == number)
        return next(chosen, self.rounds[-1] if self.rounds else None)

    def panel_rows(self, round_: Round) -> list[ResultRow]:
        """Rows of the whole panel in a round, with what was decided afterwards."""
        if self.is_analyst:
            return result_rows(consensus_table(self.session, self.study, [round_]).as_dicts())
        compared = [other for other in self.rounds if other.number in (round_.number - 1, round_.number)]
        table = suppress(consensus_table(self.session, self.study, compared), self.study.smallest_cell)
        return result_rows(row for row in table.as_dicts() if row["round"] == round_.number)

    def rows_by_round(self) -> RowsByRound:
        """Rows of all rounds, groups included, computed once for the same answers."""
        released.rows_of_rounds(self.session, self.study, [round_.number for round_ in self.rounds], by_group=True)
        return {round_.number: self._rows(round_) for round_ in self.rounds}

    def _rows(self, round_: Round) -> list[ResultRow]:
        rows = released.results(self.session, self.study, round_, by_group=True)
        if self.is_analyst:
            return result_rows(rows)
        before = [other for other in self.rounds if other.number == round_.number - 1]
        earlier = [row for other in before for row in released.results(self.session, self.study, other, by_group=True)]
        return _public(self.study, rows, earlier)


def _public(study: Study, rows: Sequence[Mapping[str, Any]], earlier: Sequence[Mapping[str, Any]]) -> list[ResultRow]:
    """Rows of a round as everybody may see them; differences are judged beside those of the round before."""
    definition = definition_of(study)
    table = consensus.from_rows([*earlier, *rows], definition.as_dict() | {"id": definition.id})
    return result_rows(suppress(table, study.smallest_cell).as_dicts()[len(earlier) :])
