"""Colours of the options of a scale: blue above, orange below, and told apart by their lightness alone, as in print without colour."""

from collections.abc import Sequence

BLUE, ORANGE, GREY = (0.12, 0.42, 0.72), (0.85, 0.38, 0.05), (0.5, 0.5, 0.5)
DARKEST, LOWEST, APART = (
    12,
    30,
    15,
)  # lightness of the highest and the lowest option, and what neighbours differ by at least
LIGHTEST = {True: (69, 75), False: (55, 75)}  # of each side, with a middle and without
BESIDE = 61  # the lightest below, beside the less light one in the middle
ALONE = 72  # the one option below where there is no middle
LIGHT, LESS_LIGHT = 93, 77  # options in the middle, in turn


def shades(high: int, middle: int, low: int) -> list[str]:
    """Colours of so many options above, between and below, from the highest.

    Neighbours differ by at least 15 of 100 steps of lightness (CIE L*), and so do the ends.

    Examples
    --------
    >>> shades(1, 0, 1)
    ['#092138', '#e8a16e']
    """
    top, bottom = LIGHTEST[middle > 0]
    bottom = BESIDE if middle and middle % 2 == 0 else bottom
    lights: list[tuple[Sequence[float], float]] = [(BLUE, light) for light in _steps(DARKEST, top, high)]
    lights += [(GREY, LESS_LIGHT if i % 2 else LIGHT) for i in range(middle)]
    lights += [
        (ORANGE, light) for light in reversed(_steps(LOWEST, bottom, low) if low > 1 or middle else [ALONE] * low)
    ]
    return [_colour(base, light) for base, light in lights]


def _steps(first: float, last: float, n: int) -> Sequence[float]:
    """Spread so many steps evenly."""
    return [first + (last - first) * i / (n - 1) for i in range(n)] if n > 1 else [first] * n


def _colour(base: Sequence[float], light: float) -> str:
    """Mix a colour with black or white until it has a lightness."""
    dark, bright = 0.0, 1.0
    for _ in range(30):
        at = (dark + bright) / 2
        dark, bright = (at, bright) if lightness(_mixed(base, at)) < light else (dark, at)
    return "#" + "".join(f"{round(255 * part):02x}" for part in _mixed(base, dark))


def _mixed(base: Sequence[float], at: float) -> list[float]:
    """From black (0) through the colour (a half) to white (1)."""
    if at < 0.5:
        return [2 * at * part for part in base]
    return [part + (2 * at - 1) * (1 - part) for part in base]


def lightness(rgb: Sequence[float]) -> float:
    """CIE L* of a colour in sRGB, its parts from 0 to 1."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    y = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y
