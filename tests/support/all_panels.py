"""Every small panel of two rounds, played through the show plan, and what a reader of all shown cells finds out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

from ledger import ledger_check

from delphi.consensus.disclosure import show_plan

People = frozenset[str]


class Panel(NamedTuple):
    """Who is counted in two rounds, by group: those who stay, leave and join."""

    stay: tuple[int, ...]
    leave: tuple[int, ...]
    join: tuple[int, ...]
    names: tuple[str, ...]

    def people(self, number: int) -> dict[str, People]:
        """The counted of round 1 or 2, by group."""
        moving, kind = (self.leave, "left") if number == 1 else (self.join, "new")
        return {
            name: frozenset(f"{name}{i}" for i in range(stayed)) | frozenset(f"{name}{kind}{i}" for i in range(moved))
            for name, stayed, moved in zip(self.names, self.stay, moving, strict=True)
        }

    def newcomers(self) -> People:
        """Who joined for round 2."""
        return self._all(2) - self._all(1)

    def _all(self, number: int) -> People:
        return frozenset[str]().union(*self.people(number).values())


class Found(NamedTuple):
    """What the cells of a panel tell that is not shown."""

    panel: Panel
    why: str
    what: object


def panels(most: int, names: tuple[str, ...]) -> Iterator[Panel]:
    """Panels of at most so many people in these groups, one of those that differ by the groups' names alone."""
    for by_group in _by_group(most, len(names)):
        named = [moves for moves, name in zip(by_group, names, strict=True) if name]
        if named == sorted(named):
            yield Panel(*zip(*by_group, strict=True), names)


def _by_group(most: int, groups: int) -> Iterator[tuple[tuple[int, int, int], ...]]:
    """(stay, leave, join) of each group, together at most so many."""
    if groups == 0:
        yield ()
        return
    for moves in product(range(most + 1), repeat=3):
        if sum(moves) <= most:
            for others in _by_group(most - sum(moves), groups - 1):
                yield (moves, *others)


def findings(most: int, *, k: int = 3, caution: int, third: str = "", late: bool = False) -> Iterator[Found]:
    """What is found out in any panel of at most so many people in groups A, B and a third, or without group ("")."""
    for panel in panels(most, ("A", "B", third)):
        first, second = panel.people(1), panel.people(2)
        newcomers = panel.newcomers() if late else frozenset[str]()
        shown_first = _first_plan(tuple((name, len(people)) for name, people in first.items()), k, caution)
        before = show_plan.RoundPeople(first, frozenset(shown_first))
        shown = show_plan.shown_groups(second, [before], k=k, caution=caution, late=newcomers)
        yield from (Found(panel, "in a statement", one) for one in _in_statements(first, shown_first, k))
        yield from (Found(panel, "in a statement", one) for one in _in_statements(second, shown, k))
        yield from (Found(panel, "between rounds", one) for one in between(before, second, shown, k, caution))
        yield from (
            Found(panel, "by a newcomer", name)
            for name in shown
            if name not in shown_first and len(second[name] - newcomers) < k
        )


@cache
def _first_plan(sizes: tuple[tuple[str, int], ...], k: int, caution: int) -> tuple[str, ...]:
    people = {name: frozenset(f"{name}{i}" for i in range(n)) for name, n in sizes}
    return tuple(show_plan.shown_groups(people, [], k=k, caution=caution))


def _in_statements(groups: dict[str, People], shown: Sequence[str], k: int) -> list[str]:
    """Ratings that follow from the cells of one statement, whoever left it blank or opted out."""
    return _in_any_statement(tuple((name, len(people)) for name, people in groups.items()), tuple(shown), k)


@cache
def _in_any_statement(sizes: tuple[tuple[str, int], ...], shown: tuple[str, ...], k: int) -> list[str]:
    found: list[str] = []
    for numbers in product(*(range(n + 1) for _, n in sizes)):
        rated = {name: n for (name, _), n in zip(sizes, numbers, strict=True)}
        raters = {name: frozenset(f"{name}{i}" for i in range(n)) for name, n in rated.items()}
        cells = [raters[name] for name in show_plan.shown_in_statement(rated, shown, k)]
        total = frozenset[str]().union(*raters.values())
        if len(total) >= k:
            found += ledger_check(cells, total, k) or []
        elif cells:
            found += sorted(total)
    return found


def between(
    before: show_plan.RoundPeople, now: Mapping[str, People], shown: Collection[str], k: int, caution: int
) -> Iterator[tuple[People, People]]:
    """Two told sets that are the same but for fewer than k people each way, while fewer than caution times k stayed.

    The total of the second round is told in any case, so it is not asked what that tells.
    """
    everybody = frozenset[str]().union(*now.values())
    earlier = _told(before.groups, before.shown, k)
    for one in _told(now, shown, k):
        for other in earlier:
            few = one != other and len(one - other) < k and len(other - one) < k
            if few and one != everybody and len(one & other) < caution * k:
                yield other, one


def _told(groups: Mapping[str, People], shown: Collection[str], k: int) -> list[People]:
    """Every sum of cells: the shown groups, and what remains of the total; nothing where the total is not shown."""
    everybody = frozenset[str]().union(*groups.values())
    cells = [people for name, people in groups.items() if name in shown]
    cells.append(everybody - frozenset[str]().union(*cells))
    if len(everybody) < k:
        return []
    picks = product((False, True), repeat=len(cells))
    sums = {frozenset[str]().union(*(c for c, p in zip(cells, pick, strict=True) if p)) for pick in picks}
    return list(sums - {frozenset()})


def forget() -> None:
    """Forget the plans that were kept, where a test changes the show plan."""
    _first_plan.cache_clear()
    _in_any_statement.cache_clear()
