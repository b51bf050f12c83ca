"""Average percent of majority opinions: the cut-off follows from the whole round (METHOD 4.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from delphi.consensus.counts import Integers
from delphi.consensus.rules.base import Detail, Rule, Tally
from delphi.consensus.rules.percent import check_sets
from delphi.consensus.rules.quartiles import text
from delphi.consensus.rules.shares import Mask, columns, set_text
from delphi.consensus.scale import Scale


class Votes(StrEnum):
    """Which votes an item's share is of: all, or those that agree or disagree."""

    ALL = "all"
    AGREE_DISAGREE = "agree_disagree"


@dataclass(frozen=True, eq=False)
class Apmo:
    """Cut-off of a round, and which items exceed it.

    Attributes
    ----------
    majority_agreements, majority_disagreements
        Votes that belong to a majority.
    base
        Votes they are divided by.
    agree, disagree : (J,)
        Items whose share exceeds the cut-off.
    """

    majority_agreements: int
    majority_disagreements: int
    base: int
    agree: Mask
    disagree: Mask

    @property
    def cutoff(self) -> Fraction | None:
        """Cut-off in per cent; None without votes."""
        votes = self.majority_agreements + self.majority_disagreements
        return Fraction(100 * votes, self.base) if self.base else None


def apmo(items: ArrayLike, denominator: str = Votes.ALL, *, strict: bool = True) -> Apmo:
    """Average percent of majority opinions of a round, and which items exceed it.

    Parameters
    ----------
    items : (J, 3)
        Agree, disagree and neutral votes of each item.
    denominator
        "all" votes, or "agree_disagree" without the neutral ones.

    References
    ----------
    .. [1] Cottam H-R et al. The Delphi process: a bibliography. 2004 (after Kapoor 1987).

    Examples
    --------
    >>> float(apmo([(18, 2, 0), (12, 6, 2), (5, 13, 2), (9, 8, 3)]).cutoff)
    53.75
    """
    a, d, neutral = np.asarray(items, dtype=np.int64).reshape(-1, 3).T
    n = a + d + neutral
    votes = n if denominator == Votes.ALL else a + d
    agreements = int(a[2 * a > n].sum())
    disagreements = int(d[(2 * d > n) & (2 * a <= n)].sum())
    base, cut = int(votes.sum()), agreements + disagreements

    def exceeds(k: Integers) -> Mask:
        left, right = k * base, cut * votes
        return np.asarray((left > right if strict else left >= right) & (votes > 0), dtype=np.bool_)

    return Apmo(agreements, disagreements, base, exceeds(a), exceeds(d))


@dataclass(frozen=True)
class ApmoRule(Rule):
    """Share above the average share of majorities in the round."""

    key: ClassVar[str] = "apmo"
    name: ClassVar[str] = "Average percent of majority opinions"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {"denominator": tuple(Votes)}

    agree_set: tuple[int, ...] = ()
    disagree_set: tuple[int, ...] = ()
    denominator: str = Votes.ALL
    strict: bool = True

    def __post_init__(self) -> None:
        check_sets(self.agree_set, self.disagree_set)
        if not self.disagree_set:
            raise ValueError("the rule needs a disagreement set")
        if self.denominator not in list(Votes):
            raise ValueError(f"denominator “{self.denominator}” is not one of {', '.join(Votes)}")

    @classmethod
    def defaults(cls, scale: Scale) -> dict[str, Any]:
        """Take the sets of the scale."""
        return {"agree_set": scale.combined, "disagree_set": scale.disagree}

    def describe(self, scale: Scale) -> str:
        """Say the rule in one sentence."""
        del scale
        votes = "all ratings" if self.denominator == Votes.ALL else "the ratings that agree or disagree"
        above = "above" if self.strict else "at least"
        return (
            f"Consensus in: the share of {set_text(self.agree_set)} among {votes} is {above} the average percent of "
            f"majority opinions of the round; consensus out: the share of {set_text(self.disagree_set)} is."
        )

    @property
    def of_the_round(self) -> bool:
        """Always: the cut-off is an average over the round."""
        return True

    def _round(self, tally: Tally) -> Apmo:
        a, d = (columns(tally.f, members, self.lo) for members in (self.agree_set, self.disagree_set))
        return apmo(np.stack([a, d, tally.n - a - d], axis=-1), self.denominator, strict=self.strict)

    def sides(self, tally: Tally) -> tuple[Mask, Mask]:
        """Compare both shares with the cut-off of the round."""
        round_ = self._round(tally)
        return round_.agree, round_.disagree

    def details(self, tally: Tally) -> list[Detail]:
        """Votes of each statement, and the cut-off of the round."""
        a, d = (columns(tally.f, members, self.lo) for members in (self.agree_set, self.disagree_set))
        cutoff, votes = self._round(tally).cutoff, tally.n if self.denominator == Votes.ALL else a + d
        rows = zip(tally.n.tolist(), a.tolist(), d.tolist(), votes.tolist(), strict=True)
        return [{"n": n, "agree": k, "disagree": o, "votes": v, "cutoff": cutoff} for n, k, o, v in rows]

    def basis(self, detail: Detail) -> str:
        """Print both shares beside the cut-off."""
        votes, cutoff = detail["votes"], detail["cutoff"]
        return f"{detail['agree']}/{votes} agree, {detail['disagree']}/{votes} disagree; APMO {text(cutoff)} %"
