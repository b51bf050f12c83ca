"""A wide file of ratings: a row for each panelist, and columns for the statements.

A file that was written here has two columns for each statement and round, ``STMT1_r2`` and ``STMT1_r2_status``. Any other
has one column for each statement, named as it, and a column round.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from delphi.sheets.answer_status import Status, status
from delphi.sheets.errors import SheetError
from delphi.sheets.fields import Field, typed_rows
from delphi.sheets.reading import Sheet

ABOUT = ("panelist", "round", "group")
PAIR = re.compile(r"(.+)_r([0-9]{1,2})")  # the name of a variable: the statement, and its round
ENDING = "_status"
MARK = "statement "  # before the name of a statement's column, which may be that of another column here
Rows = Iterator[tuple[int, dict[str, Any]]]


def pairs_of(sheet: Sheet) -> list[str]:
    """Columns of ratings that have a column of their status beside them.

    Examples
    --------
    >>> pairs_of(Sheet(("panelist", "S1_r1", "S1_r1_status", "S2_r1"), ()))
    ['S1_r1']
    """
    head = set(sheet.head)
    return [name for name in sheet.head if PAIR.fullmatch(name) and name + ENDING in head]


def rows_with_status(sheet: Sheet, fields: Sequence[Field], parse: Callable[[str], Any]) -> Rows:
    """Make of a row of a file written here one row for each answer."""
    about = [field for field in fields if field.name in ("panelist", "group")]
    names = pairs_of(sheet)
    answers = [Field(MARK + name, parse, (name,)) for name in names]
    told = [Field(MARK + name + ENDING, status, (name + ENDING,)) for name in names]
    statements = _statements(sheet, names)
    for line, row in typed_rows(sheet, [*about, *answers, *told]):
        facts = {field.name: row[field.name] for field in about if field.name in row}
        for name in names:
            stem, number = _parts(name)
            if row[MARK + name + ENDING] is Status.ABSENT and row[MARK + name] is None:
                continue
            answer = {"rating": row[MARK + name], "status": row[MARK + name + ENDING], "column": name}
            yield line, {**facts, "round": number, "statement": statements[stem], **answer}


def _parts(name: str) -> tuple[str, int]:
    found = PAIR.fullmatch(name)
    assert found is not None
    return found[1], int(found[2])


def _statements(sheet: Sheet, names: Sequence[str]) -> dict[str, str]:
    """Code of each statement by the stem of its variables, from their labels; the stem where these do not tell it."""
    found: dict[str, set[str]] = {}
    for name in names:
        stem, number = _parts(name)
        found.setdefault(stem, set()).add(_code(sheet.labels.get(name, ""), stem, f", round {number}: "))
    codes = {stem: told.pop() if len(told) == 1 else stem for stem, told in found.items()}
    often = Counter(codes.values())
    return {stem: code if often[code] == 1 else stem for stem, code in codes.items()}


def _code(label: str, stem: str, mark: str) -> str:
    """Code of a statement from the label of a variable: what stands before the mark, which the code itself may hold."""
    parts = label.split(mark)
    candidates = (mark.join(parts[:n]) for n in range(1, len(parts)))
    return next((code for code in candidates if _is_stem(stem, code)), stem)


def _is_stem(stem: str, code: str) -> bool:
    """Whether a code can have this stem: the same letters and digits, cut, perhaps with a number at the end."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", code).strip("_")
    plain = plain if plain[:1].isalpha() else f"S{plain}"
    return plain.startswith(re.sub(r"_[0-9]+$", "", stem))


def rows_of_statements(sheet: Sheet, fields: Sequence[Field], parse: Callable[[str], Any]) -> Rows:
    """Make of a row with a column for each statement one row for each statement asked."""
    about = [field for field in fields if field.name in ABOUT]
    known = {name for field in about for name in field.columns}
    names = [name for name in sheet.head if name not in known]
    if "" in names:
        raise SheetError.at(1, "", "a column between the others has no name; in a wide file its name is the statement")
    rows = typed_rows(sheet, [*about, *(Field(f"{MARK}{name}", parse, (name,)) for name in names)])
    asked = {(row.get("round", 1), name) for _, row in rows for name in names if row[MARK + name] is not None}
    if not asked:
        raise SheetError.at(1, "", "no row holds a rating")
    for line, row in rows:
        facts = {name: value for name, value in row.items() if name in ABOUT}
        for name in names:
            if (row.get("round", 1), name) in asked:
                yield line, {**facts, "statement": name, "rating": row[MARK + name], "column": name}
