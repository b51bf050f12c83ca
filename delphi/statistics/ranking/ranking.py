"""Aggregating rankings: mean rank, Borda, pairwise comparison, Condorcet (METHOD 11.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
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


def _doubled_ranks(ranks: NDArray[np.float64]) -> Ints:
    """Twice the ranks 1 … m of each ballot: ties get mid-ranks, items left out the mean of the remaining ranks."""
    used = (~np.isnan(ranks)).sum(1)
    doubled = np.empty(ranks.shape, dtype=np.int64)
    for item, own in enumerate(ranks.T):
        ranked = 2 * (ranks < own[:, None]).sum(1) + (ranks == own[:, None]).sum(1) + 1
        doubled[:, item] = np.where(np.isnan(own), used + 1 + ranks.shape[1], ranked)
    return doubled


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
    sums = weight @ _doubled_ranks(ranks)
    return Ranking(tuple(total / (2 * n) for total in sums.tolist()), n, blank)


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
    doubled = 2 * (ranks.shape[1] + base) - _doubled_ranks(ranks)
    if unranked == "zero":
        doubled[np.isnan(ranks)] = 0
    return Ranking(tuple(total / 2 for total in (weight @ doubled).tolist()), int(weight.sum()), blank)


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
    rows = [weight @ (own[:, None] < ranks) for own in ranks.T]
    return np.array(rows, dtype=np.int64).reshape(ranks.shape[1], ranks.shape[1])


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
