"""Figures of the whole panel for its page, as they were sealed: agreement with intervals, who left, sensitive verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from delphi.consensus.table.result_row import read_reasons
from delphi.model.round import Round
from delphi.model.study import Study
from exports.record.parts.results import figures_of_rounds
from exports.record.sealed_figures import UNKEPT, RoundFigures
from exports.results.flow import PeopleStep


@dataclass(frozen=True, slots=True)
class Leavers:
    """How many left from a round to the next, and whether they had rated otherwise, as one test; None where few left."""

    round: int
    next_round: int
    left: int
    answered: int
    mean_gap: float | None
    p: float | None


@dataclass(frozen=True)
class PanelFigures:
    """What an analyst reads of the panel as a whole.

    Attributes
    ----------
    rounds
        Sealed figures by round.
    waiting
        Rounds whose figures are being computed; ``unkept`` those of which the imported bundle held none.
    """

    rounds: Mapping[int, RoundFigures]
    waiting: Sequence[int]
    unkept: Sequence[int]
    leavers: Sequence[Leavers]

    @property
    def agreement(self) -> list[Mapping[str, Any]]:
        """Measures of agreement, round by round."""
        return [
            {"round": number, **row, "reasons": read_reasons(row["reasons"])}
            for number, one in self.rounds.items()
            for row in one.agreement
        ]

    @property
    def sensitive(self) -> dict[int, tuple[list[str], int]]:
        """By round: statements of which a definition near the locked one says otherwise, and how many were tried."""
        return {
            number: (one.sensitive, sum(not tried.reason for tried in one.firmness.values()))
            for number, one in self.rounds.items()
        }


def panel_figures(
    session: Session, study: Study, rounds: Sequence[Round], people: Sequence[PeopleStep]
) -> PanelFigures:
    """Read the figures of these rounds, and who left between them."""
    numbers = [round_.number for round_ in rounds]
    made = figures_of_rounds(session, study, numbers)
    leavers = [
        Leavers(before.round, now.round, now.left, before.answered, *_test(made.get(now.round)))
        for before, now in pairwise(people)
        if now.left is not None
    ]
    waiting = [number for number in numbers if number not in made]
    unkept = [number for number in numbers if made.get(number) is UNKEPT]
    return PanelFigures(made, waiting, unkept, leavers)


def _test(made: RoundFigures | None) -> tuple[float | None, float | None]:
    if made is None or made.attrition is None:
        return None, None
    return made.attrition["mean_gap"], made.attrition["p"]
