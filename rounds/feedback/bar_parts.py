"""The bar of one line: how those who rated a statement divide over the scale, the agreeing side first.

A scale in words shows each of its options, numbers show their bands; the parts of a bar are 100 % together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from delphi.consensus.scale import Scale, Values
from rounds.feedback.distribution import Distribution

AGREEING, MIDDLE, DISAGREEING = ("a", "ab", "b"), "z", ("c", "cd", "d")  # strong, between, weak; weak, between, strong
ZONES = ("lo", MIDDLE, "hi")  # a whole side of a scale in words, where too few rated for its options
LONGEST = 7  # options of a scale that are drawn one by one


@dataclass(frozen=True, slots=True)
class BarPart:
    """One part of a bar: what it counts, where it begins and how long it is, in per cent of the bar."""

    kind: str
    label: str
    n: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The parts from the agreeing side on, and where the mark of the own answer stands; None without one."""

    parts: tuple[BarPart, ...]
    own: float | None = None


Cells = Sequence[tuple[Values, str, int]]  # the options of a part, its wording, how many chose one of them


def by_bands(scale: Scale) -> bool:
    """Whether the bars of a scale show its bands and not its options."""
    return scale.numbered or scale.K > LONGEST


def bar_of(scale: Scale, cells: Cells, own: int | None = None) -> Bar:
    """Lay the parts of a bar one after the other; parts that nobody chose are left out.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> bar_of(SCALES["yesno"], [((1,), "yes", 3), ((0,), "no", 1)], own=0)  # doctest: +NORMALIZE_WHITESPACE
    Bar(parts=(BarPart(kind='a', label='yes', n=3, start=0.0, width=75.0),
               BarPart(kind='d', label='no', n=1, start=75.0, width=25.0)), own=87.5)
    """
    everybody = sum(n for _, _, n in cells)
    if not everybody:
        return Bar(())
    widths = [100 * n / everybody for _, _, n in cells]
    starts = [100 * n / everybody for n in accumulate((n for _, _, n in cells), initial=0)]
    parts = [
        BarPart(kind_of(scale, values), label, n, start, width)
        for (values, label, n), start, width in zip(cells, starts, widths, strict=False)
    ]
    middles = [part.start + part.width / 2 for part, cell in zip(parts, cells, strict=True) if own in cell[0]]
    return Bar(tuple(part for part in parts if part.n), middles[0] if middles else None)


def bar_of_panel(scale: Scale, panel: Distribution, own: int | None) -> Bar | None:
    """The bar of a line: options as far as they are shown, else the sides of the scale."""
    if panel.too_few:
        return None
    shown = panel.sides if by_bands(scale) else panel.bars
    return bar_of(scale, [(bar.values, bar.label, bar.n) for bar in shown], own)


def bar_of_zones(scale: Scale, zones: Iterable[tuple[str, int, str]]) -> Bar:
    """The bar of a group, of whom the bands are shown."""
    counts = zip(_bands(scale), zones, strict=True)
    return bar_of(scale, [(values, name, n) for (values, name), (_, n, _) in counts])


def _bands(scale: Scale) -> list[tuple[Values, str]]:
    return [(values, name) for name, values in reversed(scale.bands)]


def kind_of(scale: Scale, values: Values) -> str:
    """How a part is filled: by its side of the scale and its strength.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> [kind_of(SCALES["agree4_nq"], (value,)) for value in (4, 3, 2, 1)]
    ['a', 'b', 'c', 'd']
    >>> [kind_of(SCALES["agree7"], (value,)) for value in (7, 6, 5, 4, 3, 2, 1)]
    ['a', 'ab', 'b', 'z', 'c', 'cd', 'd']
    >>> [kind_of(SCALES["grade9"], values) for values in ((7, 8, 9), (4, 5, 6), (1, 2, 3))]
    ['a', 'z', 'd']
    >>> kind_of(SCALES["agree4_nq"], (3, 4))
    'hi'
    """
    zone = scale.zone_of(values[0])
    if by_bands(scale):
        return (DISAGREEING[-1], MIDDLE, AGREEING[0])[zone]
    if len(values) > 1:
        return ZONES[zone]
    if zone == 1:
        return MIDDLE
    return _shade(scale.high[::-1], AGREEING, values[0]) if zone else _shade(scale.low[::-1], DISAGREEING, values[0])


def _shade(options: Values, shades: tuple[str, ...], value: int) -> str:
    """The strong end of a side is dark; a side of two options leaves the shade between out."""
    strong = shades[0] if shades is AGREEING else shades[-1]
    if len(options) == 1:
        return strong
    return (shades if len(options) > 2 else (shades[0], shades[-1]))[options.index(value)]


class KeyEntry(NamedTuple):
    """What a fill means: an option, or a side of the scale with the numbers that belong to it."""

    kind: str
    words: str
    span: str = ""
    is_side: bool = False


def key_of(scale: Scale, bars: Iterable[Bar | None]) -> list[KeyEntry]:
    """What each fill means, in the order of a bar; whole sides only where a bar shows one."""
    if by_bands(scale):
        return side_key(scale)
    used = {part.kind for bar in bars if bar for part in bar.parts}
    options = [KeyEntry(kind_of(scale, (value,)), scale.labels[value - scale.lo]) for value in reversed(scale.values)]
    return options + [entry for entry in side_key(scale) if entry.kind in used & {*ZONES} - {MIDDLE}]


def side_key(scale: Scale) -> list[KeyEntry]:
    """What the fills of whole sides mean; those of numbers say which.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> [entry[:3] for entry in side_key(SCALES["agree4_nq"])]
    [('hi', 'agreement', ''), ('lo', 'disagreement', '')]
    >>> side_key(SCALES["grade9"])[0]
    KeyEntry(kind='a', words='critical', span='7–9', is_side=True)
    """
    return [
        KeyEntry(kind_of(scale, values), name, f"{values[0]}–{values[-1]}" if by_bands(scale) else "", True)
        for values, name in _bands(scale)
    ]
