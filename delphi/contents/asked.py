"""What was asked and what became of it, in the language of a reader; a result stays that of the statement."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from delphi.contents.piece import Piece
from delphi.contents.reading import Contents
from delphi.model.statement import Lineage

FIELDS = ("text", "help", "evidence")


def texts_in(contents: Contents, number: int, wording: Any, fields: Iterable[str] = FIELDS) -> dict[str, Any]:
    """The texts of a statement in a language, by field."""
    return {field: contents.statement(number, field, getattr(wording, field)) for field in fields}


def sections_in(contents: Contents, listed: Iterable[tuple[int, str]]) -> dict[str, Piece]:
    """The names of sections in a language, by the name in the source; statements come with the section they are in."""
    numbers: dict[str, list[int]] = {}
    for number, name in listed:
        numbers.setdefault(name, []).append(number)
    return {name: contents.section(name, own) for name, own in numbers.items()}


def row_in(contents: Contents, number: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of results with its statement and section in a language."""
    section = contents.section(row["section"] or "", [number])
    return {**row, "text": contents.statement(number, "text", row["text"]), "section": section}


def reason_in(contents: Contents, edge: Lineage) -> Piece:
    """Why a statement was changed on the way into a round, in a language."""
    item = f"change.{edge.round}.{edge.from_statement}.{edge.to_statement}.reason"
    return contents.say(item, edge.reason)


def groups_in(contents: Contents, groups: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of groups, by their names in a language; two that are called alike in it keep their names in the source."""
    names = {key: contents.say(f"group.{key}", key) for key in groups}
    counted = Counter(map(str, names.values()))
    alike = {key for key, name in names.items() if counted[str(name)] > 1}
    return {Piece(key, contents.source) if key in alike else names[key]: told for key, told in groups.items()}
