"""What a table shall show, as its author says it: checked when it is read, so that a preview can say what is wrong."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Self

from delphi.consensus.vocabulary import EVERYBODY
from exports.reports.designed.names import KNOWN, SETS

MOST_COLUMNS, LONGEST = 40, 300
LAST, SETTLED, EACH = "last", "settled", "each"
TOKEN = re.compile(
    r"\{(?P<name>[a-z][a-z0-9_]*?)(?P<options>_-?\d+(?:-\d+)?)?(?:\.(?P<decimals>\d)(?P<trim>~?))?(?P<sign>%?)\}"
)
TEXTS = ("title", "caption", "stub", "row", "order", "section_as", "only", "join")
WORDS = ("in", "out", "none", "too_few", "yes", "no", "mark")


class DesignError(ValueError):
    """A design cannot be built; the message says what is wrong, and where."""


@dataclass(frozen=True)
class Piece:
    """A figure within a cell: its name, the options it counts, its decimals, and whether a per cent sign follows."""

    name: str
    options: tuple[int, ...] = ()
    decimals: int | None = None
    trim: bool = False
    sign: bool = False


@dataclass(frozen=True)
class Pattern:
    """A cell: texts and figures in turn."""

    parts: tuple[str | Piece, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a cell such as “{mean.1~}; {pct_7-9.0%}”."""
        parts: list[str | Piece] = []
        at = 0
        for match in TOKEN.finditer(text):
            parts += [text[at : match.start()], _piece(match)]
            at = match.end()
        rest = text[at:]
        if strange := re.search(r"\{[^}]*\}?", "".join(part for part in [*parts, rest] if isinstance(part, str))):
            raise DesignError(
                f"“{strange[0]}” is no figure; there are {', '.join(sorted(KNOWN))}, and k_7-9 and pct_7-9 for options."
            )
        return cls(tuple(part for part in [*parts, rest] if part != ""))

    @property
    def pieces(self) -> list[Piece]:
        """The figures."""
        return [part for part in self.parts if isinstance(part, Piece)]


def _piece(match: re.Match[str]) -> Piece:
    name, options = match["name"], (match["options"] or "").removeprefix("_")
    if (name in SETS) != bool(options) or (name not in SETS and name not in KNOWN):
        raise DesignError(
            f"“{match[0]}” is no figure; there are {', '.join(sorted(KNOWN))}, and k_7-9 and pct_7-9 for options."
        )
    low, _, high = options.partition("-") if not options.startswith("-") else (options, "", "")
    span = tuple(range(int(low), int(high or low) + 1)) if options else ()
    decimals = None if match["decimals"] is None else int(match["decimals"])
    return Piece(name, span, decimals, bool(match["trim"]), bool(match["sign"]))


@dataclass(frozen=True)
class DesignColumn:
    """A column: head, cell, and of which round, people and section its figures are.

    Attributes
    ----------
    over
        A heading that it shares with the columns beside it.
    round
        A number, "last", or "settled": the round in which a statement was settled, else the last in which it was asked.
    single
        The cell of one rater, of whom a share says nothing.
    part
        The section whose row of several that are joined it prints.
    """

    head: str
    cell: Pattern
    over: str = ""
    round: str = LAST
    group: str = EVERYBODY
    single: Pattern | None = None
    part: str = ""


@dataclass(frozen=True)
class Design:
    """A table as its author wants it.

    Attributes
    ----------
    stub, row
        Head and text of the first column.
    columns
        The others.
    section_as
        "rows": sections stand above their rows; "first", "column": in the first or the last column; "" nowhere.
    order
        A figure by which rows stand, with "-" for the highest first; "" as they were asked.
    only
        A kind of statements.
    join
        "section": statements that differ by the name of their section at their end share a row.
    words
        What verdicts are called, and the mark of those that are in.
    texts, remarks
        Wording of a statement, and a remark on one, by its code.
    groups
        Groups in the author's order, with what they are called, for columns of “each” group.
    """

    title: str
    columns: tuple[DesignColumn, ...]
    caption: str = ""
    stub: str = "Statement"
    row: Pattern = field(default_factory=lambda: Pattern.of("{text}"))
    section_as: str = "rows"
    order: str = ""
    only: str = ""
    join: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    legend: bool = True

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Read a design from plain values.

        Raises
        ------
        DesignError
            Something in it is not known, or missing.
        """
        if strange := sorted(
            plain.keys() - {*TEXTS, "columns", "words", "texts", "remarks", "groups", "notes", "legend"}
        ):
            raise DesignError(f"“{strange[0]}” is not known in a table.")
        texts = {name: _text(plain[name], name) for name in TEXTS if name in plain}
        if texts.get("section_as", "rows") not in ("rows", "column", "first", ""):
            raise DesignError("section_as is “rows”, “first”, “column” or empty.")
        columns = plain.get("columns") or []
        if not isinstance(columns, list) or not 1 <= len(columns) <= MOST_COLUMNS:
            raise DesignError(f"A table has 1 to {MOST_COLUMNS} columns beside its first.")
        rest: dict[str, Any] = {
            **texts,
            "columns": tuple(_columns(columns)),
            "legend": plain.get("legend", True) is not False,
        }
        if "row" in rest:
            rest["row"] = Pattern.of(rest["row"])
        for name in ("words", "texts", "remarks", "groups"):
            rest[name] = {str(key): _text(value, name) for key, value in dict(plain.get(name) or {}).items()}
        if unknown := sorted(rest["words"].keys() - set(WORDS)):
            raise DesignError(f"“{unknown[0]}” is no verdict; there are {', '.join(WORDS)}.")
        if texts.get("order"):
            Pattern.of("{" + texts["order"].removeprefix("-") + "}")
        return cls(**{"title": "", **rest, "notes": tuple(_text(note, "notes") for note in plain.get("notes") or ())})


def _columns(columns: list[Any]) -> Iterator[DesignColumn]:
    for i, one in enumerate(columns, 1):
        if not isinstance(one, Mapping):
            raise DesignError(f"Column {i} has a head and a cell.")
        if strange := sorted(one.keys() - {"head", "cell", "over", "round", "group", "single", "part"}):
            raise DesignError(f"Column {i}: “{strange[0]}” is not known.")
        texts = {name: _text(value, f"column {i}, {name}") for name, value in one.items() if value not in ("", None)}
        if not texts.get("cell"):
            raise DesignError(f"Column {i} has no cell, such as {{median}}.")
        if not re.fullmatch(rf"{LAST}|{SETTLED}|\d{{1,2}}", texts.get("round", LAST)):
            raise DesignError(f"Column {i}: a round is a number, “{LAST}” or “{SETTLED}”.")
        patterns = {name: Pattern.of(texts[name]) for name in ("cell", "single") if name in texts}
        column: dict[str, Any] = {"head": "", **texts, **patterns}
        yield DesignColumn(**column)


def _text(value: Any, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise DesignError(f"{where}: this is no text.")
    if len(str(value)) > LONGEST:
        raise DesignError(f"{where}: this is longer than {LONGEST} letters.")
    return str(value)


def checked(text: str) -> dict[str, Any]:
    """Read a design from TOML as plain values.

    Raises
    ------
    DesignError
        It is no TOML, or no design.
    """
    try:
        plain_design = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DesignError(f"This is no TOML: {error}.") from None
    Design.from_dict(plain_design)
    return plain_design


def preset_names() -> dict[str, str]:
    """Name every preset, with its title."""
    return {key: str(plain(key).get("title", "")) for key in PRESETS}


def plain(key: str) -> dict[str, Any]:
    """Read a preset as plain values."""
    return tomllib.loads((files("exports.reports.designed") / "presets" / f"{key}.toml").read_text(encoding="utf-8"))


PRESETS = tuple(
    sorted(entry.name.removesuffix(".toml") for entry in (files("exports.reports.designed") / "presets").iterdir())
)
