"""The panel of a round as a matrix: only panel-wide agreement and attrition need to know who rated what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.matrix import ABSENT, Matrix

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class RoundPanel:
    """Panelists × statements of one round.

    Attributes
    ----------
    ratings
        Codes as in `delphi.consensus.matrix`; the rows are the same panelists in every round of a study.
    invited
        Which of them were invited to this round.
    member, groups
        Index of each panelist's group, and the names of the groups; ("",) when the study has none.
    """

    number: int
    statements: tuple[str, ...]
    ratings: Matrix
    invited: Mask
    member: NDArray[np.intp]
    groups: tuple[str, ...]

    @property
    def analysed(self) -> Mask:
        """Which panelists gave at least one answer."""
        return np.asarray((self.ratings != ABSENT).any(1))

    @property
    def values(self) -> Floats:
        """Positions on the scale, NaN where there is no rating."""
        return np.where(self.ratings >= 0, self.ratings, np.nan).astype(np.float64)

    def only(self, group: str) -> "RoundPanel":
        """One group alone."""
        kept = self.member == self.groups.index(group)
        return RoundPanel(
            self.number, self.statements, self.ratings[kept], self.invited[kept], self.member[kept] * 0, (group,)
        )
