"""What follows from published numbers, for somebody who knows the roster and who finished which round. Pure.

A cell says how many of a set of people chose what. Unions and differences of published sets are computed by linear algebra
over the smallest parts into which they cut the panel: a set is *determined* if its row is in the row space of the published ones.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from harvest import View, members

People = frozenset[str]
Counts = Mapping[str, int]
MOST_PARTS = 14


@dataclass(frozen=True)
class Cell:
    """How a group answered a statement, as it was published at one moment."""

    event: str
    role: str
    round: int
    statement: str
    group: str
    counts: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        return sum(n for _, n in self.counts)


@dataclass(frozen=True)
class Claim:
    """What the attacker holds to be true of a set of people: how often each option was chosen among them."""

    round: int
    statement: str
    people: People
    counts: tuple[tuple[str, int], ...]

    @property
    def unanimous(self) -> str | None:
        return self.counts[0][0] if len(self.counts) == 1 else None


def cells_of(views: Iterable[View]) -> set[Cell]:
    """Every cell that stands in a table: whatever has a statement, a round and counts of options."""
    found = set()
    for one in views:
        for name, content in one.files.items():
            for inner, data in members(name, content):
                for row in table(inner, data):
                    if cell := _cell(one, row):
                        found.add(cell)
    return found


def table(name: str, data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    if "csv" not in name or b"\x00" in data[:100]:
        return []
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"), newline="")))


def _cell(view: View, row: dict[str, str]) -> Cell | None:
    options = {key[2:]: row[key] for key in row if key and re.fullmatch(r"k_-?\d+", key)}
    if not options or "statement" not in row or not any(options.values()) or not row.get("round"):
        return None
    options |= {"nq": row.get("n_nq") or "0", "blank": row.get("n_blank") or "0"}
    counts = tuple((option, int(n)) for option, n in sorted(options.items()) if n and int(n))
    return Cell(view.event, view.role, int(row["round"]), row["statement"], row.get("group") or "", counts)


def sets_of(
    cells: Iterable[Cell], finished: People, gone: Mapping[str, People], grouped: Mapping[str, Mapping[str, str]]
) -> dict[People, dict[str, int]]:
    """The people behind each cell of one statement and round, so far as the roster tells them; ambiguous ones are left."""
    known: dict[People, dict[str, int]] = {}
    by_event: dict[str, list[Cell]] = {}
    here = dict.fromkeys(finished - away for away in (frozenset(), *gone.values()))
    for cell in cells:
        by_event.setdefault(cell.event, []).append(cell)
    for event, found in by_event.items():
        for people, groups in product(here, (grouped[event], *grouped.values())):
            if told := _explained(found, people, groups):
                known |= told
                break
    return known


def _explained(cells: Sequence[Cell], people: People, groups: Mapping[str, str]) -> dict[People, dict[str, int]]:
    """The set of each cell, if these people in these groups have the sizes that were published; nothing otherwise."""
    shown = {cell.group for cell in cells} - {"", "all"}
    sets = {group: frozenset(p for p in people if groups.get(p) == group) for group in shown}
    sets |= {"all": people, "": people.difference(*sets.values())}
    fits = all(cell.size in (0, len(sets[cell.group])) for cell in cells)
    return {sets[cell.group]: dict(cell.counts) for cell in cells if cell.size} if fits else {}


def determined(known: Mapping[People, Counts]) -> dict[People, dict[str, int]]:
    """All unions of parts whose counts follow from the known ones, with their counts."""
    if not known:
        return {}
    sets = list(known)
    options = sorted({option for counts in known.values() for option in counts})
    parts: dict[tuple[bool, ...], set[str]] = {}
    for person in frozenset().union(*sets):
        parts.setdefault(tuple(person in one for one in sets), set()).add(person)
    keys = list(parts)
    if len(keys) > MOST_PARTS:
        raise ValueError(f"{len(keys)} parts: more than are tried")
    rows = np.array([[key[i] for key in keys] for i in range(len(sets))], dtype=float)
    values = np.array([[counts.get(option, 0) for option in options] for counts in known.values()], dtype=float)
    inverse = np.linalg.pinv(rows)
    wanted = ((np.arange(1, 2 ** len(keys))[:, None] >> np.arange(len(keys))) & 1).astype(float)
    follows = np.abs(wanted @ inverse @ rows - wanted).max(1) < 1e-8
    found = {}
    for row, counts in zip(wanted[follows], wanted[follows] @ inverse @ values, strict=True):
        people = frozenset().union(*(parts[key] for key, in_it in zip(keys, row, strict=True) if in_it))
        found[people] = {option: round(n) for option, n in zip(options, counts.tolist(), strict=True) if round(n)}
    return found


def claims(known: Mapping[People, Counts], round_: int, statement: str) -> list[Claim]:
    """Everything that follows, as claims."""
    return [
        Claim(round_, statement, people, tuple(sorted(counts.items()))) for people, counts in determined(known).items()
    ]


def narrowed(found: Iterable[Claim], k: int, shown: Iterable[People] = ()) -> list[Claim]:
    """Claims that break a promise: of 1 … k−1 people, or unanimous without being shown as such."""
    open_ = set(shown)
    return [one for one in found if len(one.people) < k or (one.unanimous and not any(one.people <= s for s in open_))]


def options_possible(found: Sequence[Claim]) -> dict[str, set[str]]:
    """What each person can have answered: what was chosen in every determined set that they belong to."""
    possible: dict[str, set[str]] = {}
    for one in found:
        chosen = {option for option, _ in one.counts}
        for person in one.people:
            possible[person] = possible.get(person, chosen) & chosen
    return possible
