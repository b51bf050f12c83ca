"""What a simulated panel answers in a rehearsal, on any scale. Pure and seeded.

The demonstration has a model of its own (`rounds.demo.simulation`): it knows the years and the kinds of the reference
study, and draws in another order, so that one model for both would give other figures for the seeds in use.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from delphi.consensus.scale import Scale
from rounds.demo.simulation import REMARKS

CLOSER = (1.0, 0.6, 0.4)  # how much of the disagreement of round 1 is left in each round
NOT_QUALIFIED, BLANK, COMMENTING, MIDDLE = 0.03, 0.02, 0.1, 0.15


@dataclass(frozen=True, slots=True)
class RehearsalSettings:
    """How a rehearsal is played: size of the panel, shares in per cent of who is absent and who disagrees."""

    size: int = 24
    attrition: int = 10
    disagreement: int = 25
    seed: int = 1


def is_absent(settings: RehearsalSettings, person: int, round_: int) -> bool:
    """Whether somebody stays away from a round."""
    return _draw(settings, person, f"presence/{round_}").random() < settings.attrition / 100


def spread(weights: Mapping[str, int], size: int) -> list[str]:
    """A group for each of so many people: one of each, then as the weights say (D'Hondt).

    Examples
    --------
    >>> spread({"a": 30, "b": 30, "c": 4}, 8)
    ['a', 'b', 'c', 'a', 'b', 'a', 'b', 'a']
    """
    people = list(weights)[:size]
    while weights and len(people) < size:
        people.append(max(weights, key=lambda group: weights[group] / (people.count(group) + 1)))
    return people


def value_of(settings: RehearsalSettings, scale: Scale, person: int, code: str, round_: int) -> int | str | None:
    """An answer: an option, "nq", or None for a blank; opinions stay, and draw closer from round to round."""
    draw = _draw(settings, person, code)
    knows, fills, opinion, firmness, middle = (draw.random() for _ in range(5))
    if scale.opt_out and knows < NOT_QUALIFIED:
        return "nq"
    if fills < BLANK:
        return None
    left = CLOSER[min(round_, len(CLOSER)) - 1]
    contested = 0.4 + 1.2 * Random(f"{settings.seed}/{code}").random()  # noqa: S311 (a simulation, not a secret)
    if opinion < settings.disagreement / 100 * contested * left:
        return _within(scale.low, firmness)
    if scale.mid and middle < MIDDLE * left:
        return _within(scale.mid, firmness)
    return _within(scale.high, firmness)


def remark_of(settings: RehearsalSettings, person: int, code: str, round_: int) -> str:
    """A comment, or nothing."""
    lot = _draw(settings, person, f"{code}/remark/{round_}").random()
    return REMARKS[int(lot / COMMENTING * len(REMARKS))] if lot < COMMENTING else ""


def _within(zone: tuple[int, ...], firmness: float) -> int:
    return zone[min(int(firmness * len(zone)), len(zone) - 1)]


def _draw(settings: RehearsalSettings, person: int, what: str) -> Random:
    return Random(f"{settings.seed}/{person}/{what}")  # noqa: S311 (a simulation, not a secret)
