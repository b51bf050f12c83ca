"""What a look at an installation finds."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    ADVICE = "advice"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in words, with what to do where there is something to do."""

    level: Level
    text: str


def ok(text: str) -> Finding:
    """A finding that is as it should be."""
    return Finding(Level.OK, text)


def advice(text: str) -> Finding:
    """A finding that works, and could be better."""
    return Finding(Level.ADVICE, text)


def wrong(text: str) -> Finding:
    """A finding that has to be mended."""
    return Finding(Level.WRONG, text)
