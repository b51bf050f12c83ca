"""The middle answer and the spread, in the words of the scale (shown from eight ratings on)."""

from dataclasses import dataclass
from math import ceil, floor

from rounds.feedback.evidence import Evidence, label

FROM = 8


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Median as one option, or between two; the interquartile range as a number."""

    low: str
    high: str
    median: float
    iqr: float


def build(evidence: Evidence) -> Quartiles | None:
    """The middle answer to the wording that was asked; none for merged statements and small numbers."""
    if len(evidence.sources) != 1:
        return None
    row = evidence.sources[0].row
    if (row["n_rated"] or 0) < max(FROM, evidence.smallest_cell):
        return None
    median = row["median"]
    return Quartiles(
        low=label(evidence.scale, floor(median)),
        high=label(evidence.scale, ceil(median)),
        median=median,
        iqr=row["iqr"],
    )
