"""Names of variables that R, SPSS and Stata all take: letters, digits and underscores, at most 32, unique in any case."""

import re
from collections.abc import Iterable

LONGEST, LABEL = 32, 80
ROOM = len("_r99_status")


def variable_names(codes: Iterable[str]) -> dict[str, str]:
    """Stem of the variables of each statement, by its code; stems differ in more than upper and lower case.

    Examples
    --------
    >>> variable_names(["STMT1.1", "stmt1-1", "1st: =SUM(A1)", "—"])
    {'STMT1.1': 'STMT1_1', 'stmt1-1': 'stmt1_1_2', '1st: =SUM(A1)': 'S1st_SUM_A1', '—': 'S'}
    """
    taken: set[str] = set()
    names = {}
    for code in codes:
        stem = re.sub(r"[^A-Za-z0-9]+", "_", code).strip("_")
        stem = stem if stem[:1].isalpha() else f"S{stem}"
        stem = stem[: LONGEST - ROOM].rstrip("_")
        name, number = stem, 1
        while name.lower() in taken:
            number += 1
            ending = f"_{number}"
            name = stem[: LONGEST - ROOM - len(ending)] + ending
        taken.add(name.lower())
        names[code] = name
    return names


def label_of(text: str) -> str:
    """Shorten a text to a label of one line."""
    line = " ".join(text.split())
    return line if len(line) <= LABEL else line[: LABEL - 1] + "…"
