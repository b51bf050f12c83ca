"""Kemeny's order of the items (METHOD 11.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from delphi.statistics.base.measure import Ints
from delphi.statistics.base.result import Flag

EXACT_UP_TO = 12
ORDERS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Kemeny:
    """Best orders (positions of the items, first to last), their score, and whether there are more than shown."""

    orders: tuple[tuple[int, ...], ...]
    score: int
    flags: tuple[Flag, ...] = ()
    more: bool = False


def kemeny(pairwise: Ints) -> Kemeny:
    """Kemeny's order: the ranking that agrees with the most pairwise preferences.

    Parameters
    ----------
    pairwise : (m, m)
        From `delphi.statistics.ranking.ranking.pairwise_matrix`.

    Returns
    -------
    Kemeny
        All best orders up to 10, exact for m ≤ 12; above that an order by net preferences improved within windows of
        four items, with flag ``heuristic``. Several best orders carry the flag ``tie``.

    Notes
    -----
    The score of an order is Σ pairwise[a, b] over a before b; the best score of each subset follows from those of its
    subsets (2^m steps).

    References
    ----------
    .. [1] Young HP. Condorcet's theory of voting. Am Polit Sci Rev 1988;82:1231-1244. doi:10.2307/1961757

    Examples
    --------
    >>> kemeny(np.array([[0, 2, 3], [1, 0, 2], [0, 1, 0]])).orders
    ((0, 1, 2),)
    """
    p, m = pairwise.tolist(), len(pairwise)
    if m > EXACT_UP_TO:
        return _improved(pairwise)
    # best[s]: best score of ordering the set s with everything outside s placed after it
    best = [0] * (1 << m)
    last: list[tuple[int, ...]] = [()] * (1 << m)
    for s in range(1, 1 << m):
        members = [i for i in range(m) if s >> i & 1]
        scores = {i: best[s ^ 1 << i] + sum(p[j][i] for j in members if j != i) for i in members}
        best[s] = max(scores.values())
        last[s] = tuple(i for i, score in scores.items() if score == best[s])
    orders = _orders((1 << m) - 1, last)
    flags = (Flag.TIE,) if len(orders) > 1 else ()
    return Kemeny(tuple(orders[:ORDERS_SHOWN]), best[-1], flags, len(orders) > ORDERS_SHOWN)


def _orders(s: int, last: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Best orders of the set s, one more than is shown at the most."""
    if s == 0:
        return [()]
    orders: list[tuple[int, ...]] = []
    for i in last[s]:
        orders += [(*before, i) for before in _orders(s ^ 1 << i, last)]
        if len(orders) > ORDERS_SHOWN:
            break
    return orders[: ORDERS_SHOWN + 1]


def _improved(pairwise: Ints) -> Kemeny:
    order = np.argsort(pairwise.sum(0) - pairwise.sum(1), kind="stable").tolist()
    window = 4  # a window of four covers exchanging neighbours and most short cycles
    improved = True
    while improved:
        improved = False
        for at in range(len(order) - window + 1):
            part = order[at : at + window]
            better = max(permutations(part), key=lambda o: _score(pairwise, o))
            if _score(pairwise, better) > _score(pairwise, part):
                order[at : at + window], improved = better, True
    return Kemeny((tuple(order),), _score(pairwise, order), (Flag.HEURISTIC,))


def _score(pairwise: Ints, order: Sequence[int]) -> int:
    return int(np.triu(pairwise[np.ix_(order, order)], 1).sum())
