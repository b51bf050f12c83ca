"""Letters for the level of agreement: U, A, B, C (METHOD 4.5)."""

from collections.abc import Sequence
from fractions import Fraction

from delphi.statistics.exact import meets_threshold, round_half_up

BANDS = ("90", "78", "67")
LETTERS = ("U", "A", "B", "C")


def lazarus_grade(
    k: int,
    n: int,
    bands: Sequence[str] = BANDS,
    gaps: str = "half_up",
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
    if n == 0:
        return None
    if k == n:
        return letters[0]
    if gaps == "half_up":
        k, n = int(round_half_up(Fraction(100 * int(k), int(n)))), 100
    return next((letter for letter, band in zip(letters[1:], bands, strict=True) if meets_threshold(k, n, band)), None)
