"""Counts of one round: statements × groups × options. Everything said of a statement follows from them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.consensus.vocabulary import EVERYBODY

Integers = NDArray[np.int64]


def total(counts: Integers, axis: int = -1, *, keepdims: bool = False) -> Integers:
    """Sum counts along an axis."""
    return np.asarray(counts.sum(axis, keepdims=keepdims), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Counts:
    """One round: J statements × G groups × K options, of the panelists of the analysis set.

    Attributes
    ----------
    ratings : (J, G, K)
    not_qualified, blank : (J, G)
    invited : (G,)
    groups
        Names in display order; ("",) when the study has none.
    """

    ratings: Integers
    not_qualified: Integers
    blank: Integers
    invited: Integers
    groups: tuple[str, ...]

    def __post_init__(self) -> None:
        shape = self.ratings.shape[:2]
        if self.not_qualified.shape != shape or self.blank.shape != shape or self.invited.shape != shape[1:]:
            raise ValueError("ratings, opt-outs, blanks and invitations differ in shape")
        if len(self.groups) != shape[1]:
            raise ValueError(f"{shape[1]} groups need as many names, not {len(self.groups)}")
        if min((part.min(initial=0) for part in (self.ratings, self.not_qualified, self.blank)), default=0) < 0:
            raise ValueError("a count is negative")

    @classmethod
    def of(cls, ratings: ArrayLike) -> "Counts":
        """Take ratings alone: one vector (K), statements × options, or statements × groups × options."""
        f = np.asarray(ratings, dtype=np.int64)
        f = f.reshape((1,) * (2 - f.ndim) + f.shape)[:, None] if f.ndim < 3 else f
        none = np.zeros(f.shape[:2], dtype=np.int64)
        size = f.shape[1]
        names = ("",) if size == 1 else tuple(f"group {g + 1}" for g in range(size))
        return cls(f, none, none, np.zeros(size, dtype=np.int64), names)

    def pooled(self) -> "Counts":
        """All groups together, under the name `EVERYBODY`."""
        return Counts(
            total(self.ratings, 1, keepdims=True),
            total(self.not_qualified, 1, keepdims=True),
            total(self.blank, 1, keepdims=True),
            total(self.invited, 0, keepdims=True),
            (EVERYBODY,),
        )

    def statement(self, j: int) -> "Counts":
        """One statement alone."""
        at = slice(j, j + 1)
        return Counts(self.ratings[at], self.not_qualified[at], self.blank[at], self.invited, self.groups)

    def only(self, group: str) -> "Counts":
        """One group alone."""
        g = [self.groups.index(group)]
        return Counts(self.ratings[:, g], self.not_qualified[:, g], self.blank[:, g], self.invited[g], (group,))

    @property
    def n_rated(self) -> Integers:
        """Ratings on the scale (J, G)."""
        return total(self.ratings)

    @property
    def n_answered(self) -> Integers:
        """Ratings and opt-outs (J, G)."""
        return self.n_rated + self.not_qualified

    @property
    def n_shown(self) -> Integers:
        """Ratings, opt-outs and blanks (J, G)."""
        return self.n_answered + self.blank
