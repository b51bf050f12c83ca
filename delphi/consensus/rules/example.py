"""A worked example of a definition: counts that somebody types in, judged as a round would be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts
from delphi.consensus.scale import Scale, Values

MOST_OPTIONS = 11


@dataclass(frozen=True)
class Example:
    """What the definition says of one statement."""

    verdict: str
    grade: str | None
    reason: str | None
    basis: str


def example_options(scale: Scale) -> Values:
    """Options for which a form asks counts: all of a short scale, the middle of each zone of a long one."""
    if scale.K <= MOST_OPTIONS:
        return scale.values
    return tuple(members[len(members) // 2] for _name, members in scale.bands)


def example_counts(scale: Scale) -> dict[int, int]:
    """Counts to begin with: 27 of 36 at the upper end, so that a threshold of 75 % is just met."""
    options = example_options(scale)
    return dict.fromkeys(options, 0) | {options[0]: 4, options[-2]: 5, options[-1]: 27}


def judge_example(
    definition: Definition, ratings: Sequence[Mapping[int, int]], not_qualified: Sequence[int], groups: Sequence[str]
) -> Example:
    """Judge one statement of which the counts are given by group.

    Raises
    ------
    ValueError
        A count is negative.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> scale = SCALES["agree5"]
    >>> judge_example(Definition.of(scale), [{4: 20, 5: 7, 1: 9}], [0], [""]).basis
    '27/36 ≥ 75 %'
    """
    scale = definition.scale
    counts = Counts(
        ratings=np.array([[[row.get(value, 0) for value in scale.values] for row in ratings]], dtype=np.int64),
        not_qualified=np.array([not_qualified], dtype=np.int64),
        blank=np.zeros((1, len(groups)), dtype=np.int64),
        invited=np.zeros(len(groups), dtype=np.int64),
        groups=tuple(groups),
    )
    judged = definition.judge(counts)
    reason = judged.reason[0]
    return Example(judged.verdict[0].value, judged.grade[0], reason.value if reason else None, judged.basis[0])
