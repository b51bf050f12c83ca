"""Figures of the whole panel for its page: agreement with intervals, attrition with its bias check, sensitive verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from delphi.consensus.firmness.sensitivity import threshold_map
from delphi.model.round import Round
from delphi.model.study import Study
from exports.record.material import Material
from exports.record.rows import material_of
from exports.reports import agreement, attrition
from exports.tables.suppression import suppress
from exports.tables.table import Table

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class PanelFigures:
    """What an analyst reads of the panel as a whole.

    Attributes
    ----------
    sensitive
        By round: statements of which a definition near the locked one says otherwise, and all statements.
    """

    agreement: Table
    attrition: Table
    sensitive: Mapping[int, tuple[tuple[str, ...], int]]

    def of_round(self, number: int) -> Rows:
        """Measures of agreement of a round."""
        return [row for row in self.agreement.as_dicts() if row["round"] == number]

    @property
    def leavers(self) -> Rows:
        """What is said of those who left, for each round that has a next."""
        return [
            r
            for r in self.attrition.as_dicts()
            if r["statement"] == attrition.EVERY_STATEMENT and r["next_round"] is not None
        ]


def panel_figures(session: Session, study: Study, rounds: Sequence[Round]) -> PanelFigures:
    """Figures of these closed rounds, computed once for the same answers."""
    return _figures(material_of(session, study, rounds), study.smallest_cell)


def _figures(material: Material, k: int) -> PanelFigures:
    sensitive = {}
    for round_ in material.analysis.rounds:
        positions = threshold_map(round_.counts, material.definition).sensitive()
        sensitive[round_.number] = (tuple(round_.items[j].statement for j in positions), len(round_.items))
    return PanelFigures(suppress(agreement.build(material), k), suppress(attrition.build(material), k), sensitive)
