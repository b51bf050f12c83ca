"""Numbers, shares and lists as a language writes them, for whatever a person reads; journals keep a style of their own."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.numbers import format_percent as babel_percent

from delphi.statistics.base.exact import format_percent, round_half_up


def number(value: float, locale: str = "en_GB", *, decimals: int = 2, fixed: bool = False, signed: bool = False) -> str:
    """Write a number, rounded half up; without `fixed` zeros at its end are left out.

    Examples
    --------
    >>> number(2.5), number(2.5, "nl"), number(0.5, "de", fixed=True), number(-0.001), number(3, signed=True)
    ('2.5', '2,5', '0,50', '0', '+3')
    """
    shown = round_half_up(float(value), decimals)
    places = ("0" if fixed else "#") * decimals
    pattern = f"#,##0.{places}" if places else "#,##0"
    text = format_decimal(abs(shown), format=pattern, locale=locale)
    return ("−" if shown < 0 else "+" if signed and shown > 0 else "") + text


@lru_cache(maxsize=2000)
def per_cent(shown: str | float, locale: str = "en_GB") -> str:
    r"""Write a percentage that is rounded already, as `format_percent` gives it, with the sign where the language has it.

    Examples
    --------
    >>> per_cent("77"), per_cent("<1", "nl"), per_cent("66.7", "de"), per_cent("2/3"), per_cent("–")
    ('77%', '<1%', '66,7\xa0%', '2/3%', '–')
    """
    text = str(shown)
    mark, digits = (text[0], text[1:]) if text[:1] in ("<", ">") else ("", text)
    if "/" in digits:
        return babel_percent(0, locale=locale).replace("0", digits)
    if not digits.replace(".", "", 1).isdecimal():
        return text
    return mark + babel_percent(Decimal(digits) / 100, locale=locale, decimal_quantization=False)


def share(k: int, n: int, locale: str = "en_GB") -> str:
    """Write a share of counts as a percentage; 0 and 100 stand only for none and for all.

    Examples
    --------
    >>> share(3, 4), share(315, 316), share(0, 0)
    ('75%', '>99%', '–')
    """
    return per_cent(format_percent(k, n), locale)


def listed(words: Sequence[object], locale: str = "en_GB", *, style: Literal["standard", "or"] = "standard") -> str:
    """Join words as the language does.

    Examples
    --------
    >>> listed(["A", "B", "C"]), listed(["A", "B", "C"], "nl"), listed([1, 2], style="or")
    ('A, B and C', 'A, B en C', '1 or 2')
    """
    return format_list([str(word) for word in words], style=style, locale=Locale.parse(locale))
