"""Attrition: who stayed, whether those who left answered differently, and what if the mix had stayed (METHOD 10)."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import UNIT, Bounded
from delphi.statistics.base.measure import Floats, figure, figure_within, undefined
from delphi.statistics.base.panel_matrix import as_matrix
from delphi.statistics.base.result import Flag, Reason, Result
from delphi.statistics.groups.comparison import adjust_p, cliffs_delta, mann_whitney, tally

PERMUTATIONS = 5000
LABELS = 2_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with the numerator and denominator it is printed with."""

    k: int
    n: int
    reason: Reason | None = None

    @property
    def value(self) -> float | None:
        """Share, 0 to 1; None with a reason."""
        return None if self.reason else self.k / self.n


def _rate(k: int, n: int) -> Rate:
    return Rate(k, n, None if n else Reason.NO_RATINGS)


def response_rate(complete: int, invited: int, *, open_invitation: bool = False) -> Rate:
    """Response rate of a round: complete / invited.

    Parameters
    ----------
    complete, invited
        Panelists of the round.
    open_invitation
        Whether the round was reached by an open link: ``open_invitation``, nobody knows how many were asked.

    Examples
    --------
    >>> response_rate(28, 35).value
    0.8
    """
    return Rate(complete, invited, Reason.OPEN_INVITATION) if open_invitation else _rate(complete, invited)


def retention(before: AbstractSet[str], after: AbstractSet[str]) -> Rate:
    """Retention: complete in both rounds / complete in the first of them.

    Parameters
    ----------
    before, after
        Pseudonyms of the panelists with complete sheets.

    Examples
    --------
    >>> retention({"a", "b", "c", "d"}, {"a", "b", "c", "new"}).value
    0.75
    """
    return _rate(len(before & after), len(before))


def completion(rounds: Sequence[AbstractSet[str]], *, linkable: bool = True) -> Rate:
    """Completion: complete in all rounds / complete in round 1.

    Parameters
    ----------
    rounds
        Pseudonyms of the panelists with complete sheets, round by round.
    linkable
        False for rounds that are anonymous to the platform: ``not_linkable``.

    Examples
    --------
    >>> completion([{"a", "b"}, {"a", "b"}, {"b"}]).value
    0.5
    """
    first = len(rounds[0]) if rounds else 0
    if not linkable:
        return Rate(0, first, Reason.NOT_LINKABLE)
    return _rate(len(frozenset(rounds[0]).intersection(*rounds[1:])) if rounds else 0, first)


@dataclass(frozen=True, slots=True)
class ItemBias(Bounded):
    """Completers against leavers on one statement; δ > 0: completers rated higher."""

    p: float | None
    p_holm: float | None
    delta: float | None
    n_completers: int
    n_leavers: int


@dataclass(frozen=True, slots=True)
class AttritionBias(Bounded):
    """Item by item, and one global permutation test over all statements where both sides have two ratings."""

    items: tuple[ItemBias, ...]
    statistic: float | None
    p: float | None
    items_left_out: int
    n: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def attrition_bias(
    ratings: ArrayLike, left: ArrayLike, *, permutations: int = PERMUTATIONS, seed: int = 1
) -> AttritionBias:
    """Compare those who stayed with those who left, on their last common round.

    Parameters
    ----------
    ratings
        Panelists × statements of that round; None and NaN are gaps.
    left
        For each panelist whether they left afterwards.
    permutations, seed
        Of the global test, which permutes the panelists' labels.

    Returns
    -------
    AttritionBias
        ``empty_group`` if no statement has two ratings on both sides.

    Notes
    -----
    Per statement Mann–Whitney, Cliff's δ and Holm-adjusted p; globally T = mean over statements of
    abs(mean_completers − mean_leavers) with p = (1 + #{T* ≥ T})/(B + 1).

    References
    ----------
    .. [1] Humphrey-Murto S, et al. J Rheumatol 2019;46:1041 (panelists who left in the minority inflate agreement).

    Examples
    --------
    >>> result = attrition_bias([[4], [4], [4], [1], [1]], [False, False, False, True, True])
    >>> result.items[0].delta, result.statistic
    (1.0, 3.0)
    """
    m, leavers = as_matrix(ratings), np.asarray(left, dtype=bool)
    seen = ~np.isnan(m)
    sides = [(column[~leavers & has], column[leavers & has]) for column, has in zip(m.T, seen.T, strict=True)]
    items = _item_bias(sides)
    used = np.array([min(len(a), len(b)) >= 2 for a, b in sides], dtype=bool)
    left_out = int((~used).sum())
    if not used.any():
        return AttritionBias(items, None, None, left_out, len(m), Reason.EMPTY_GROUP)
    x, has = np.where(seen, m, 0.0)[:, used], seen[:, used].astype(np.float64)
    rng = np.random.Generator(np.random.PCG64(seed))
    t = float(_gap(leavers.astype(np.float64)[None], x, has)[0])
    hits, chunk = 0, max(1, LABELS // len(leavers))
    for start in range(0, permutations, chunk):  # a few relabellings at a time: the memory stays small
        size = min(chunk, permutations - start)
        labels = rng.permuted(np.broadcast_to(leavers, (size, len(leavers))), axis=1).astype(np.float64)
        hits += int((_gap(labels, x, has) >= t - 1e-9).sum())
    p = (1 + hits) / (permutations + 1)
    return AttritionBias(items, t, p, left_out, len(m), None, (Flag.MONTE_CARLO,))


def _item_bias(sides: Sequence[tuple[Floats, Floats]]) -> tuple[ItemBias, ...]:
    tables = [tally(*side) for side in sides]
    tests = [mann_whitney(*table).p for table in tables]
    rows = zip(sides, tables, tests, adjust_p(tests), strict=True)
    return tuple(ItemBias(p, holm, cliffs_delta(*f).value, len(a), len(b)) for (a, b), f, p, holm in rows)


def _gap(labels: Floats, x: Floats, has: Floats) -> Floats:
    """Mean over statements of abs(mean of leavers − mean of completers), for each row of labels."""
    leavers, n_leavers = labels @ x, labels @ has
    stayers, n_stayers = x.sum(0) - leavers, has.sum(0) - n_leavers
    both = (n_leavers > 0) & (n_stayers > 0)  # a relabelling may leave a side of a statement empty
    gaps = np.abs(leavers / n_leavers.clip(1) - stayers / n_stayers.clip(1)) * both
    return np.asarray(gaps.sum(1) / both.sum(1).clip(1), dtype=np.float64)


@figure_within(UNIT)
def composition_adjusted_share(groups: Sequence[tuple[int, int]], sizes: Sequence[int]) -> Result:
    """Share of agreement as if the groups had kept their weight of round 1; a sensitivity figure, never a verdict.

    Parameters
    ----------
    groups
        (k, n) of each stakeholder group: ratings in the set, and ratings.
    sizes
        Size of each group in the analysis set of round 1.

    Returns
    -------
    Result
        Between 0 and 1; ``empty_group`` if a group has no ratings.

    Notes
    -----
    Σ_g w_g k_g/n_g with w_g the share of group g in round 1.

    Examples
    --------
    >>> composition_adjusted_share([(9, 10), (1, 2)], [10, 10]).value
    0.7
    """
    n = sum(rated for _, rated in groups)
    if not groups or not sum(sizes) or any(rated == 0 for _, rated in groups):
        return undefined(Reason.EMPTY_GROUP, n)
    weighted = sum((Fraction(size * k, rated) for size, (k, rated) in zip(sizes, groups, strict=True)), Fraction(0))
    return figure(float(weighted / sum(sizes)), n)
