"""How much of the results by group each caution shows, on simulated panels; the table of docs/guide/levels.md (make levels)."""

import argparse
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

from delphi.consensus.disclosure.change_bands import may_show_band
from delphi.consensus.disclosure.show_plan import RoundPeople, shown_groups, shown_in_statement

PAGE = Path(__file__).parent.parent / "docs" / "guide" / "levels.md"
MARK = "<!-- simulated -->\n"
PANELS = {
    "57 people: 4, 6, 47": (4, 6, 47),
    "57 people: 19, 19, 19": (19, 19, 19),
    "48 people: four groups of 12": (12, 12, 12, 12),
    "30 people: 8, 10, 12": (8, 10, 12),
}
K, CAUTIONS, ROUNDS, STATEMENTS = 5, (1, 2, 3), 3, 20
LEAVE, BLANK, CHANGE = 0.03, 0.03, 0.1
AGREEMENT = (1, 2, 5, 12, 20)  # of 40 people, how many choose each option in the first round
Answers = dict[Hashable, list[int | None]]


@dataclass(frozen=True, slots=True)
class Share:
    """Shown cells of all cells, of one group or of all."""

    shown: int = 0
    of: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.shown + other.shown, self.of + other.of)

    @property
    def percent(self) -> int:
        return round(100 * self.shown / self.of) if self.of else 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one kind of panel showed in rounds 2 and 3, over all simulations: group cells by caution, and bands."""

    groups: dict[int, dict[str, Share]]
    bands: Share

    def cells(self, caution: int) -> Share:
        """Cells of the groups that had k people."""
        return sum(self.groups[caution].values(), Share())


def simulated(sizes: tuple[int, ...], simulations: int, seed: int = 1) -> Outcome:
    """Play so many studies of a panel with these groups."""
    groups = {caution: {f"group {i}": Share() for i, _ in enumerate(sizes)} for caution in CAUTIONS}
    bands = Share()
    for number in range(simulations):
        random = Random(f"{seed} {sizes} {number}")
        group_of, rounds, late = _study(sizes, random)
        for caution in CAUTIONS:
            for group, share in _shown(group_of, rounds, late, caution):
                groups[caution][group] += share
        for before, after in pairwise(rounds):
            bands += Share(sum(_band(before, after, s) for s in range(STATEMENTS)), STATEMENTS)
    return Outcome(groups, bands)


def _study(sizes: tuple[int, ...], random: Random) -> tuple[dict[Hashable, str], list[Answers], Hashable]:
    """Groups, the answers of each round, and who joined before round 2; 3 % leave before each later round."""
    group_of: dict[Hashable, str] = {(i, n): f"group {i}" for i, size in enumerate(sizes) for n in range(size)}
    late = "late"
    answers: Answers = {person: _first_answers(random) for person in group_of}
    group_of[late] = random.choice(list(group_of.values()))
    rounds = [answers]
    for number in range(2, ROUNDS + 1):
        answers = {p: [_next(a, random) for a in given] for p, given in answers.items() if random.random() >= LEAVE}
        if number == 2:
            answers[late] = _first_answers(random)
        rounds.append(answers)
    return group_of, rounds, late


def _first_answers(random: Random) -> list[int | None]:
    chosen = random.choices(range(len(AGREEMENT)), AGREEMENT, k=STATEMENTS)
    return [None if random.random() < BLANK else option for option in chosen]


def _next(answer: int | None, random: Random) -> int | None:
    """The answer of a round later: most stay, some move by one option, some are left out."""
    if random.random() < BLANK:
        return None
    if answer is None:
        return random.choices(range(len(AGREEMENT)), AGREEMENT)[0]
    moved = answer + random.choice((-1, 1)) if random.random() < CHANGE else answer
    return min(max(moved, 0), len(AGREEMENT) - 1)


def _shown(
    group_of: dict[Hashable, str], rounds: list[Answers], late: Hashable, caution: int
) -> Iterator[tuple[str, Share]]:
    """Cells shown from round 2 on, of each group with k people (a smaller one has none to show)."""
    earlier: list[RoundPeople] = []
    for answers in rounds:
        names = sorted(set(group_of.values()))
        now = {name: frozenset(p for p in answers if group_of[p] == name) for name in names}
        shown = shown_groups(now, earlier, k=K, caution=caution, late=frozenset({late}))
        for s in range(STATEMENTS if earlier else 0):
            rated = {name: sum(answers[p][s] is not None for p in people) for name, people in now.items()}
            cells = shown_in_statement(rated, shown, K)
            yield from ((name, Share(int(name in cells), int(len(people) >= K))) for name, people in now.items())
        earlier.append(RoundPeople(now, frozenset(shown)))


def _band(before: Answers, after: Answers, statement: int) -> bool:
    rated = [{p: a[statement] for p, a in answers.items() if a[statement] is not None} for answers in (before, after)]
    then, now = ([list(one.values()).count(option) for option in range(len(AGREEMENT))] for one in rated)
    paired = len(rated[0].keys() & rated[1].keys())
    return may_show_band(then, now, paired, len(rated[0]) - paired, len(rated[1]) - paired, K)


def table(simulations: int, seed: int = 1) -> str:
    """The table as Markdown: per cent of the cells of groups with k people, and of the bands, in rounds 2 and 3."""
    head = ["panel", "ordinary (1)", "careful (2)", "strict (3)", "bands of change"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    for name, sizes in PANELS.items():
        outcome = simulated(sizes, simulations, seed)
        shares = [*(outcome.cells(caution) for caution in CAUTIONS), outcome.bands]
        lines.append(f"| {name} | " + " | ".join(f"{share.percent} %" for share in shares) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table, or put it into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the table into docs/guide/levels.md")
    asked = parser.parse_args()
    found = table(asked.simulations, asked.seed)
    print(found)
    if asked.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(MARK)
        after = rest[rest.index("\n\n") :]
        PAGE.write_text(before + MARK + found.rstrip("\n") + after, encoding="utf-8")


if __name__ == "__main__":
    main()
