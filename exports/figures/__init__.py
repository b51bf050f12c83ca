"""Figures: drawn from the same rows as the tables, each with its numbers and a sentence in its place."""

from collections.abc import Callable

from exports.document import Figure
from exports.figures import agreement, flows
from exports.record import Record

FIGURES: dict[str, tuple[str, Callable[[Record], Figure]]] = {
    "flow": ("Participants through the rounds", flows.participants),
    "stacked": ("Agreement by statement", agreement.stacked),
    "quartiles": ("Median and quartiles by statement", agreement.strips),
    "change": ("Change of agreement between rounds", agreement.dumbbells),
    "thresholds": ("Statements in consensus by threshold", flows.thresholds),
    "statements": ("Statements through the rounds", flows.statements),
}
