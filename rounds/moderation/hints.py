"""Where a comment may tell who wrote it: hints for the moderator, who decides. Nothing here judges style (TRUST 3.5)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Trace(StrEnum):
    """What seems to stand in a text."""

    ADDRESS = "address"
    NAME = "name"
    INSTITUTION = "institution"
    SELF = "self"


TITLE = r"(?:Dr|Prof|Professor|Mr|Mrs|Ms|Mx|Sir|Dame)\.?"
CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]+"
BODIES = (
    r"universit\w*|hospital\w*|clinic\w*|klinik\w*|institut\w*|ministr\w+|minister\w*|facult\w+|college|academy|"
    r"foundation|ngo|department|centre|center|school"
)
PATTERNS: tuple[tuple[Trace, re.Pattern[str]], ...] = (
    (Trace.ADDRESS, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|www\.\S+|(?<!\w)@\w{3,}|\+?\d[\d ()/-]{7,}\d")),
    (Trace.NAME, re.compile(rf"\b{TITLE}\s+{CAPITAL}(?:\s+{CAPITAL})*")),
    (
        Trace.SELF,
        re.compile(
            r"(?i)\bas I (?:said|wrote|mentioned|argued|explained)\b|\bmy (?:own )?(?:earlier|previous) (?:comment|remark|answer)\b"
            r"|\b(?:in|at) my (?:\w+ )?(?:country|hospital|clinic|department|institute|university|team|town|city)\b"
        ),
    ),
    (Trace.INSTITUTION, re.compile(rf"\b(?:{CAPITAL}\s+)+(?i:{BODIES})\b(?:\s+(?:of|in|for)\s+{CAPITAL})?")),
    (Trace.INSTITUTION, re.compile(rf"\b(?i:{BODIES})\s+(?:of|in|for|at)\s+{CAPITAL}")),
    (Trace.NAME, re.compile(rf"(?<=[a-zà-ÿ,;:(] ){CAPITAL}\s+{CAPITAL}")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextPart:
    """A run of the text, with what seems to stand in it."""

    text: str
    trace: Trace | None = None


def parts(text: str) -> list[TextPart]:
    """Cut a text at its hints, in reading order; where two overlap the first of the list above counts.

    Examples
    --------
    >>> [(p.text, p.trace.value) for p in parts("Ask Dr. Maria Lopez at lopez@uni.example.") if p.trace]
    [('Dr. Maria Lopez', 'name'), ('lopez@uni.example', 'address')]
    """
    return list(_cut(text, sorted(_hints(text))))


def traces(text: str) -> list[Trace]:
    """List what seems to stand in a text, each kind once."""
    return list(dict.fromkeys(trace for _, _, trace in sorted(_hints(text))))


def _hints(text: str) -> list[tuple[int, int, Trace]]:
    hints: list[tuple[int, int, Trace]] = []
    for trace, pattern in PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= a or start >= b for a, b, _ in hints):
                hints.append((start, end, trace))
    return hints


def _cut(text: str, hints: list[tuple[int, int, Trace]]) -> Iterator[TextPart]:
    at = 0
    for start, end, trace in hints:
        if start > at:
            yield TextPart(text[at:start])
        yield TextPart(text[start:end], trace)
        at = end
    if at < len(text):
        yield TextPart(text[at:])
