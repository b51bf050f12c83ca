"""The closed vocabularies of the method (METHOD 1)."""

from enum import StrEnum

EVERYBODY = "all"  # the group of a row, or of a count, that is the whole panel


class Verdict(StrEnum):
    """Outcome of the consensus rule for one statement, round and population."""

    IN = "in"
    OUT = "out"
    NONE = "none"
    TOO_FEW = "too_few"


class Stability(StrEnum):
    """Whether the ratings of a statement have stopped moving between two rounds."""

    STABLE = "stable"
    UNSTABLE = "unstable"
    TOO_FEW = "too_few"


class Band(StrEnum):
    """How many of those who rated in both rounds changed their rating, in per cent."""

    UP_TO_15 = "up_to_15"
    FROM_15_TO_30 = "15_to_30"
    OVER_30 = "over_30"


class Denominator(StrEnum):
    """Whom shares are of: those who rated, those who also chose the opt-out, or all to whom the statement was shown."""

    RATED = "rated"
    ANSWERED = "answered"
    SHOWN = "shown"


class AnalysisSet(StrEnum):
    """Which panelists of a round are analysed."""

    SAVED = "saved"
    COMPLETE = "complete"


class Change(StrEnum):
    """What became of a statement between two rounds: an edge of the lineage."""

    KEPT = "kept"
    REWORDED = "reworded"
    MERGED = "merged"
    SPLIT = "split"
    ADDED = "added"
    DROPPED = "dropped"
    MOVED = "moved"
    REOPENED = "reopened"


class Relation(StrEnum):
    """What a statement of a round is to the round before."""

    SAME = "same"
    REWORDED_SAME_MEANING = "reworded_same_meaning"
    REWORDED = "reworded"
    MERGED = "merged"
    SPLIT = "split"
    NEW = "new"

    @property
    def same_meaning(self) -> bool:
        """Whether ratings of both rounds are about the same thing, and may be compared."""
        return self in (Relation.SAME, Relation.REWORDED_SAME_MEANING)


class Proposal(StrEnum):
    """What the rule proposes for the next round; a person decides."""

    SETTLED_IN = "settled_in"
    SETTLED_OUT = "settled_out"
    RATE_AGAIN = "rate_again"
    REVISE = "revise"
    REOPEN = "reopen"


class Feedback(StrEnum):
    """What a panelist may see of the round before."""

    OWN_RATING = "own_rating"
    WORDING = "wording"
    DISTRIBUTION = "distribution"
    QUARTILES = "quartiles"
    GROUPS = "groups"
    COMMENTS = "comments"


class Decided(StrEnum):
    """What the lead decided on a statement on the way into a round; the first four are also proposed by the rule."""

    SETTLED_IN = "settled_in"
    SETTLED_OUT = "settled_out"
    RATE_AGAIN = "rate_again"
    REOPEN = "reopen"
    REWORDED = "reworded"
    MERGED = "merged"
    SPLIT = "split"
    DROPPED = "dropped"
    ADDED = "added"
