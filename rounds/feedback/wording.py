"""What changed in the wording since the round before, and why."""

from dataclasses import dataclass

from delphi.consensus.vocabulary import Relation
from delphi.contents.difference import WordRun, difference
from rounds.feedback.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Wording:
    """The earlier wordings, the reason, and for a single source the difference word by word."""

    relation: Relation
    reason: str
    earlier: tuple[tuple[str, str], ...]
    pieces: tuple[WordRun, ...]


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
