"""Words that sentences share: numbers, lists, shares; and what a sentence is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.dates import format_date

from delphi.statistics.base.exact import round_half_up
from exports.record.record import Record

Write = Callable[[Record], str | None]
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Sentence:
    """A sentence, and what it is about when it is missing."""

    gap: str
    write: Write


def counted(n: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun, numbers below ten in words.

    Examples
    --------
    >>> counted(1, "round"), counted(12, "round")
    ('one round', '12 rounds')
    """
    number = NUMBERS[n] if n < len(NUMBERS) else str(n)
    return f"{number} {one if n == 1 else many or one + 's'}"


def on_day(day: date) -> str:
    """Write a day as English prose has it.

    Examples
    --------
    >>> on_day(date(2027, 3, 9))
    '9 March 2027'
    """
    return format_date(day, "d MMMM y", locale="en_GB")


def listed(words: Iterable[str]) -> str:
    """Join words with commas and a last “and”."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def in_english(language: str) -> str:
    """Name a language.

    Examples
    --------
    >>> in_english("nl"), in_english("pt")
    ('Dutch', 'Portuguese')
    """
    return Locale.parse(language, sep="-").get_language_name("en") or language


def share(k: int, n: int) -> str:
    """Write k of n with its percentage to one decimal."""
    return f"{k} ({round_half_up(100 * k / n, 1)} %)" if n else str(k)
