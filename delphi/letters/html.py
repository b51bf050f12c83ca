"""The HTML part of a letter: the paragraphs of its text in one layout that needs no image, in light and in dark."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import delphi
from delphi.dates import locale_of
from delphi.letters.values import Words

FOLDER = Path(delphi.__file__).parent.parent / "templates" / "mail"
ADDRESS = re.compile(r"https?://[^\s<>\"“”]+")
AFTER = ".,;:!?)"  # ends a sentence, not an address


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; one with an address is a link."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list, or a link alone."""

    kind: str
    lines: tuple[tuple[Piece, ...], ...]


def pieces(line: str) -> tuple[Piece, ...]:
    """Cut a line into text and links.

    Examples
    --------
    >>> pieces("See https://a.example/b. Good")
    (Piece(text='See ', href=''), Piece(text='https://a.example/b', href='https://a.example/b'), Piece(text='. Good', href=''))
    """
    found, end = [], 0
    for match in ADDRESS.finditer(line):
        address = match[0].rstrip(AFTER)
        found += [Piece(line[end : match.start()]), Piece(address, address)]
        end = match.start() + len(address)
    return tuple(piece for piece in (*found, Piece(line[end:])) if piece.text)


def blocks(text: str) -> list[Block]:
    """Cut a text into paragraphs, lists (lines that begin with a hyphen) and links that stand alone."""
    return [block for paragraph in re.split(r"\n\s*\n", text.strip()) for block in _blocks(paragraph)]


def _blocks(paragraph: str) -> list[Block]:
    if ADDRESS.fullmatch(paragraph.strip()):
        address = paragraph.strip()
        return [Block("link", ((Piece(address, address),),))]
    found: list[tuple[str, list[str]]] = []
    for line in paragraph.splitlines():
        kind = "list" if line.startswith("- ") else "text"
        if not found or found[-1][0] != kind:
            found.append((kind, []))
        found[-1][1].append(line.removeprefix("- "))
    return [Block(kind, tuple(map(pieces, lines))) for kind, lines in found]


@cache
def _layout() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )


def render(subject: str, body: str, foot: str, language: str) -> str:
    """Write the HTML part; every text in it is escaped."""
    direction = Locale.parse(locale_of(language)).text_direction
    facts = {"language": language, "direction": direction, "subject": subject}
    label = Words(language)._("Open the page")
    template = _layout().get_template("letter.html")
    return template.render(facts, blocks=blocks(body), foot=blocks(foot), label=label).strip() + "\n"
