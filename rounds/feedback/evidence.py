"""What is known about one statement from the round before, as a panelist may see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from delphi.consensus.scale import Scale
from delphi.consensus.vocabulary import Relation

NOT_QUALIFIED = "nq"


def label(scale: Scale, value: int) -> str:
    """The wording of an option."""
    return scale.labels[value - scale.lo]


@dataclass(frozen=True, slots=True)
class Source:
    """A statement of the round before that led to this one, with its frozen results and the own answer to it."""

    code: str
    text: str
    row: Mapping[str, Any]
    own: int | str | None
    groups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything feedback may be built from: sealed results only, never live answers.

    ``groups`` is how many groups the study has, where the plan shows groups; ``top`` is the share at which the axis of a
    scale of numbers ends, the same on all cards of a round.
    """

    scale: Scale
    round: int
    smallest_cell: int
    relation: Relation
    text: str
    reason: str
    sources: tuple[Source, ...]
    comments: tuple[str, ...] = ()
    groups: int = 0
    top: int = 50
