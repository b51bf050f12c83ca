"""What every format of translation files writes and reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class SentRow(NamedTuple):
    """A piece as it leaves: its id, where it stands, the source wording, its translation, and whether that is stale."""

    item: str
    about: str
    source: str
    text: str
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class SentFile:
    """The pieces of a study in one language, as a file holds them."""

    name: str
    source: str
    language: str
    rows: tuple[SentRow, ...]


class ReturnedRow(NamedTuple):
    """A piece as it came back, with its place in the file; ``source`` is the wording that was translated.

    ``is_unfinished`` says that the translator marked it so; ``confirms`` that a text that came back as it left fits still.
    """

    place: str
    item: str
    source: str
    text: str
    is_unfinished: bool = False
    confirms: bool = True


class LeftOut(NamedTuple):
    """What a file holds that is no translation of a piece: its place, its text, and why it is not taken."""

    place: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """What a file holds; the language is empty where it says none."""

    language: str
    rows: Sequence[ReturnedRow]
    left_out: Sequence[LeftOut] = ()


class FileError(ValueError):
    """A file that cannot be read; nothing of it is used."""
