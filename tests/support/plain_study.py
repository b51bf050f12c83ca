"""A study as plain dicts and sets: what the product must do, written down a second time and without any of its code."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Entry = tuple[str, Any, int]  # "answer" or "comment", who, statement
NOTHING = {"answer": None, "comment": ""}


@dataclass
class PlainRound:
    """One round; its state is draft, open, closed (and not counted yet), sealed or released."""

    asked: dict[int, str]  # code of each statement
    state: str = "draft"
    late: bool = False  # its deadline is over
    invited: set[Any] = field(default_factory=set)
    entries: dict[Entry, tuple[Any, int]] = field(default_factory=dict)  # what is stored, and its version
    acknowledged: dict[tuple[Any, str], tuple[Any, Any]] = field(default_factory=dict)  # body and outcome by save key
    submitted: set[Any] = field(default_factory=set)
    counted: dict[Any, str] = field(default_factory=dict)  # group of everybody whose answers count
    decided: dict[int, str] = field(default_factory=dict)
    ruled: int = 0  # comments on which the moderator has decided

    @property
    def accepts(self) -> bool:
        return self.state == "open" and not self.late

    def answers_of(self, who: Any) -> dict[int, Any]:
        """What somebody has answered, by statement; a cleared answer is none."""
        found = {n: given for (kind, one, n), (given, _) in self.entries.items() if kind == "answer" and one == who}
        return {n: given for n, given in found.items() if given is not None}

    def comments(self) -> int:
        return sum(kind == "comment" and text != "" for (kind, _, _), (text, _) in self.entries.items())

    def counts(self, statement: int, group: str | None = None) -> Counter[Any]:
        """How often each answer was given by the counted people (of a group); None is a blank."""
        people = [who for who, own in self.counted.items() if group in (None, own)]
        return Counter(self.answers_of(who).get(statement) for who in people)

    def rated(self, statement: int, group: str | None = None) -> int:
        return sum(n for given, n in self.counts(statement, group).items() if isinstance(given, int))


@dataclass
class PlainStudy:
    """Who is on the panel, what was asked and answered, and which moves are allowed."""

    k: int
    every_group: bool  # the rule asks each group, so none may be invited with fewer than k people
    most_rounds: int
    groups: dict[Any, str] = field(default_factory=dict)
    declined: set[Any] = field(default_factory=set)
    left: set[Any] = field(default_factory=set)
    rounds: dict[int, PlainRound] = field(default_factory=dict)
    locked: bool = False
    finished: bool = False

    @property
    def number(self) -> int:
        """The round that was launched last; 0 before the first."""
        return max((n for n, one in self.rounds.items() if one.state != "draft"), default=0)

    @property
    def round(self) -> PlainRound:
        return self.rounds.get(self.number) or PlainRound({})

    @property
    def draft(self) -> PlainRound | None:
        return next((one for one in self.rounds.values() if one.state == "draft"), None)

    @property
    def taking_part(self) -> set[Any]:
        return set(self.groups) - self.declined - self.left

    def may_answer(self, who: Any) -> bool:
        return who in self.round.invited & self.taking_part

    def save(self, who: Any, sent: dict[tuple[str, int], tuple[Any, int]], key: str) -> tuple[str, Any]:
        """Save what was sent with the versions that were seen: the word for what became of it, and the new versions."""
        if not self.may_answer(who):
            return "signed_out", None
        if not self.round.accepts:
            return "closed", None
        if (who, key) in self.round.acknowledged:
            body, outcome = self.round.acknowledged[who, key]
            return outcome if body == sent else ("refused", None)
        versions, changed = {}, False
        for (kind, statement), (given, seen) in sent.items():
            stored, version = self.round.entries.get((kind, who, statement), (NOTHING[kind], 0))
            if stored == given:
                if version:
                    versions[kind, statement] = version
                changed = changed or (not version and seen > 0)
            elif version != seen:
                changed = True
            else:
                versions[kind, statement] = seen + 1
        return "changed" if changed else "saved", versions

    def keep(self, who: Any, sent: dict[tuple[str, int], tuple[Any, int]], key: str, outcome: tuple[str, Any]) -> None:
        """Store what a save was answered, once."""
        round_, versions = self.round, outcome[1]
        if (who, key) in round_.acknowledged:
            return
        round_.acknowledged[who, key] = (sent, outcome)
        for (kind, statement), version in versions.items():
            round_.entries[kind, who, statement] = (sent[kind, statement][0], version)

    def withdraw(self, who: Any, *, remove: bool) -> bool:
        """Leave; whether this choice was offered: answers are removed where a round is open."""
        is_open = self.round.state == "open" and who in self.round.invited
        if remove and not is_open:
            return False
        self.left.add(who)
        if remove:
            self.round.entries = {entry: one for entry, one in self.round.entries.items() if entry[1] != who}
            self.round.acknowledged = {key: one for key, one in self.round.acknowledged.items() if key[0] != who}
            self.round.submitted.discard(who)
        return True

    def may_launch(self, number: int) -> bool:
        before, draft = self.rounds.get(number - 1), self.rounds.get(number)
        if not self.locked or self.finished or number > self.most_rounds or not self.taking_part or draft is None:
            return False
        if draft.state != "draft" or not draft.asked:
            return False
        if number == 1:
            sizes = Counter(self.groups[who] for who in self.taking_part)
            return not self.every_group or all(sizes[group] >= self.k for group in set(self.groups.values()))
        return before is not None and before.state == "released" and set(before.asked) <= set(draft.decided)

    def launch(self) -> None:
        draft = self.draft
        assert draft is not None
        draft.state, draft.invited = "open", self.taking_part

    def close(self) -> None:
        """End the answers: who has answered anything is counted, in the group of this moment."""
        round_ = self.round
        round_.state, round_.acknowledged = "closed", {}
        round_.counted = {who: self.groups[who] for who in round_.invited if round_.answers_of(who)}

    def prepare(self) -> None:
        """Draft the next round: it asks what was asked."""
        self.rounds[self.number + 1] = PlainRound(dict(self.round.asked))

    def decide(self, statement: int, word: str) -> None:
        draft = self.draft
        assert draft is not None
        draft.decided[statement] = word
        if word == "dropped":
            del draft.asked[statement]

    def undo(self, statement: int) -> None:
        draft = self.draft
        assert draft is not None
        if draft.decided.pop(statement) == "dropped":
            draft.asked[statement] = self.rounds[self.number].asked[statement]

    def stages(self) -> Counter[str]:
        """How many of the invited declined or left, submitted, have begun, or have not."""
        stages: Counter[str] = Counter()
        for who in self.round.invited:
            if who not in self.taking_part:
                stages["declined"] += 1
            elif who in self.round.submitted:
                stages["submitted"] += 1
            else:
                stages["unfinished" if self.round.answers_of(who) else "not_started"] += 1
        return stages
