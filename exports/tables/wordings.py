"""Thresholds and heads as they are worded, so that two that say other things are found."""

import re
from collections.abc import Sequence

SIGNS = (
    (r"\bor more\b|\bat least\b|≥|>=", "≥"),
    (r"\bmore than\b|\bover\b|>", ">"),
    (r"\bor less\b|\bat most\b|≤", "≤"),
)


def thresholds_in(text: str) -> set[str]:
    """Read thresholds in words or signs: “70 % or more” is ≥70, “> 70 %” is >70.

    Examples
    --------
    >>> thresholds_in("consensus: 70 % or more of the panel"), thresholds_in("consensus (> 70%)")
    ({'≥70'}, {'>70'})
    """
    found = set()
    for match in re.finditer(
        r"(?P<before>[^.;,]*?)(?P<number>\d+(?:\.\d+)?)\s*%(?P<after>(?:\s*or (?:more|less))?)", text
    ):
        said = match["before"] + match["after"]
        sign = next((sign for words, sign in SIGNS if re.search(words, said)), "")
        found |= {f"{sign}{match['number']}"} if sign else set()
    return found


def head_fits(head: str, cells: Sequence[str]) -> bool:
    """Whether a head says what stands under it: “N (%)” wants a number with a share in brackets.

    Examples
    --------
    >>> head_fits("N (%)", ["316", "313"]), head_fits("n (%)", ["14/38"]), head_fits("n (%)", ["39 (81.3)"])
    (False, False, True)
    """
    if not re.search(r"\b[nN]\s*\(%\)|[Nn]umber \(%\)", head):
        return True
    return all(re.fullmatch(r"\S+ \([^)]+\)\S*", cell) for cell in cells if cell not in ("", "–"))
