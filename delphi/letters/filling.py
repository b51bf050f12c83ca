"""Placeholders and their values: a fixed list of names between braces; all else in a text stays as it is written."""

import re
from collections.abc import Callable, Collection

from delphi.letters.kinds.kind import Kind, Text

PLACEHOLDER = re.compile(r"(?<![{$])\{([a-z_]+)\}(?!\})")
SENTENCE_ENDS = (".", "!", "?")
LONGEST_SUBJECT, LONGEST_BODY = 300, 10_000
Value = Callable[[str], str]


def names_in(text: str) -> list[str]:
    """List what looks like a placeholder, once each.

    Examples
    --------
    >>> names_in("{study}: {link} {{7*7}} {{name}} ${name} %s {0.__class__} {study}")
    ['study', 'link']
    """
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def unknown(kind: Kind, text: Text) -> list[str]:
    """List the placeholders of a text that its kind does not know."""
    return [name for name in names_in(f"{text.subject} {text.body}") if name not in kind.placeholders]


def missing(kind: Kind, text: Text) -> list[str]:
    """List the placeholders without which a text of this kind would not do its work."""
    return [name for name in kind.needs if name not in names_in(text.body)]


def fill(text: str, value: Value, known: Collection[str]) -> str:
    """Put values into the paragraphs of a text; a paragraph with a placeholder that has no value is left out.

    Values are put in once, so that what looks like a placeholder in a value stays text.
    """
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "\n\n".join(filter(None, (_paragraph(one, value, known) for one in paragraphs)))


def _paragraph(text: str, value: Value, known: Collection[str]) -> str:
    values = {name: value(name) for name in names_in(text) if name in known}
    return "" if "" in values.values() else _put(text, values)


def fill_line(text: str, value: Value, known: Collection[str]) -> str:
    """Put values into a text of one line; what has no value leaves nothing behind."""
    values = {name: value(name) for name in names_in(text) if name in known}
    return " ".join(_put(text, values).split())


def _put(text: str, values: dict[str, str]) -> str:
    def put(found: re.Match[str]) -> str:
        written = values.get(found[1], found[0])
        before = text[: found.start()].rstrip()
        begins = not before or before.endswith(SENTENCE_ENDS)
        return written[:1].upper() + written[1:] if begins and found[1] == "round" else written

    return PLACEHOLDER.sub(put, text)
