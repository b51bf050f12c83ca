"""Released comments: without author, time or rating, in an order that is the reader's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from rounds.feedback.evidence import Evidence

FIRST = 3


@dataclass(frozen=True, slots=True)
class Comments:
    """The first few comments, and the rest."""

    first: tuple[str, ...]
    rest: tuple[str, ...]


def build(evidence: Evidence) -> Comments | None:
    """Show what others wrote, if the team released something."""
    return cut(evidence.comments) if evidence.comments else None


def cut(texts: Sequence[str]) -> Comments:
    """Show the first few at once, and the rest where the reader asks for it."""
    return Comments(tuple(texts[:FIRST]), tuple(texts[FIRST:]))
