"""The show plan: which groups a round may show, decided once, when it closes (SEALED_ROUNDS 2.1).

It looks at numbers of people and at who they are, never at what they answered: so what is hidden tells nothing.
The rules, and their reasons:

- A group below k is hidden, and the hidden ones together are nobody or at least k, since the total minus the shown
  groups is what the hidden ones answered. People without a group are shown in the total alone, so they are hidden.
- Who joined late does not count where a group was not shown in the round before: a group that appears because one
  person came is that person's arrival, and a team could add people until a group appears.
- A group that lost or gained 1 … k−1 people since a round that showed it is shown again only if at least
  ``caution * k`` stayed: most people keep most of their answers, so the difference of two rounds is a guess at the
  answers of those few, and the more people stayed, the more their own changes blur it.
- What is not shown in both rounds, taken together, passes the same: a hidden group is the total minus the others.
- Nothing told now, by one cell or several, is nearly the same people as something told before: all but 1 … k−1 each
  way, with fewer than ``caution * k`` in both. So a group shown for the first time is compared with the rest that
  held it.

While one of these fails, the smallest shown group is hidden, ties by key.

The plan guards against guessing, not against knowing: the panel's total is shown in every round, so whoever knows that
one person left a panel can guess at that person; members of a group who talk reduce k by their number; sums over three
rounds and more are not compared; nor is a unanimous group protected.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from delphi.consensus.disclosure.small_cells import K_FLOOR, smallest_cell, visible_groups

UNGROUPED = ""
People = frozenset[Hashable]


@dataclass(frozen=True, slots=True)
class RoundPeople:
    """The people counted in one round.

    Attributes
    ----------
    groups
        People by fixed group, each once; "" are those without a group.
    shown
        Groups that this round has shown.
    """

    groups: Mapping[str, People]
    shown: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Few:
    """When a difference between two rounds is about few people: fewer than k, while fewer than ``enough`` stayed."""

    k: int
    enough: int


def shown_groups(
    now: Mapping[str, People],
    earlier: Sequence[RoundPeople],
    *,
    k: int,
    caution: int,
    late: People = frozenset(),
) -> list[str]:
    """Groups that may be shown in this round beside the total of the panel, in the order of ``now``.

    Parameters
    ----------
    now
        People counted in this round, by fixed group; "" are those without a group.
    earlier
        The rounds before, in order.
    k
        Smallest cell.
    caution
        How many times k people have to stay where a few left or joined: 1, 2 or 3.
    late
        People who joined the study after its first launch.

    Raises
    ------
    ValueError
        k is below 3, or caution is not 1, 2 or 3.

    Examples
    --------
    >>> people = {"A": frozenset(range(12)), "B": frozenset(range(20, 32)), "": frozenset(range(40, 46))}
    >>> shown_groups(people, [], k=5, caution=2)
    ['A', 'B']
    >>> first = RoundPeople(people, shown=frozenset("AB"))
    >>> shown_groups({**people, "A": frozenset(range(3, 12))}, [first], k=5, caution=2)
    ['B']
    """
    if caution not in (1, 2, 3):
        raise ValueError("caution is 1, 2 or 3")
    few = _Few(smallest_cell(k), caution * k)
    before = earlier[-1].shown if earlier else frozenset[str]()
    early = {group: people if group in before else people - late for group, people in now.items()}
    shown = _fit_by_size(now, early, earlier, few)
    # k may have been smaller then
    told = [then for then in earlier if sum(_sizes(then.groups).values()) >= K_FLOOR]
    while shown and not (
        _nobody_or_many(early, shown, k) and all(_rest_may_follow(now, shown, then, few) for then in told)
    ):
        shown.pop(0)
    return [group for group in now if group in shown]


def shown_in_statement(rated: Mapping[str, int], shown: Collection[str], k: int) -> list[str]:
    """Groups that may be shown for one statement, of those that the round shows, in the order of ``rated``.

    Parameters
    ----------
    rated
        How many rated the statement in each group, the hidden ones and "" among them.
    shown
        Groups shown in the round.
    k
        Smallest cell.

    Notes
    -----
    A statement may have fewer ratings than a round has people, so the rule of the rest is asked again: a group below
    k ratings is hidden, and the hidden ones together have none or at least k. What the round hides stays hidden.

    Examples
    --------
    >>> shown_in_statement({"A": 12, "B": 7, "C": 4, "": 0}, ["A", "B"], 5)
    ['A']
    """
    return visible_groups(rated, k, hidden=[group for group in rated if group not in shown or group == UNGROUPED])


def _sizes(groups: Mapping[str, People]) -> dict[str, int]:
    return {group: len(people) for group, people in groups.items()}


def _all_but(groups: Mapping[str, People], names: Collection[str]) -> People:
    """Everybody outside these groups."""
    return People().union(*(people for group, people in groups.items() if group not in names))


def _nobody_or_many(groups: Mapping[str, People], shown: Collection[str], k: int) -> bool:
    return not 0 < len(_all_but(groups, shown)) < k


def _fit_by_size(
    now: Mapping[str, People], early: Mapping[str, People], earlier: Sequence[RoundPeople], few: _Few
) -> list[str]:
    """Groups that are large enough, by themselves and beside the hidden ones, and may follow; the smallest first."""
    unfit = [group for group in now if group == UNGROUPED or len(early[group]) < few.k]
    unfit += [group for group in now if not _group_may_follow(group, now[group], earlier, few)]
    sizes = _sizes(now)
    return sorted(visible_groups(sizes, few.k, hidden=unfit), key=lambda group: (sizes[group], group))


def _group_may_follow(group: str, now: People, earlier: Sequence[RoundPeople], few: _Few) -> bool:
    return all(_may_follow(now, then.groups[group], few) for then in earlier if group in then.shown)


def _may_follow(now: People, then: People, few: _Few) -> bool:
    """Whether the same cell may be shown again: few left or joined only where enough stayed."""
    few_moved = 0 < len(then - now) < few.k or 0 < len(now - then) < few.k
    return not few_moved or len(now & then) >= few.enough


def _rest_may_follow(now: Mapping[str, People], shown: Collection[str], then: RoundPeople, few: _Few) -> bool:
    """Whether what is told beside the groups shown in both rounds leaves no few people between two cells."""
    both = then.shown & set(shown)
    if both and not _may_follow(_all_but(now, both), _all_but(then.groups, both), few):
        return False
    everybody = _all_but(now, ())
    before = list(_told(then.groups, then.shown, both, few.k + few.enough))
    return not any(
        _nearly_the_same(one, other, few)
        for one in _told(now, shown, both, few.k + few.enough)
        if one != everybody
        for other in before
    )


def _nearly_the_same(one: People, other: People, few: _Few) -> bool:
    return one != other and len(one - other) < few.k and len(other - one) < few.k and len(one & other) < few.enough


def _told(groups: Mapping[str, People], shown: Collection[str], both: Collection[str], below: int) -> Iterator[People]:
    """Sets of fewer than ``below`` people that a round tells: its cells and their sums, without groups shown in both.

    Those were compared by themselves, and no other cell shares a person with them. A larger set shares enough people
    with whatever it is nearly the same as.
    """
    cells = [groups[group] for group in groups if group in shown and group not in both]
    return _sums([*cells, _all_but(groups, shown)], below)


def _sums(cells: Iterable[People], below: int) -> Iterator[People]:
    sums = [People()]
    for cell in cells:
        more = [one | cell for one in sums if cell and len(one) + len(cell) < below]
        sums += more
        yield from more
