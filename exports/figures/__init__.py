"""Figures: drawn from the same rows as the tables, each with its numbers and a sentence in its place."""

from collections.abc import Callable
from dataclasses import dataclass

from exports.figures import agreement, attrition, groups, lineage, participant_flow, ranks, spread
from exports.record.reader_profile import Profile
from exports.record.record import Record
from exports.tables.document import Figure

READERS = (Profile.PUBLIC, Profile.ANALYST, Profile.AUTHOR)


@dataclass(frozen=True)
class Drawing:
    """One kind of figure, and who may have it."""

    label: str
    draw: Callable[[Record], Figure]
    profiles: tuple[Profile, ...] = READERS


FIGURES: dict[str, Drawing] = {
    "flow": Drawing("Participants through the rounds", participant_flow.participants),
    "stacked": Drawing("Agreement by statement", agreement.stacked),
    "distribution": Drawing("Distribution of ratings by statement", spread.distribution),
    "quartiles": Drawing("Median and quartiles by statement", agreement.strips),
    "change": Drawing("Change of agreement between rounds", agreement.dumbbells),
    "by-group": Drawing("Agreement by group", groups.by_group),
    "thresholds": Drawing("Statements in consensus by threshold", participant_flow.thresholds),
    "attrition": Drawing("Ratings of those who stayed and of those who left", attrition.leavers, (Profile.ANALYST,)),
    "statements": Drawing("Statements through the rounds", participant_flow.statements),
    "lineage": Drawing("Statements from round to round", lineage.descent),
    "ranks": Drawing("Order of the statements by agreement", ranks.ranks),
}
