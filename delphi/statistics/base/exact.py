"""Comparing and printing shares without floats (METHOD 2.3, 2.6)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

Threshold = str | int | float | Fraction


@lru_cache(maxsize=256, typed=True)
def per_cent(threshold: Threshold) -> Fraction:
    """Read a threshold in per cent exactly: "75", "66.7", "2/3" (meaning 200/3 %), 0.7 as written.

    Raises
    ------
    ValueError
        The text is no number between 0 and 100.

    Examples
    --------
    >>> per_cent("2/3"), per_cent("66.7")
    (Fraction(200, 3), Fraction(667, 10))
    """
    text = str(threshold).strip()
    try:
        value = Fraction(text) if not isinstance(threshold, Fraction) else threshold
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"“{text}” is not a percentage such as 75, 66.7 or 2/3") from None
    if isinstance(threshold, str) and "/" in text:
        value *= 100
    if not 0 <= value <= 100:
        raise ValueError(f"{text} is not between 0 and 100 per cent")
    return value


def meets_threshold(k: int, n: int, threshold: Threshold, *, strict: bool = False) -> bool | None:
    """Say whether k of n reaches a threshold in per cent; None if n is 0.

    Notes
    -----
    With the threshold a/b the comparison is 100·k·b ≥ a·n (strict: >), in integers.

    Examples
    --------
    >>> meets_threshold(38, 57, "2/3"), meets_threshold(38, 57, "66.7", strict=True)
    (True, False)
    """
    if n == 0:
        return None
    t = per_cent(threshold)
    left, right = 100 * int(k) * t.denominator, t.numerator * int(n)
    return left > right if strict else left >= right


def round_half_up(x: Fraction | float, decimals: int = 0) -> Decimal:
    """Round half away from zero: exact for fractions, by the printed value for floats.

    Examples
    --------
    >>> round_half_up(Fraction(133, 2)), round_half_up(-2.5), round_half_up(1.005, 2)
    (Decimal('67'), Decimal('-3'), Decimal('1.01'))
    """
    if isinstance(x, Fraction):
        scaled = abs(x) * 10**decimals
        whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
        return Decimal(whole if x >= 0 else -whole).scaleb(-decimals)
    return Decimal(repr(x)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def format_percent(k: int, n: int, decimals: int = 0) -> str:
    """Print a share of counts; "0" and "100" appear only for none and for all.

    Examples
    --------
    >>> format_percent(43, 46, 1), format_percent(1, 316), format_percent(315, 316), format_percent(0, 0)
    ('93.5', '<1', '>99', '–')
    """
    if n == 0:
        return "–"
    step = Decimal(1).scaleb(-decimals)
    shown = round_half_up(Fraction(100 * k, n), decimals)
    if k > 0 and shown == 0:
        return f"<{step}"
    if k < n and shown == 100:
        return f">{100 - step}"
    return str(shown)


def mean_share(shares: Sequence[tuple[int, int]], method: str = "exact_shares") -> Fraction | None:
    """Average the shares k/n of several items, in per cent; items with n = 0 are left out (METHOD 2.6).

    Parameters
    ----------
    shares
        (k, n) of each item.
    method
        "exact_shares" (mean of unrounded shares), "rounded_shares" (mean of printed integers) or
        "pooled" (Σk / Σn).

    Examples
    --------
    >>> float(mean_share([(57, 57)] * 13 + [(56, 57)] * 2, "rounded_shares"))
    99.73333333333333
    """
    kept = [(k, n) for k, n in shares if n]
    if not kept:
        return None
    if method == "pooled":
        return Fraction(100 * sum(k for k, _ in kept), sum(n for _, n in kept))
    exact = [Fraction(100 * k, n) for k, n in kept]
    if method == "rounded_shares":
        exact = [Fraction(round_half_up(share)) for share in exact]
    elif method != "exact_shares":
        raise ValueError(f"unknown method {method!r}")
    return sum(exact, Fraction(0)) / len(exact)


def compatible_dissents(n_items: int, n: int, printed: str, decimals: int = 1) -> list[int]:
    """Numbers of dissenting ratings that fit a printed mean agreement (METHOD 13.3).

    Parameters
    ----------
    n_items, n
        Items, and ratings of each item.
    printed
        The mean share in per cent as printed.
    decimals
        Decimals of the printed mean.

    Notes
    -----
    d of the n_items·n ratings dissent iff 100 (1 − d/(n_items·n)) rounds half up to the printed mean.

    Examples
    --------
    >>> compatible_dissents(20, 57, "98.0"), compatible_dissents(15, 57, "99.7")
    ([23], [])
    """
    ratings, mean = n_items * n, Decimal(printed)
    step = Fraction(1, 10**decimals)
    highest = int((100 - Fraction(mean) + step) * ratings / 100) + 1
    candidates = range(min(highest, ratings) + 1)
    return [d for d in candidates if round_half_up(Fraction(100 * (ratings - d), ratings), decimals) == mean]
