"""What may be shown without telling one panelist's rating (METHOD 12.1 to 12.4). k counts the reader."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.base.exact import round_half_up
from delphi.statistics.one_statement.quantiles import HALF, QUARTER, quantile_of_values

K_DEFAULT, K_FLOOR = 5, 3


def smallest_cell(k: int = K_DEFAULT) -> int:
    """The smallest cell size k, once it has been checked; k is a number of people.

    Raises
    ------
    ValueError
        k is below the hard floor of 3.
    """
    if k < K_FLOOR:
        raise ValueError(f"the smallest cell cannot be below {K_FLOOR}")
    return k


class DetailLevel(StrEnum):
    """How much of a distribution panelists and the public may see; each level includes those before it."""

    NOTHING = "nothing"
    ZONES = "zones"
    QUARTILES = "quartiles"
    HISTOGRAM = "histogram"


def detail_shown(n_rated: int, k: int = K_DEFAULT) -> DetailLevel:
    """How much of the distribution of n ratings may be shown: five numbers of five ratings are the ratings.

    Parameters
    ----------
    n_rated
        Ratings of the statement in the population.
    k
        Smallest cell.

    Raises
    ------
    ValueError
        k is below 3; so it is for every function here that takes k.

    Examples
    --------
    >>> [detail_shown(n).value for n in (4, 5, 8, 10)]
    ['nothing', 'zones', 'quartiles', 'histogram']
    """
    if n_rated < smallest_cell(k):
        return DetailLevel.NOTHING
    if n_rated < 8:
        return DetailLevel.ZONES
    return DetailLevel.QUARTILES if n_rated < 10 else DetailLevel.HISTOGRAM


def may_release_group(n_group: int, n_overall: int, k: int = K_DEFAULT) -> bool:
    """Whether a group may stand beside the total: that publishes the remainder, which must be nobody or at least k.

    Parameters
    ----------
    n_group, n_overall
        Ratings of the group, and of the whole panel with it.
    k
        Smallest cell.

    Examples
    --------
    >>> may_release_group(11, 12), may_release_group(7, 12), may_release_group(12, 12)
    (False, True, True)
    """
    rest = n_overall - n_group
    return n_group >= smallest_cell(k) and (rest == 0 or rest >= k)


def may_release_change(only_before: int, only_after: int, k: int = K_DEFAULT) -> bool:
    """Whether change between rounds may be shown: the two sets of raters differ by nobody or by at least k.

    Parameters
    ----------
    only_before, only_after
        People who rated in the earlier round alone, and in the later one alone.
    k
        Smallest cell.

    Notes
    -----
    "Nobody changed" and both distributions reveal what a single drop-out had answered. Otherwise restrict **both**
    rounds to the same completers.

    Examples
    --------
    >>> may_release_change(1, 0), may_release_change(0, 0), may_release_change(5, 0)
    (False, True, True)
    """
    smallest_cell(k)
    return all(moved == 0 or moved >= k for moved in (only_before, only_after))


def complement(overall: ArrayLike, group: ArrayLike) -> NDArray[np.int64]:
    """Counts (K,) that a reader gets by subtracting a published group (K,) from the published total (K,).

    Examples
    --------
    >>> complement([1, 0, 2, 5, 4], [0, 0, 2, 5, 4])
    array([1, 0, 0, 0, 0])
    """
    return np.asarray(overall, dtype=np.int64) - np.asarray(group, dtype=np.int64)


def visible_groups(sizes: Mapping[str, int], k: int = K_DEFAULT, hidden: Collection[str] = ()) -> list[str]:
    """Groups that may be shown beside the total of the panel, in the order of ``sizes`` (the remainder rule).

    Parameters
    ----------
    sizes
        n_rated of each group on this statement.
    k
        Smallest cell.
    hidden
        Groups that are not shown, whatever their size; they count among the hidden ones.

    Notes
    -----
    With a total below k nothing is shown. Groups below k are hidden; while the hidden ones together are fewer than k,
    the smallest visible one is hidden too (ties by id). An empty group hides nobody, so it costs no other group.

    Examples
    --------
    >>> visible_groups({"A": 12, "B": 6, "C": 1, "D": 1, "E": 1}), visible_groups({"A": 11, "B": 1})
    (['A'], [])
    """
    smallest_cell(k)
    if sum(sizes.values()) < k:
        return []
    large = [group for group, n in sizes.items() if n >= k and group not in hidden]
    visible = sorted(large, key=lambda group: (sizes[group], group))
    rest = sum(n for group, n in sizes.items() if group not in large)
    while 0 < rest < k and visible:
        rest += sizes[visible.pop(0)]
    return [group for group in sizes if group in visible]


@dataclass(frozen=True, slots=True)
class GroupDisclosure:
    """What the distribution of a group tells about its members without anyone being identified."""

    unanimous: bool
    lone_dissenter: bool


def group_disclosure(counts: ArrayLike) -> GroupDisclosure:
    """Unanimity (every member is known) and a lone dissenter (who learns all the others) in the counts (K,) of a group.

    Examples
    --------
    >>> group_disclosure([0, 1, 0, 0, 5])
    GroupDisclosure(unanimous=False, lone_dissenter=True)
    """
    used = sorted(int(n) for n in np.asarray(counts) if n)
    return GroupDisclosure(unanimous=len(used) == 1, lone_dissenter=len(used) == 2 and used[0] == 1)


def possible_complement_sums(
    mean_all: float | Decimal, n_all: int, mean_group: float | Decimal, n_group: int, decimals: int, lo: int, hi: int
) -> list[int]:
    """Sums of the ratings outside a group that fit two rounded means: one possibility is a disclosure.

    Parameters
    ----------
    mean_all, n_all, mean_group, n_group
        Published means and numbers of the panel and of the group.
    decimals
        Decimals of the published means.
    lo, hi
        Ends of the scale.

    Examples
    --------
    >>> possible_complement_sums(3.9, 12, 4.2, 11, 1, 1, 5)
    [1]
    """
    rest, ends = n_all - n_group, (lo, hi)
    of_all, of_group = _sums(mean_all, n_all, decimals, ends), _sums(mean_group, n_group, decimals, ends)
    if not of_all or not of_group:
        return []
    # both are runs of whole numbers, and so are their differences
    first, last = of_all[0] - of_group[-1], of_all[-1] - of_group[0]
    return list(range(max(first, rest * lo), min(last, rest * hi) + 1))


def _sums(mean: float | Decimal, n: int, decimals: int, ends: tuple[int, int]) -> list[int]:
    """Sums of n ratings on the scale whose mean is printed like this."""
    lo, hi = ends
    printed, step = Decimal(str(mean)), Fraction(1, 10**decimals)
    first, last = (int(n * (Fraction(printed) + side)) for side in (-step, step))
    return [
        s
        for s in range(max(n * lo, first), min(n * hi, last) + 1)
        if round_half_up(Fraction(s, n), decimals) == printed
    ]


def compatible_ratings(
    n: int,
    minimum: int,
    q1: Fraction | float,
    median: Fraction | float,
    q3: Fraction | float,
    maximum: int,
    *,
    type: int = 7,
) -> list[tuple[int, ...]]:
    """Sets of n ratings that print a five-number summary: for small n there is often one.

    Parameters
    ----------
    n
        Number of ratings.
    minimum, q1, median, q3, maximum
        The printed summary, in points of the scale.
    type
        Type of the quartiles, 1 to 9; the median is always of type 7.

    Returns
    -------
    list of tuple
        Each with n ratings, lowest first.

    Examples
    --------
    >>> compatible_ratings(5, 1, 3, 4, 4, 5)
    [(1, 3, 4, 4, 5)]
    """
    wanted = ((QUARTER, type, q1), (HALF, 7, median), (1 - QUARTER, type, q3))
    return [
        x
        for x in combinations_with_replacement(range(minimum, maximum + 1), n)
        if (x[0], x[-1]) == (minimum, maximum)
        and all(quantile_of_values(x, p, type=t) == Fraction(str(printed)) for p, t, printed in wanted)
    ]
