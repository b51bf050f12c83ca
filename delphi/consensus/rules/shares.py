"""Parts of rules: sets of options, thresholds, exact comparison of whole arrays (METHOD 2.3)."""

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.counts import Integers, total
from delphi.consensus.scale import Scale
from delphi.statistics.base.exact import per_cent

Mask = NDArray[np.bool_]


def at_least(k: Integers, n: Integers, threshold: str | Fraction, *, strict: bool = False) -> Mask:
    """Say for each k of n whether it reaches a threshold in per cent, in integers: 100·k·b ≥ a·n."""
    t = per_cent(threshold)
    left, right = 100 * wide(k, t) * t.denominator, t.numerator * wide(n, t)
    return np.asarray(left > right if strict else left >= right, dtype=np.bool_)


def wide(x: Integers, t: Fraction) -> NDArray[Any]:
    """Use Python's integers where a threshold is so fine that 64 bits could overflow."""
    return x.astype(object) if max(t.denominator, t.numerator) > 10**8 else x


def share(threshold: str, *, least: int = 50, what: str = "threshold") -> Fraction:
    """Check a threshold in per cent when a rule is made."""
    t = per_cent(threshold)
    if t < least:
        raise ValueError(
            f"a {what} of {threshold} % is below {least} %: a statement could be in and out at the same time",
        )
    return t


def number(text: str, what: str) -> Fraction:
    """Read a bound such as "1.5" exactly."""
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{what}: “{text}” is not a number such as 1.5") from None


def columns(counts: Integers, members: tuple[int, ...], lo: int) -> Integers:
    """Sum the counts over a set of options (…)."""
    return total(counts[..., [value - lo for value in members]])


def set_text(members: tuple[int, ...]) -> str:
    """Print a set of options: “7–9” or “1, 3”.

    Examples
    --------
    >>> set_text((7, 8, 9)), set_text((4,)), set_text((1, 3))
    ('7–9', '4', '1, 3')
    """
    if len(members) > 1 and members == tuple(range(members[0], members[-1] + 1)):
        return f"{members[0]}–{members[-1]}"
    return ", ".join(map(str, members))


def worded_set(scale: Scale, members: tuple[int, ...]) -> str:
    """Name a set of options by its labels where they are words and few, else by values."""
    labels = [scale.labels[i] for i in scale.index(members)]
    worded = len(labels) <= 3 and not any(label.isdigit() for label in labels)
    return " or ".join(f"“{label}”" for label in reversed(labels)) if worded else set_text(members)
