"""Grades of agreement as letters: U, A, B, C (METHOD 4.5)."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from delphi.consensus.counts import Integers
from delphi.consensus.rules.shares import Mask, at_least

BANDS = ("90", "78", "67")
LETTERS = ("U", "A", "B", "C")


class Gaps(StrEnum):
    """How a share between two printed bands, such as 77.6 %, is graded."""

    HALF_UP = "half_up"
    STRICT = "strict"


def lazarus_grade(
    k: int,
    n: int,
    bands: Sequence[str] = BANDS,
    gaps: str = Gaps.HALF_UP,
    letters: Sequence[str] = LETTERS,
) -> str | None:
    """Grade combined agreement of k among n; None without ratings or below the lowest band.

    Parameters
    ----------
    bands
        Lower bounds in per cent, highest first.
    gaps
        "half_up" compares the printed integer, "strict" the exact share.

    Notes
    -----
    The first letter means nobody dissents, always on exact counts: 199 of 200 rounds to 100 and is A.

    Examples
    --------
    >>> [lazarus_grade(k, n) for k, n in ((10, 10), (199, 200), (43, 48), (66, 100), (0, 0))]
    ['U', 'A', 'A', None, None]
    """
    return letters_of(np.array([k]), np.array([n]), bands, gaps, letters)[0]


def letters_of(k: Integers, n: Integers, bands: Sequence[str], gaps: str, letters: Sequence[str]) -> list[str | None]:
    """Grade many shares at once, as `lazarus_grade` does one."""
    at = np.full(len(k), len(bands), dtype=np.intp)  # below the lowest band
    for place in reversed(range(len(bands))):
        at[reaches(k, n, bands[place], gaps)] = place
    grades = np.array([*letters[1:], None], dtype=object)[at]
    grades[k == n] = letters[0]
    grades[n == 0] = None
    return list(grades)


def reaches(k: Integers, n: Integers, band: str, gaps: str) -> Mask:
    """Whether shares reach a band, rounded half up to whole per cent or exactly."""
    if gaps == Gaps.STRICT:
        return at_least(k, n, band)
    whole = (200 * k + n) // np.maximum(2 * n, 1)
    return at_least(whole, np.full_like(whole, 100), band)
