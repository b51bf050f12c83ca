"""Best–worst scaling and point allocations (METHOD 11.2 and 11.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from delphi.statistics.base.result import Reason
from delphi.statistics.one_statement.quantiles import HALF, QUARTER, quantile_of_values


@dataclass(frozen=True, slots=True)
class BestWorst:
    """How often an item was shown, best and worst; ``share`` is (best − worst)/shown, None if never shown."""

    shown: int
    best: int
    worst: int
    share: float | None

    @property
    def net(self) -> int:
        """Best minus worst; the nets of all items sum to 0."""
        return self.best - self.worst


def best_worst_counts(sets: Sequence[tuple[Sequence[str], str, str]]) -> dict[str, BestWorst]:
    """Count best–worst choices.

    Parameters
    ----------
    sets
        (items shown, best, worst) of each answered set.

    Returns
    -------
    dict
        Counts of each item, in the order of first appearance.

    Raises
    ------
    ValueError
        A choice was not among the items shown, or best and worst are the same.

    References
    ----------
    .. [1] Louviere JJ, Flynn TN, Marley AAJ. Best-Worst Scaling: Theory, Methods and Applications. Cambridge:
           Cambridge University Press; 2015.

    Examples
    --------
    >>> best_worst_counts([(["a", "b", "c"], "a", "c")])["a"]
    BestWorst(shown=1, best=1, worst=0, share=1.0)
    """
    shown: dict[str, int] = {}
    best: dict[str, int] = {}
    worst: dict[str, int] = {}
    for items, first, last in sets:
        if first == last or not {first, last} <= set(items):
            raise ValueError(f"best “{first}” and worst “{last}” must be two of the items shown")
        for item in items:
            shown[item] = shown.get(item, 0) + 1
        best[first], worst[last] = best.get(first, 0) + 1, worst.get(last, 0) + 1
    return {
        item: BestWorst(n, best.get(item, 0), worst.get(item, 0), (best.get(item, 0) - worst.get(item, 0)) / n)
        for item, n in shown.items()
    }


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one item over all allocations: mean share of the total, median and IQR of the points."""

    mean_share: float | None
    median: Fraction | None
    iqr: Fraction | None
    n: int
    reason: Reason | None = None


def points(allocations: Sequence[Sequence[int]], total: int = 100, *, type: int = 7) -> list[Points]:
    """Summarise allocations of a fixed number of points to items.

    Parameters
    ----------
    allocations
        Points of each panelist (row) for each item.
    total
        What each allocation must sum to.
    type
        Quantile type of the IQR.

    Raises
    ------
    ValueError
        An allocation is negative or does not sum to the total: it is refused at entry.

    Examples
    --------
    >>> [item.mean_share for item in points([[60, 40], [20, 80]])]
    [0.4, 0.6]
    """
    for row in allocations:
        if min(row) < 0 or sum(row) != total:
            raise ValueError(f"an allocation sums to {sum(row)}, not to {total}, or is negative")
    return [_points_of(column, total, type) for column in zip(*allocations, strict=True)]


def _points_of(column: Sequence[int], total: int, type_: int) -> Points:
    q1, q3 = (quantile_of_values(column, p, type=type_) for p in (QUARTER, 1 - QUARTER))
    assert q1 is not None
    assert q3 is not None
    share = Fraction(sum(column), total * len(column))
    return Points(float(share), quantile_of_values(column, HALF), q3 - q1, len(column))
