"""Released comments: without author, time or rating, in an order that is the reader's own."""

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
    if not evidence.comments:
        return None
    return Comments(evidence.comments[:FIRST], evidence.comments[FIRST:])
