"""What changed in the wording since the round before, and why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from delphi.consensus.vocabulary import Relation
from rounds.feedback.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, was removed or was added."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The earlier wordings, the reason, and for a single source the difference word by word."""

    relation: Relation
    reason: str
    earlier: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]


def build(evidence: Evidence) -> Wording | None:
    """Show old and new wording where it changed."""
    if evidence.relation in (Relation.SAME, Relation.NEW) or not evidence.sources:
        return None
    earlier = tuple((source.code, source.text) for source in evidence.sources)
    pieces = tuple(difference(earlier[0][1], evidence.text)) if len(earlier) == 1 and _alike(evidence) else ()
    return Wording(evidence.relation, evidence.reason, earlier, pieces)


def _alike(evidence: Evidence) -> bool:
    """Whether old and new wording are in one language, so that a difference says something."""
    old, new = (getattr(text, "language", None) for text in (evidence.sources[0].text, evidence.text))
    return old == new or None in (old, new)


def difference(old: str, new: str) -> Iterator[Piece]:
    """Compare two wordings word by word.

    Examples
    --------
    >>> [(p.kind, p.text) for p in difference("All services are closed.", "Many services are closed.")]
    [('removed', 'All '), ('added', 'Many '), ('kept', 'services are closed.')]
    """
    a, b = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("kept", "".join(b[k:m]))
        else:
            yield from (
                Piece(name, text) for name, text in (("removed", "".join(a[i:j])), ("added", "".join(b[k:m]))) if text
            )
