"""What one person who joins a panel tells: how often a reader of two rounds would guess that person's answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STAYS = 0.8  # assumed share of people who keep their answer from one round to the next
PLAYS, SEED = 200, 1
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Guess:
    """Right guesses among ten answers: from two rounds, and from one round alone."""

    both: int
    one: int


def guess_newcomer(counts: Sequence[Sequence[int]]) -> Guess | None:
    """Right guesses at the answers of one person who joins, among ten; None where nobody has rated.

    Parameters
    ----------
    counts : (J, K)
        Ratings of the panel in the round before.

    Notes
    -----
    A simulation with a fixed seed. Eight of ten keep their answer, the others move by one option; the newcomer answers as
    the panel did. The reader knows all this, and takes the option that is likeliest, given both totals.

    Examples
    --------
    >>> guess_newcomer([[2, 1, 5, 7]] * 10)
    Guess(both=6, one=5)
    >>> guess_newcomer([[0, 0, 0, 15]])
    Guess(both=10, one=10)
    """
    draw = np.random.default_rng(SEED)
    played = [_play(np.array(row, dtype=np.float64), draw) for row in counts if sum(row)]
    if not played:
        return None
    both, one = (float(np.mean(column)) for column in zip(*played, strict=True))
    return Guess(round(10 * both), round(10 * one))


def _play(before: Floats, draw: np.random.Generator) -> tuple[float, float]:
    """Play one statement: shares of right guesses from two rounds and from one."""
    likely, flow = before / before.sum(), _flow(len(before))
    answers = draw.choice(len(before), size=PLAYS, p=likely)
    after = (
        sum(draw.multinomial(int(n), flow[o], size=PLAYS) for o, n in enumerate(before)) + np.eye(len(before))[answers]
    )
    expected, spread = before @ flow, before @ (flow * (1 - flow)) + 0.25
    left = after[:, None, :] - np.eye(len(before))[None, :, :]  # totals without a newcomer who chose each option
    misfit = (((left - expected) ** 2) / (2 * spread)).sum(-1)
    with np.errstate(divide="ignore"):
        guessed = (np.log(likely) - misfit).argmax(-1)
    return float((guessed == answers).mean()), float((likely.argmax() == answers).mean())


def _flow(options: int) -> Floats:
    """Where an answer goes: it stays, or moves to a neighbour."""
    flow = np.eye(options) * STAYS
    for option in range(options):
        near = [other for other in (option - 1, option + 1) if 0 <= other < options]
        for other in near:
            flow[option, other] += (1 - STAYS) / len(near)
    return flow
