"""A rule that asks every group: verdicts under many thresholds tell the share of a group that is not shown."""

from attacks import Attacker, Got
from harvest import View, members
from inference import sets_of, table
from study import Play

EACH_GROUP = {
    "rule": "each_group",
    "rule_settings": {"rule": "percent_agreement", "percent_agreement.threshold": "75"},
    "minimum_n": 1,
    "level": "separated",  # a sealed study with a group of four, which the rule asks, is not launched
}
AGREE = ("3", "4")
AGREEING = [2, 3, 4, 4, 4, 4, 4, 4, 4, 4]
LEANINGS = {"patients": AGREEING, "nurses": AGREEING, "carers": [1, 2, 3, 4, 4]}


def thresholds(views: list[View]) -> dict[str, dict[int, str]]:
    """The verdict on each statement in round 1 under each threshold."""
    found: dict[str, dict[int, str]] = {}
    for one in views:
        for name, content in one.files.items():
            for inner, data in members(name, content):
                for row in table(inner, data):
                    tried = {int(key[3:]): row[key] for key in row if key and key.startswith("at_") and row[key]}
                    if tried and row.get("group") == "all" and row.get("round") == "1":
                        found[row["statement"]] = tried
    return found


def hidden_group(attacker: Attacker, group: str) -> Got:
    """Find how many of a group agreed, from verdicts and from the shares of the groups that are shown."""
    got, play = Got("hidden group decides a verdict"), attacker.play
    people = frozenset(name for name in attacker.seen.finished.get(1, ()) if play.groups[name] == group)
    for statement, tried in thresholds(attacker.seen.views).items():
        cells = [c for c in attacker.cells.get((1, statement), ()) if c.group not in ("", "all", group)]
        known = sets_of(cells, attacker.seen.finished[1], attacker.seen.gone, attacker.seen.grouped)
        shares = [share(counts) for counts in known.values()]
        able = agreeing(tried, shares, len(people))
        if len(able) < len(people) + 1:
            got.narrowed |= {(name, 1, statement) for name in people if len(able) == 1}
        if able in ([0], [len(people)]):
            side = "agrees" if able[0] else "does not"
            got.exact |= {(name, 1, statement): side for name in people}
    got.right = sum(side_of(play, *key) == side for key, side in got.exact.items())
    return got


def agreeing(tried: dict[int, str], shares: list[float], n: int) -> list[int]:
    """How many of the n people of the hidden group can agree, given the verdicts."""
    least = min(shares, default=0.0)
    known = {t: verdict == "in" for t, verdict in tried.items() if least >= t / 100}
    return [k for k in range(n + 1) if all((100 * k >= t * n) == met for t, met in known.items())]


def share(counts: dict[str, int]) -> float:
    """The share of those who agree, of those who rated."""
    rated = sum(n for option, n in counts.items() if option.isdigit())
    return sum(counts.get(option, 0) for option in AGREE) / max(rated, 1)


def side_of(play: Play, name: str, number: int, statement: str) -> str:
    """Which side somebody is on indeed."""
    return "agrees" if str(play.truth[number][name][int(statement[1:])]) in AGREE else "does not"
