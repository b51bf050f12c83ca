"""The own answer of the round before: shown to its owner only, never chosen in advance."""

from dataclasses import dataclass

from delphi.consensus.vocabulary import Relation
from rounds.feedback.evidence import NOT_QUALIFIED, Evidence, label


@dataclass(frozen=True, slots=True)
class OwnRating:
    """The own answer in words, one for each statement this one comes from; None where there was none.

    ``comparable`` says that the same question is asked again: the answer can be kept, and a change has a reason.
    """

    answers: tuple[tuple[str, str | None], ...]
    marked: int | None
    comparable: bool


def build(evidence: Evidence) -> OwnRating | None:
    """Say what this panelist answered; the mark stands beside an option only if the wording is the same."""
    if not evidence.sources:
        return None
    scale = evidence.scale

    def words(own: int | str | None) -> str | None:
        if own is None or own == NOT_QUALIFIED:
            return scale.opt_out if own else None
        return label(scale, int(own))

    answers = tuple((source.code, words(source.own)) for source in evidence.sources)
    own = evidence.sources[0].own
    marked = own if isinstance(own, int) and len(evidence.sources) == 1 else None
    return OwnRating(answers, marked, marked is not None and evidence.relation is Relation.SAME)
