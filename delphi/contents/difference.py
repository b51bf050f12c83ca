"""What a wording lost and won, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class WordRun:
    """A run of words that stayed, was removed or was added."""

    kind: str
    text: str


def difference(old: str, new: str) -> Iterator[WordRun]:
    """Compare two wordings word by word.

    Examples
    --------
    >>> [(run.kind, run.text) for run in difference("All services are closed.", "Many services are closed.")]
    [('removed', 'All '), ('added', 'Many '), ('kept', 'services are closed.')]
    """
    a, b = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            yield WordRun("kept", "".join(b[k:m]))
        else:
            yield from (
                WordRun(name, text) for name, text in (("removed", "".join(a[i:j])), ("added", "".join(b[k:m]))) if text
            )
