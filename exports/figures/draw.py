"""Drawing in SVG: 175 mm wide, text of 8.5 points, readable in grey. Presentation attributes only, no style sheet."""

import re
from collections.abc import Iterable, Sequence
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

WIDTH, UNIT = 700, 4  # drawing units, and units a millimetre
TEXT = 12  # 3 mm: 8.5 points
FONT = "Noto Sans, DejaVu Sans, Arial, Libertinus Serif, sans-serif"
DARK, GREY, LIGHT = "#1a1a1a", "#767676", "#d9d9d9"
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(9), 11, 12, *range(14, 32)])


def attributes(**values: object) -> str:
    """Write attributes; an underscore in a name is a hyphen."""
    return "".join(
        f" {name.rstrip('_').replace('_', '-')}={quoteattr(_plain(value))}" for name, value in values.items()
    )


def _plain(value: object) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value).translate(TURNING)


def text(x: float, y: float, words: str, **more: object) -> str:
    """Write words at a point of the base line."""
    return f"<text{attributes(x=x, y=y, fill=DARK, **more)}>{escape(words.translate(TURNING))}</text>"


def rect(x: float, y: float, width: float, height: float, fill: str, **more: object) -> str:
    """Draw a rectangle."""
    return f"<rect{attributes(x=x, y=y, width=width, height=height, fill=fill, **more)}/>"


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = GREY, **more: object) -> str:
    """Draw a line."""
    return f"<line{attributes(x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, **more)}/>"


def circle(x: float, y: float, r: float, fill: str, **more: object) -> str:
    """Draw a disc."""
    return f"<circle{attributes(cx=x, cy=y, r=r, fill=fill, stroke=DARK, **more)}/>"


SHAPES = (
    "M-4,0a4,4 0 1 0 8,0a4,4 0 1 0 -8,0z",  # disc
    "M-3.5,-3.5h7v7h-7z",  # square
    "M0,-4.5l4.5,8h-9z",  # triangle
    "M0,-5l5,5l-5,5l-5,-5z",  # diamond
    "M0,4.5l4.5,-8h-9z",  # triangle on its tip
)
FILLS = (DARK, "#ffffff", "#a6a6a6")


def mark(x: float, y: float, which: int, fill: str = "") -> str:
    """Draw one of fifteen marks that differ without colour: five shapes, full, empty and grey."""
    chosen = fill or FILLS[which // len(SHAPES) % len(FILLS)]
    return shifted([f"<path{attributes(d=SHAPES[which % len(SHAPES)], fill=chosen, stroke=DARK)}/>"], x, y)


def shifted(parts: Iterable[str], x: float, y: float) -> str:
    """Move parts to the right and down."""
    place = f"translate({_plain(float(x))} {_plain(float(y))})"
    return f"<g{attributes(transform=place)}>{''.join(parts)}</g>"


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """Draw an arrow, straight down or to the right."""
    down = x1 == x2
    tip = f"M{x2},{y2} l-4,-7 h8 z" if down else f"M{x2},{y2} l-7,-4 v8 z"
    return line(x1, y1, x2 if down else x2 - 5, y2 - 5 if down else y2) + f"<path{attributes(d=tip, fill=GREY)}/>"


def box(x: float, y: float, width: float, lines: Sequence[str]) -> str:
    """Draw a box with lines of text, and say nothing of its height: `height_of` does."""
    parts = [rect(x, y, width, height_of(lines), "#ffffff", stroke=GREY)]
    parts += [text(x + width / 2, y + 16 + 15 * i, words, text_anchor="middle") for i, words in enumerate(lines)]
    return "".join(parts)


def height_of(lines: Sequence[str]) -> float:
    """Height of a box."""
    return 15 * len(lines) + 9


def shortened(words: str, width: float) -> str:
    """Cut words to a width, by the usual width of letters."""
    plain = " ".join(words.split())
    return plain if len(plain) <= _letters(width) else plain[: _letters(width) - 1].rstrip() + "…"


def broken(words: str, width: float, most: int) -> list[str]:
    """Break words into lines of a width; the last one is cut where they are too many."""
    lines = wrap(" ".join(words.split()), _letters(width))
    return [*lines[: most - 1], shortened(" ".join(lines[most - 1 :]), width)] if len(lines) > most else lines


def _letters(width: float) -> int:
    return max(4, int(width / (TEXT * 0.55)))


def picture(parts: Iterable[str], height: float, title: str, alternative: str, notice: str = "") -> str:
    """Put the parts together; what must be said of the study stands at the foot."""
    foot = text(0, height + 12, shortened(notice, WIDTH), font_style="italic") if notice else ""
    height += 20 if notice else 0
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH / UNIT:g}mm" height="{height / UNIT:g}mm" '
        f'viewBox="0 0 {WIDTH} {height:g}" role="img"{attributes(font_family=FONT, font_size=TEXT)}>'
        f"<title>{escape(title.translate(TURNING))}</title><desc>{escape(alternative.translate(TURNING))}</desc>"
        f"{rect(0, 0, WIDTH, height, '#ffffff')}{''.join(parts)}{foot}</svg>"
    )


SIZE = re.compile(r'(<svg [^>]*?)width="([0-9.]+)mm" height="([0-9.]+)mm"')


def resized(svg: str, width: float) -> str:
    """Make a picture so many millimetres wide, as a journal wants it; its height follows.

    Examples
    --------
    >>> resized('<svg xmlns="x" width="175mm" height="50mm" viewBox="0 0 700 200">', 183)
    '<svg xmlns="x" width="183mm" height="52.29mm" viewBox="0 0 700 200">'
    """

    def wide(found: re.Match[str]) -> str:
        height = float(found[3]) * width / float(found[2])
        return f'{found[1]}width="{width:g}mm" height="{height:.4g}mm"'

    return SIZE.sub(wide, svg, count=1)
