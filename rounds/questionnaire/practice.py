"""A statement for practice: the real scale, with invented answers of a round before, so that each mark is met once."""

from collections.abc import Collection
from statistics import median

from delphi.consensus.scale import Scale
from delphi.consensus.table.result_row import count_name
from delphi.consensus.vocabulary import Relation
from rounds.feedback import FEEDBACK
from rounds.feedback.evidence import Evidence, Source
from rounds.questionnaire.cards import MOST_OPTIONS, Card

SHOWN = ("own_rating", "distribution", "quartiles")


def practice_card(scale: Scale, plan: Collection[str], text: str) -> Card:
    """A card that is never stored: its number is that of no statement."""
    evidence = Evidence(
        scale=scale,
        round=1,
        smallest_cell=1,
        relation=Relation.SAME,
        text=text,
        reason="",
        sources=(Source("", text, _invented(scale), scale.values[1]),),
    )
    feedback = {key: build(evidence) if key in plan and key in SHOWN else None for key, build in FEEDBACK.items()}
    shown = feedback if any(feedback.values()) else {}
    name = ("practice", scale.key, text, *sorted(plan))
    return Card(0, 0, "", "", text, "", feedback=shown, feedback_round=1, shared=name)


def _invented(scale: Scale) -> dict[str, int | float]:
    """Answers that lean to the upper end, with the columns of a sealed row that feedback reads."""
    counts = [2 + 3 * i if scale.K <= MOST_OPTIONS else 1 for i in range(scale.K)]
    everyone = [value for value, n in zip(scale.values, counts, strict=True) for _ in range(n)]
    agreeing = sum(value in scale.combined for value in everyone)
    middle = {"median": median(everyone), "iqr": 1}
    options = {count_name(value): n for value, n in zip(scale.values, counts, strict=True)}
    return {"n_rated": len(everyone), "n_nq": 3, "combined_k": agreeing, **middle, **options}
