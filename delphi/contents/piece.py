"""A piece of content: what the source says, and what is said of it in another language."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class State(StrEnum):
    """How a piece stands in a language."""

    PRESENT = "present"
    MISSING = "missing"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class ContentItem:
    """A piece of content under its stable id, as the source says it; ``about`` tells a translator where it stands."""

    item: str
    source: str
    about: str = ""


def seen_of(source: str) -> str:
    """The name by which a page or a file says which wording it showed."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


class Piece(str):
    """A text that knows its language, so that a page can say it where it is another than that of the page.

    Attributes
    ----------
    language
        The language that it is written in.
    made_from
        The source wording it was made from, where the source says something else today; None where it is the same.
    source
        What the source says today.
    """

    __slots__ = ("language", "made_from", "source")

    language: str
    made_from: str | None
    source: str

    def __new__(cls, text: str, language: str, *, source: str | None = None, made_from: str | None = None) -> Self:
        """Make a text of a language."""
        piece = super().__new__(cls, text)
        piece.language, piece.made_from = language, made_from
        piece.source = text if source is None else source
        return piece

    @property
    def is_stale(self) -> bool:
        """Whether the source says something else by now."""
        return self.made_from is not None
