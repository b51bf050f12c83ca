"""Rows of single answers put together again by their content, and named by the pattern of rounds that the roster tells."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harvest import View, members
from inference import Claim, People, table

Sheet = tuple[tuple[str, str], ...]  # answers by statement
Node = tuple[int, Sheet]  # the row of a round
NEAR = 0.4  # the largest share of answers that may differ between two rows that are taken for one person's


@dataclass(frozen=True)
class Person:
    """Rows that are held to be one person's, by round."""

    sheets: tuple[Node, ...]

    @property
    def pattern(self) -> frozenset[int]:
        return frozenset(number for number, _ in self.sheets)


def downloads(views: Iterable[View]) -> list[dict[str, dict[int, Sheet]]]:
    """The rows of each file of single answers: sheets by code and round."""
    found = []
    for one in views:
        for name, content in one.files.items():
            for inner, data in members(name, content):
                if rows := _rows(table(inner, data)):
                    found.append(rows)
    return found


def _rows(lines: list[dict[str, str]]) -> dict[str, dict[int, Sheet]]:
    if not lines or not {"panelist", "round", "statement", "status", "rating"} <= lines[0].keys():
        return {}
    sheets: dict[str, dict[int, dict[str, str]]] = {}
    for line in lines:
        given = line["rating"] or line["status"]
        sheets.setdefault(line["panelist"], {}).setdefault(int(line["round"]), {})[line["statement"]] = given
    return {
        code: {number: tuple(sorted(sheet.items())) for number, sheet in rounds.items()}
        for code, rounds in sheets.items()
    }


def linked(files: list[dict[str, dict[int, Sheet]]]) -> list[Person]:
    """Unite what any file links; match the rest by how alike rows are."""
    known: dict[Node, set[Node]] = {}
    for file in files:
        for rounds in file.values():
            nodes = {(number, sheet) for number, sheet in rounds.items()}
            for node in nodes:
                known.setdefault(node, {node}).update(nodes)
    groups: list[set[Node]] = []
    for node, others in sorted(known.items()):
        if not any(node in group for group in groups):
            groups.append(_closure(others, known))
    return [Person(tuple(sorted(group))) for group in _matched(groups)]


def _closure(nodes: set[Node], known: Mapping[Node, set[Node]]) -> set[Node]:
    grown = set().union(*(known[node] for node in nodes))
    return grown if grown == nodes else _closure(grown, known)


def _matched(groups: list[set[Node]]) -> list[set[Node]]:
    """Join rows of different rounds, the most alike first."""
    while True:
        pairs = [
            (_distance(a, b), i, j)
            for i, a in enumerate(groups)
            for j, b in enumerate(groups[:i])
            if not {n for n, _ in a} & {n for n, _ in b}
        ]
        best = min(pairs, default=(1.0, 0, 0))
        if best[0] > NEAR:
            return groups
        _, i, j = best
        groups = [g for place, g in enumerate(groups) if place not in (i, j)] + [groups[i] | groups[j]]


def _distance(one: set[Node], other: set[Node]) -> float:
    """The share of answers that differ between the nearest rounds of two people."""
    _, a, b = min((abs(n - m), a, b) for n, a in one for m, b in other)
    return sum(x != y for x, y in zip(a, b, strict=False)) / max(len(a), 1)


def named(people: list[Person], finished: Mapping[int, People], k: int) -> list[Claim]:
    """Give rows the names of those who took part in the same rounds, where these are fewer than k."""
    roster: dict[frozenset[int], set[str]] = {}
    for name in frozenset().union(*finished.values()):
        roster.setdefault(frozenset(n for n, who in finished.items() if name in who), set()).add(name)
    found = []
    for pattern, names in roster.items():
        same = [person for person in people if person.pattern == pattern]
        if len(names) < k and len(same) == len(names):
            found += _claims(same, frozenset(names))
    return found


def _claims(people: list[Person], names: People) -> list[Claim]:
    columns: dict[tuple[int, str], Counter[str]] = {}
    for person in people:
        for number, sheet in person.sheets:
            for statement, given in sheet:
                columns.setdefault((number, statement), Counter())[given] += 1
    return [Claim(n, s, names, tuple(sorted(counts.items()))) for (n, s), counts in columns.items()]


def found_by_three_answers(people: list[Person], k: int) -> int:
    """People whose row stands among fewer than k for whoever knows three answers of their first round."""
    firsts = [person.sheets[0] for person in people]
    known = [(number, sheet[:3]) for number, sheet in firsts]
    among = Counter(known)
    return sum(among[one] < k for one in known)
