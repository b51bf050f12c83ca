"""The ways in, each as a computation over what was seen; the answer is what was got of whom."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from harvest import View, members
from inference import Cell, Claim, People, cells_of, claims, narrowed, options_possible, sets_of, table
from linking import Person, downloads, found_by_three_answers, linked, named
from pairs import MOST_MOVED, feasible, posterior
from story import Seen
from study import STATEMENTS, STAYS, Play, remark_of

K = 5  # the smallest cell of the study
SURE = 0.9  # odds of 9:1


@dataclass
class Got:
    """What one way gave.

    Attributes
    ----------
    exact, right
        Answers that the attacker names, by person, round and statement; how many of them are right.
    narrowed
        Answers that fewer than k people can have given.
    """

    way: str
    exact: dict[tuple[str, int, str], str] = field(default_factory=dict)
    right: int = 0
    narrowed: set[tuple[str, int, str]] = field(default_factory=set)

    @property
    def people(self) -> set[str]:
        return {name for name, _, _ in self.narrowed | set(self.exact)}

    def line(self) -> str:
        named = f"{self.right} of {len(self.exact)} right" if self.exact else "none"
        return f"{self.way:<44}{len(self.people):>7}{len(self.narrowed):>10}   {named}"


@dataclass
class Score:
    """Guesses at one person: how many are right, from two rounds and from one, and how many of them are sure."""

    n: int = 0
    right: int = 0
    usual: int = 0
    sure: int = 0


@dataclass
class Attacker:
    """Somebody on the team, with all that was seen and the roster."""

    play: Play
    seen: Seen

    @cached_property
    def cells(self) -> dict[tuple[int, str], list[Cell]]:
        found: dict[tuple[int, str], list[Cell]] = {}
        for cell in cells_of(self.seen.views):
            found.setdefault((cell.round, cell.statement), []).append(cell)
        return found

    def known(self, number: int, statement: str, roles: Iterable[str], event: str = "") -> dict[People, dict[str, int]]:
        """The published sets of people, so far as these roles saw them."""
        found = [c for c in self.cells.get((number, statement), ()) if c.role in roles and c.event.startswith(event)]
        return sets_of(found, self.seen.finished[number], self.seen.gone, self.seen.grouped)

    def derived(self, roles: Iterable[str] = ("ada", "ben", "mia", "vic")) -> list[tuple[Claim, bool]]:
        """Claims that break a promise, and whether the set itself was published."""
        found = []
        for number, statement in self.cells:
            known = self.known(number, statement, roles)
            shown = [people for people in known if len(people) >= K]
            broken = narrowed(claims(known, number, statement), K, shown)
            found += [(claim, claim.people in known) for claim in broken]
        return found

    def without_choice(self) -> list[tuple[str, int, str]]:
        """Answers that are known although no shown set is unanimous."""
        found = []
        for number, statement in self.cells:
            known = self.known(number, statement, ("ada", "ben", "mia", "vic"))
            alike = [people for people, counts in known.items() if len(people) >= K and len(counts) == 1]
            possible = options_possible(claims(known, number, statement))
            found += [
                (who, number, statement)
                for who, options in possible.items()
                if len(options) < 2 and not any(who in people for people in alike)
            ]
        return found

    def marked(self, way: str, found: Iterable[Claim]) -> Got:
        """Hold claims against the truth."""
        got = Got(way)
        for claim in found:
            for name in claim.people:
                key = (name, claim.round, claim.statement)
                got.narrowed |= {key} if len(claim.people) < K else set()
                if claim.unanimous:
                    got.exact[key] = claim.unanimous
        got.right = sum(self.truth(*key) == option for key, option in got.exact.items())
        return got

    def truth(self, name: str, number: int, statement: str) -> str:
        """What somebody answered indeed."""
        return str(self.play.truth.get(number, {}).get(name, {}).get(int(statement[1:]), "blank"))

    def rows(self) -> list[Person]:
        """Rows of single answers, put together again."""
        return linked(downloads(self.seen.views))

    def by_content(self) -> Got:
        """Rows put together by content, and named by their pattern of rounds."""
        return self.marked("downloads matched by content", named(self.rows(), self.counted, K))

    def by_three_answers(self) -> int:
        """People whom a colleague finds who knows three of their answers."""
        return found_by_three_answers(self.rows(), K)

    @cached_property
    def counted(self) -> dict[int, People]:
        """Who was counted in each round in the end."""
        found = {}
        for number, finished in self.seen.finished.items():
            sets = self.known(number, "S1", ("ada", "ben"), "end 4") or {finished: {}}
            found[number] = max(sets, key=len)
        return found

    def between(self, number: int) -> tuple[People, People]:
        """Who left after a round, and who joined after it."""
        first, second = self.counted[number], self.counted[number + 1]
        return first - second, second - first

    def facts(self, number: int, statement: str) -> dict[str, str]:
        """What was published of the change into a round."""
        for one in self.last_files():
            for row in one:
                of_panel = row.get("group", "all") == "all" and row.get("round") == str(number + 1)
                if of_panel and row.get("statement") == statement and (row.get("changed_k") or row.get("changed_band")):
                    return row
        return {}

    def last_files(self) -> Iterable[list[dict[str, str]]]:
        ends = [one for one in self.seen.views if one.event == "end 4"]
        return [table(n, d) for one in ends for name, data in one.files.items() for n, d in members(name, data)]

    def totals(self, number: int, statement: str) -> dict[str, int]:
        return self.known(number, statement, ("ada", "ben"), "end 4").get(self.counted[number], {})

    def pairs(self) -> Got:
        """Totals of two rounds, minus what was published of those who rated in both."""
        found = []
        for number in range(1, self.play.rounds):
            left, came = self.between(number)
            for statement in (f"S{n}" for n in range(1, STATEMENTS + 1)):
                first, second = self.totals(number, statement), self.totals(number + 1, statement)
                if not first or not second or not self.facts(number, statement):
                    continue
                able = feasible(first, second, len(left), len(came), self.facts(number, statement))
                for place, people, where in ((0, left, number), (1, came, number + 1)):
                    ways = {tuple(sorted(one[place].items())) for one in able}
                    if people and len(ways) == 1:
                        found.append(Claim(where, statement, people, ways.pop()))
        return self.marked("pairs: totals minus those of both rounds", found)

    def shown_twice(self, number: int) -> Iterable[tuple[str, str, People, People]]:
        """Statement, group and people of whatever was shown in a round and in the next."""
        for statement in (f"S{n}" for n in range(1, STATEMENTS + 1)):
            before, after = (self.known(n, statement, ("ada", "ben"), "end 4") for n in (number, number + 1))
            yield statement, "all", self.counted[number], self.counted[number + 1]
            for group in self.play.sizes:
                first, second = (
                    next(
                        (people for people in sets if {self.play.groups[one] for one in people} == {group}), frozenset()
                    )
                    for sets in (before, after)
                )
                if first and second and 0 < len(first ^ second) <= MOST_MOVED:
                    yield statement, group, first, second

    def guesses(self) -> dict[str, Score]:
        """Guesses at whoever left or joined, each from the sets that make the attacker surest."""
        best: dict[tuple[str, int, str], tuple[float, str, str]] = {}
        for number in range(1, self.play.rounds):
            for statement, group, *sets in self.shown_twice(number):
                totals = [
                    self.known(n, statement, ("ada", "ben"), "end 4").get(people, {})
                    for n, people in zip((number, number + 1), sets, strict=True)
                ]
                if not all(totals):
                    continue
                left, came = sets[0] - sets[1], sets[1] - sets[0]
                facts = self.facts(number, statement) if group == "all" else {}
                odds = posterior(*totals, len(left), len(came), STAYS, facts)
                for people, where, own, shown in zip((left, came), (number, number + 1), odds, totals, strict=True):
                    for name in people if own else ():
                        option = max(own, key=own.__getitem__)
                        usual = max(shown, key=shown.__getitem__)
                        sure = 0.0 if shown[usual] >= SURE * sum(shown.values()) else own[option]
                        key = (name, where, statement)
                        best[key] = max(best.get(key, (-1.0, "", "")), (sure, option, usual))
        return self._scored(best)

    def _scored(self, best: dict[tuple[str, int, str], tuple[float, str, str]]) -> dict[str, Score]:
        score: dict[str, Score] = {}
        for key, (odds, option, usual) in best.items():
            one, truth = score.setdefault(key[0], Score()), self.truth(*key)
            one.n += 1
            one.right += option == truth
            one.usual += usual == truth
            one.sure += odds >= SURE and option == truth
        return score

    def comments(self) -> Got:
        """Comments that were there before somebody left, and are not afterwards."""
        got = Got("withdrawal: the comment that is missing")
        for name, number in self.play.left.items():
            before, after = (_remarks(self.seen.views, f"{word} {number}") for word in ("closed", "left"))
            for gone in before - after if after else ():
                got.exact[name, number, gone] = gone
                got.right += gone == remark_of(name)
        got.narrowed = set(got.exact)
        return got


def _remarks(views: Iterable[View], event: str) -> set[str]:
    texts = [text for one in views if one.event == event for text in one.pages.values()]
    return {found for text in texts for found in re.findall(r"Remark \d+\.", text)}
