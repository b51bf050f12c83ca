"""What text may hold in a file: no character that XML forbids, no mark that turns the reading direction around."""

import re

ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def legal(text: str) -> str:
    r"""Drop what XML cannot hold, and the controls that would reorder the text around a cell.

    Examples
    --------
    >>> legal("a\x00b\u202ec")
    'abc'
    """
    return TURNING.sub("", ILLEGAL.sub("", text))


LONG_WORD = re.compile(r"\S{24}(?=\S)")


def breakable(text: str, mark: str = "\u200b") -> str:
    """Let lines end within words that no line can hold."""
    return LONG_WORD.sub(lambda word: word[0] + mark, text)
