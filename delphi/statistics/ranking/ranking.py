"""Aggregating rankings: mean rank, Borda, pairwise comparison, Condorcet (METHOD 11.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.base.measure import Ints
from delphi.statistics.base.result import Reason

Ballot: TypeAlias = Sequence[float | None]
Unranked = Literal["mean_remaining", "zero"]


def ballot_of(order: Sequence[str], items: Sequence[str]) -> list[int | None]:
    """Ranks of the items on a ballot given as an order, first to last; None where not ranked.

    Examples
    --------
    >>> ballot_of(["b", "a"], ["a", "b", "c"])
    [2, 1, None]
    """
    place = {item: rank for rank, item in enumerate(order, 1)}
    return [place.get(item) for item in items]


def _used(ballots: Sequence[Ballot], weights: Sequence[int] | None) -> tuple[NDArray[np.float64], Ints, int]:
    """Ranks of the ballots that rank anything (NaN: unranked), their weights, and the weight of the blank ones."""
    ranks = np.array(ballots, dtype=np.float64).reshape(len(ballots), len(ballots[0]) if len(ballots) else 0)
    weight = np.ones(len(ballots), dtype=np.int64) if weights is None else np.asarray(weights, dtype=np.int64)
    blank = np.isnan(ranks).all(1)
    return ranks[~blank], weight[~blank], int(weight[blank].sum())


def _mid_ranked(row: NDArray[np.float64], unranked: Unranked) -> list[Fraction | None]:
    """Ranks 1 … m of a ballot: ties get mid-ranks, items left out the mean of the remaining ranks or none."""
    ranked = row[~np.isnan(row)]
    m, used = len(row), len(ranked)
    rest = Fraction(used + 1 + m, 2) if unranked == "mean_remaining" else None
    return [
        rest if np.isnan(x) else Fraction(2 * int((ranked < x).sum()) + int((ranked == x).sum()) + 1, 2) for x in row
    ]


@dataclass(frozen=True, slots=True)
class Ranking:
    """One figure per item, in the items' order; ``blank`` ballots are counted apart and leave n."""

    values: tuple[float, ...]
    n: int
    blank: int
    reason: Reason | None = None


def mean_rank(ballots: Sequence[Ballot], weights: Sequence[int] | None = None) -> Ranking:
    """Mean rank of each item; the smallest comes first, ties share a place.

    Parameters
    ----------
    ballots
        A rank for each item, None where not ranked; equal ranks are ties. Items left out share the mean of the
        remaining ranks.
    weights
        How often each ballot was cast.

    Returns
    -------
    Ranking
        ``no_ratings`` if every ballot is blank.

    Examples
    --------
    >>> mean_rank([[1, 2, 3], [2, 1, None]]).values
    (1.5, 1.5, 3.0)
    """
    ranks, weight, blank = _used(ballots, weights)
    n = int(weight.sum())
    if n == 0:
        return Ranking((), 0, blank, Reason.NO_RATINGS)
    rows = [_mid_ranked(row, "mean_remaining") for row in ranks]
    sums = [sum((r or 0) * int(w) for r, w in zip(column, weight, strict=True)) for column in zip(*rows, strict=True)]
    return Ranking(tuple(float(Fraction(total) / n) for total in sums), n, blank)


def borda(
    ballots: Sequence[Ballot],
    weights: Sequence[int] | None = None,
    *,
    base: Literal[0, 1] = 0,
    unranked: Unranked = "mean_remaining",
) -> Ranking:
    """Borda points of each item: m − rank on each ballot (base 1: m − rank + 1).

    Parameters
    ----------
    ballots
        A rank for each item, None where not ranked; tied ranks get mid-ranks.
    weights
        How often each ballot was cast.
    base
        Points of the last place.
    unranked
        Items left out share the mean of the remaining ranks ("mean_remaining") or get no points ("zero").

    Returns
    -------
    Ranking
        ``no_ratings`` if every ballot is blank.

    References
    ----------
    .. [1] Young HP. Condorcet's theory of voting. Am Polit Sci Rev 1988;82:1231-1244. doi:10.2307/1961757

    Examples
    --------
    >>> borda([[1, 2, 3], [2, 1, 3]]).values
    (3.0, 3.0, 0.0)
    """
    ranks, weight, blank = _used(ballots, weights)
    if not len(ranks):
        return Ranking((), 0, blank, Reason.NO_RATINGS)
    m, points = ranks.shape[1], [Fraction(0)] * ranks.shape[1]
    for row, times in zip(ranks, weight.tolist(), strict=True):
        for item, rank in enumerate(_mid_ranked(row, unranked)):
            points[item] += times * (m - rank + base) if rank is not None else 0
    return Ranking(tuple(map(float, points)), int(weight.sum()), blank)


def first_choices(ballots: Sequence[Ballot], weights: Sequence[int] | None = None) -> tuple[int, ...]:
    """Ballots that put each item first; items tied for the first place all count.

    Examples
    --------
    >>> first_choices([[1, 2, 3], [1, 1, 3]])
    (2, 1, 0)
    """
    ranks, weight, _ = _used(ballots, weights)
    if not len(ranks):
        return ()
    first = ranks == np.nanmin(ranks, axis=1, keepdims=True)
    return tuple((weight @ first).tolist())


def pairwise_matrix(ballots: Sequence[Ballot], weights: Sequence[int] | None = None) -> Ints:
    """Ballots that prefer each item (row) to each other item (column); ranked items beat those left out.

    Parameters
    ----------
    ballots
        A rank for each item, None where not ranked.
    weights
        How often each ballot was cast.

    Returns
    -------
    (m, m)

    Examples
    --------
    >>> pairwise_matrix([[1, 2], [1, None], [2, 1]])
    array([[0, 2], [1, 0]])
    """
    ranks, weight, _ = _used(ballots, weights)
    ranks = np.where(np.isnan(ranks), np.inf, ranks)
    return np.asarray(np.tensordot(weight, ranks[:, :, None] < ranks[:, None, :], 1), dtype=np.int64)


def condorcet_winner(pairwise: Ints) -> int | None:
    """Position of the item that a majority prefers to each other item; None where there is a cycle or a tie.

    Examples
    --------
    >>> condorcet_winner(np.array([[0, 3], [1, 0]]))
    0
    """
    beats = (pairwise > pairwise.T).sum(1)
    winners = np.flatnonzero(beats == len(pairwise) - 1)
    return int(winners[0]) if len(winners) else None
