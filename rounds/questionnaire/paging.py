"""Cutting the cards of a questionnaire into pages."""

from collections.abc import Sequence
from itertools import pairwise

from delphi.errors import NotFound

PAGE = 10


def pages(sections: Sequence[str], *, most: int = PAGE) -> list[range]:
    """Cut a questionnaire into as few pages as hold ten statements each, at the ends of sections where possible.

    Examples
    --------
    >>> [list(page) for page in pages(["a"] * 3 + ["b"] * 2, most=3)]
    [[0, 1, 2], [3, 4]]
    """
    n = len(sections)
    if n == 0:
        return []
    count = (n + most - 1) // most
    # best[i]: cheapest cut of the first i statements, as (pages, split sections, unevenness) and where it was cut
    best: list[tuple[tuple[int, int, int], int]] = [((0, 0, 0), 0)]
    for end in range(1, n + 1):
        split = int(end < n and sections[end - 1] == sections[end])
        options = []
        for start in range(max(0, end - most), end):
            (used, splits, uneven), _ = best[start]
            options.append(((used + 1, splits + split, uneven + (end - start - n // count) ** 2), start))
        best.append(min(options))
    cuts = [n]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    return [range(start, end) for end, start in pairwise(cuts)][::-1]


def places_of(cut: Sequence[range], number: int) -> range:
    """The places of one page.

    Raises
    ------
    NotFound
        There is no such page.
    """
    if not 1 <= number <= len(cut):
        raise NotFound
    return cut[number - 1]
