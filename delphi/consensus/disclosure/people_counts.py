"""Counts of people as a page may show them: none below the smallest cell, and none that follows by subtraction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from delphi.consensus.disclosure.small_cells import smallest_cell, visible_groups


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of people, or what may be said of it.

    Attributes
    ----------
    n
        The number; None if it is not shown.
    below, at_least
        Bounds that follow from what is shown beside it; None where there is none.
    """

    n: int | None
    below: int | None = None
    at_least: int | None = None


def shown_classes(sizes: Mapping[str, int], k: int) -> dict[str, Counted]:
    """Sizes of classes as they may be shown beside their known total.

    Parameters
    ----------
    sizes
        Number of people in each class.
    k
        Smallest cell.

    Notes
    -----
    Classes below k are hidden; while the hidden ones together have fewer than k people, the next larger is hidden too.
    A hidden larger class is given by the bound that follows from the words “fewer than k”.

    Examples
    --------
    >>> shown = shown_classes({"not started": 2, "unfinished": 9, "submitted": 40}, 5)
    >>> shown["not started"].below, shown["unfinished"].at_least, shown["submitted"].n
    (5, 7, 40)
    """
    visible = visible_groups(sizes, k)
    small = sum(n < k for n in sizes.values())
    large = sum(n >= k and name not in visible for name, n in sizes.items())
    rest = sum(n for name, n in sizes.items() if name not in visible)
    least = max(k, rest - small * (k - 1)) if large == 1 else k
    return {
        name: Counted(n) if name in visible else Counted(None, below=k) if n < k else Counted(None, at_least=least)
        for name, n in sizes.items()
    }


def visible_rows(table: Mapping[str, Sequence[int]], k: int) -> list[str]:
    """Groups whose sizes by class may be shown beside the totals of the classes, in the order of ``table``.

    Parameters
    ----------
    table
        For each group, how many people are in each class; the classes are the same and in the same order.
    k
        Smallest cell.

    Notes
    -----
    Every class of a shown group has nobody or at least k people. The hidden groups are known together, by subtraction;
    so while one of their classes has 1 … k−1 people, a further group is hidden: the smallest that mends it, or else
    the smallest.

    Examples
    --------
    >>> visible_rows({"A": [0, 5, 20], "B": [6, 0, 9], "C": [1, 0, 3]}, 5)
    ['A']
    """
    smallest_cell(k)
    shown = [name for name, row in table.items() if not any(0 < n < k for n in row)]
    shown.sort(key=lambda name: (sum(table[name]), name))
    while shown and not _safe(table, shown, k):
        mends = [name for name in shown if _safe(table, [other for other in shown if other != name], k)]
        shown.remove(next(iter(mends or shown)))
    return [name for name in table if name in shown]


def _safe(table: Mapping[str, Sequence[int]], shown: Sequence[str], k: int) -> bool:
    """Whether the classes of the hidden groups, taken together, have nobody or at least k people each."""
    hidden = [row for name, row in table.items() if name not in shown]
    return not any(0 < sum(column) < k for column in zip(*hidden, strict=True))


def in_steps(sizes: Sequence[tuple[str, int]], k: int) -> list[tuple[str, int]]:
    """Running totals, only where they have grown by at least k people since the one before, and k are not left out.

    Parameters
    ----------
    sizes
        (day, people) in order.
    k
        Smallest cell.

    Returns
    -------
    list of tuple
        (day, people up to and including that day).

    Examples
    --------
    >>> in_steps([("Mon", 3), ("Tue", 4), ("Wed", 1), ("Thu", 9)], 5)
    [('Tue', 7), ('Thu', 17)]
    >>> in_steps([("Mon", 6), ("Tue", 2)], 5)
    [('Tue', 8)]
    """
    smallest_cell(k)
    totals: list[tuple[str, int]] = []
    running, last, everybody = 0, 0, sum(n for _, n in sizes)
    for day, n in sizes:
        running += n
        left = everybody - running
        if running - last >= k and (left == 0 or left >= k):
            totals.append((day, running))
            last = running
    return totals
