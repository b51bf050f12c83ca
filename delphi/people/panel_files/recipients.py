"""Recipients as mail programs give them: “Ada <a@x>; "Byron, Ben" <b@x>”, with commas, one a line, or bare addresses."""

import re
from dataclasses import dataclass

PIECE = re.compile(r'"[^"]*"|<[^<>]*>|[;,]|\s+|[^\s;,<"]+|.')
FIELD = re.compile(r"^(to|cc|bcc|an|kopie|aan|à|para|a|till|do|komu)\s*:\s*", re.IGNORECASE)
AROUND = " \t\"'<>,;"


@dataclass(frozen=True)
class Recipient:
    """One recipient: its line, how it was written, and the name and address in it; without an address it is none."""

    line: int
    text: str
    name: str
    address: str


def recipients(text: str) -> list[Recipient]:
    """Split a text into recipients.

    Examples
    --------
    >>> [(one.name, one.address) for one in recipients('Ada <a@x.org>; "Byron, Ben" <b@x.org>, c@x.org d@x.org')]
    [('Ada', 'a@x.org'), ('Byron, Ben', 'b@x.org'), ('', 'c@x.org'), ('', 'd@x.org')]
    """
    return [
        _recipient(number, pieces)
        for number, words in enumerate(text.splitlines(), 1)
        for pieces in _split(FIELD.sub("", words.strip()))
    ]


def _split(line: str) -> list[list[str]]:
    """Split a line where a semicolon stands, or, once there is an address, a comma or the next address."""
    found: list[list[str]] = [[]]
    for word in PIECE.findall(line):
        complete = any(map(_has_address, found[-1]))
        if word == ";" or (word == "," and complete):
            found.append([])
            continue
        if complete and _has_address(word):
            found.append([])
        found[-1].append(word)
    return [words for words in found if "".join(words).strip(AROUND)]


def _has_address(word: str) -> bool:
    return "@" in word and not word.startswith('"')


def _recipient(line: int, words: list[str]) -> Recipient:
    written = next((word for word in words if _has_address(word)), "")
    name = " ".join("".join(word for word in words if word is not written).split())
    return Recipient(line, "".join(words).strip(), name.replace('"', "").strip(AROUND), bare(written))


def bare(address: str) -> str:
    """An address without what mail programs write around it.

    Examples
    --------
    >>> bare(" <mailto:a@x.org>;"), bare("'a@x.org'")
    ('a@x.org', 'a@x.org')
    """
    text = re.sub(r"[\u200b-\u200f\u2060\ufeff\xad]", "", address).replace("\xa0", " ").strip(AROUND)
    return text[7:] if text.lower().startswith("mailto:") else text
