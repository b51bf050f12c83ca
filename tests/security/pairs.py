"""What totals of two rounds tell of those who left or joined between them: for certain, and as a guess."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations_with_replacement
from math import comb, exp, prod

import numpy as np

Counts = Mapping[str, int]
BANDS = {"up_to_15": 0.15, "15_to_30": 0.3, "over_30": 1.0}
MOST_MOVED = 8  # people who left or joined, beyond whom compositions are not enumerated


def compositions(totals: Counts, n: int) -> Iterator[Counter[str]]:
    """The ways in which n people can have answered, given the totals."""
    for chosen in combinations_with_replacement(sorted(totals), n):
        counted = Counter(chosen)
        if all(counted[option] <= totals[option] for option in counted):
            yield counted


def feasible(
    first: Counts, second: Counts, leavers: int, joiners: int, facts: Mapping[str, str]
) -> list[tuple[Counter[str], Counter[str]]]:
    """The compositions of leavers and joiners that agree with what was published of the pairs."""
    return [
        (left, came)
        for left in compositions(first, leavers)
        for came in compositions(second, joiners)
        if _agrees(_less(first, left), _less(second, came), facts)
    ]


def _less(totals: Counts, part: Counts) -> dict[str, int]:
    return {option: totals.get(option, 0) - part.get(option, 0) for option in {*totals, *part}}


def _agrees(before: Counts, after: Counts, facts: Mapping[str, str]) -> bool:
    """Whether some table of moves leads from one to the other with the published number of moves."""
    options = sorted({*before, *after})
    n = sum(before.values())
    if any(not option.lstrip("-").isdigit() and (before.get(option) or after.get(option)) for option in options):
        return True  # opt-outs and blanks are in no pair, so nothing is excluded
    moved = sum(abs(before.get(o, 0) - after.get(o, 0)) for o in options) // 2
    if facts.get("changed_k") and moved > int(facts["changed_k"]):
        return False
    if facts.get("changed_band") in BANDS and moved > BANDS[facts["changed_band"]] * n:
        return False
    return not facts.get("mean_change") or _shifts(before, after, facts, n)


def _shifts(before: Counts, after: Counts, facts: Mapping[str, str], n: int) -> bool:
    """Distances moved up and down are whole numbers, at least one for each person who moved."""
    net = sum(int(o) * (after.get(o, 0) - before.get(o, 0)) for o in {*before, *after} if o.lstrip("-").isdigit())
    distance = round(float(facts["mean_change"]) * n)
    up, down = (distance + net) / 2, (distance - net) / 2
    return up == int(up) and up >= int(facts.get("up") or 0) and down >= int(facts.get("down") or 0)


def posterior(
    first: Counts, second: Counts, leavers: int, joiners: int, stays: float, facts: Mapping[str, str]
) -> tuple[dict[str, float], dict[str, float]]:
    """How likely each option is for one leaver, and for one joiner, knowing how often people answer as before."""
    found = feasible(first, second, leavers, joiners, facts)
    logs = np.array([_log_odds(first, second, left, came, stays) for left, came in found])
    weights = np.exp(logs - logs.max()) if len(found) else logs
    marginals: list[dict[str, float]] = []
    for place, n in ((0, leavers), (1, joiners)):
        shares: Counter[str] = Counter()
        for one, weight in zip(found, weights, strict=True):
            for option, times in one[place].items():
                shares[option] += weight * times / n
        marginals.append({option: share / weights.sum() for option, share in shares.items()})
    return marginals[0], marginals[1]


def _log_odds(first: Counts, second: Counts, left: Counts, came: Counts, stays: float) -> float:
    """Log of prior times likelihood; moves are spread evenly over the other options."""
    options = sorted({*first, *second})
    before = np.array([first.get(o, 0) - left.get(o, 0) for o in options], dtype=float)
    after = np.array([second.get(o, 0) - came.get(o, 0) for o in options], dtype=float)
    moves = np.full((len(options),) * 2, (1 - stays) / max(len(options) - 1, 1))
    np.fill_diagonal(moves, stays)
    spread = np.diag(before @ moves) - moves.T @ np.diag(before) @ moves
    gap = (after - before @ moves)[:-1]
    within = spread[:-1, :-1] + 1e-6 * np.eye(len(options) - 1)
    likelihood = -0.5 * float(gap @ np.linalg.solve(within, gap)) - 0.5 * float(np.linalg.slogdet(within)[1])
    prior = prod(comb(first.get(o, 0), left.get(o, 0)) * comb(second.get(o, 0), came.get(o, 0)) for o in options)
    return likelihood + float(np.log(max(prior, 1e-300))) if prior else -exp(10)
