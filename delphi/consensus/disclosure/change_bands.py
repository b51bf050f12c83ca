"""How much a panel moved, told in bands, and where a band may be shown: a condition on published totals alone."""

from collections.abc import Iterator, Sequence

from delphi.consensus.vocabulary import Band

LOWEST, MIDDLE = 15, 30  # per cent of the pairs up to which a change is in the lowest band, and in the middle one


def band_of(changed: int, paired: int) -> Band:
    """Band of the share of pairs that changed; a bound belongs to the lower band.

    Parameters
    ----------
    changed, paired
        People who changed their rating, and all who rated in both rounds.

    Raises
    ------
    ValueError
        There are no pairs.

    Examples
    --------
    >>> [band_of(changed, 40).value for changed in (6, 7, 12, 13)]
    ['up_to_15', '15_to_30', '15_to_30', 'over_30']
    """
    if paired < 1:
        raise ValueError("without pairs nobody can have changed")
    if 100 * changed <= LOWEST * paired:
        return Band.UP_TO_15
    return Band.FROM_15_TO_30 if 100 * changed <= MIDDLE * paired else Band.OVER_30


def may_show_band(before: Sequence[int], after: Sequence[int], paired: int, leavers: int, joiners: int, k: int) -> bool:
    """Whether the band of a statement may be shown beside the counts of both rounds.

    Parameters
    ----------
    before, after
        How often each option was chosen in the round before and in this one (K).
    paired
        People who rated in both rounds.
    leavers, joiners
        People who rated in the round before alone, and in this one alone.
    k
        Smallest cell.

    Returns
    -------
    bool
        It depends on what is published anyway, so a band that is not shown tells nothing.

    Raises
    ------
    ValueError
        The counts do not add up to the people.

    Notes
    -----
    15 % of the pairs must be at least k people. And no band may exclude an option that somebody who left or joined
    could have chosen: for each such option the least change that the counts allow must be in the lowest band, and the
    greatest possible change in the same band as for every other option. With m pairs, counts N₁ and N₂ and one person
    with option o taken off the side concerned, the least is m − min(m, Σ min(N₁, N₂)). The greatest is
    min(m, 2m − max (a + b)), where a and b are those of an option's ratings that even the most leavers and joiners
    leave among the pairs.

    Examples
    --------
    >>> may_show_band([4, 16, 20], [3, 16, 20], 39, 1, 0, k=5)
    True
    >>> may_show_band([0, 20, 20], [0, 39, 0], 39, 1, 0, k=5), may_show_band([0, 20], [0, 20], 20, 0, 0, k=5)
    (False, False)
    """
    if (sum(before), sum(after)) != (paired + leavers, paired + joiners):
        raise ValueError("the counts do not add up to the people")
    if LOWEST * paired < 100 * k:
        return False
    known = list(_without_one(before, after, leavers, joiners))
    if any(band_of(_least(*totals, paired), paired) is not Band.UP_TO_15 for totals in known):
        return False
    return len({band_of(_greatest(*totals, paired), paired) for totals in known}) <= 1


def stable_share(stable: int, of: int) -> int | None:
    """Per cent of the statements that are stable, down to the next ten: as much as may be told of any panel.

    Parameters
    ----------
    stable, of
        Stable statements, and all whose stability is known; None comes back without any.

    Examples
    --------
    >>> stable_share(13, 35), stable_share(4, 4), stable_share(0, 0)
    (30, 100, None)
    """
    return 10 * (10 * stable // of) if of else None


Totals = tuple[Sequence[int], Sequence[int]]


def _without_one(before: Sequence[int], after: Sequence[int], leavers: int, joiners: int) -> Iterator[Totals]:
    """Counts of both rounds without one person who left or joined, for each option that this person could have chosen."""
    for option in range(len(before)):
        if leavers and before[option]:
            yield _less_one(before, option), after
        if joiners and after[option]:
            yield before, _less_one(after, option)


def _less_one(counts: Sequence[int], option: int) -> list[int]:
    return [n - (i == option) for i, n in enumerate(counts)]


def _least(before: Sequence[int], after: Sequence[int], paired: int) -> int:
    """Fewest pairs that have changed, whoever left and joined."""
    return paired - min(paired, sum(map(min, before, after)))


def _greatest(before: Sequence[int], after: Sequence[int], paired: int) -> int:
    """Most pairs that can have changed, whoever left and joined."""
    left, joined = sum(before) - paired, sum(after) - paired
    kept = max(max(0, n - left) + max(0, m - joined) for n, m in zip(before, after, strict=True))
    return min(paired, 2 * paired - kept)
