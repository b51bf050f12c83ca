"""Figures of a row as an author asks for them, and how a house style prints them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts
from delphi.consensus.table.result_row import ResultRow
from delphi.consensus.vocabulary import Verdict
from delphi.statistics.base.exact import round_half_up
from exports.record.record import base_of
from exports.reports.designed.design import Pattern, Piece
from exports.reports.designed.names import COUNTS, NUMBERS, OF_COUNTS, RAND, SHARES
from exports.reports.styles.deciding import Bounds, Figure
from exports.tables.bounds import HIDING, Bound, deciding_decimals, exact
from exports.tables.house import House
from exports.tables.printing import NEARLY

HIDDEN_CELL = "–"
USUAL_WORDS = {"in": "in", "out": "out", "none": "none", "too_few": "too few", "yes": "yes", "no": "no", "mark": "†"}


@dataclass(frozen=True)
class Setting:
    """How the cells of a table are set: the definition, the house, the author's words, and what decides."""

    definition: Definition
    house: House
    words: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    bounds: Bounds = field(default_factory=dict)

    def word(self, name: str) -> str:
        """Say a verdict, yes or no, in the author's words."""
        return self.words.get(name, USUAL_WORDS[name])


def cell(pattern: Pattern, row: ResultRow, setting: Setting) -> str:
    """Print a cell; a dash alone where all its figures are hidden, and what stands for nothing where there are none."""
    pieces = [printed_piece(piece, row, setting) for piece in pattern.pieces]
    for nothing in (HIDDEN_CELL, setting.house.empty):
        if pieces and all(piece == nothing for piece in pieces):
            return nothing
    texts = iter(pieces)
    return "".join(part if isinstance(part, str) else next(texts) for part in pattern.parts).strip()


def printed_piece(piece: Piece, row: ResultRow, setting: Setting) -> str:
    """Print a figure or a text of a row."""
    if (text := _text(piece.name, row, setting)) is not None:
        return text
    value = figure_of_piece(piece, row, setting.definition)
    if value is None:
        return HIDDEN_CELL if _is_hidden(piece, row) else setting.house.empty
    if isinstance(value, int):
        return setting.house.number(str(value))
    bounds = setting.bounds.get(_deciding(piece, setting.definition), ())
    text = (
        _share(value, piece, bounds, setting.house)
        if _is_share(piece)
        else _number(value, piece, bounds, setting.house)
    )
    return text + (setting.house.sign if piece.sign else "")


def _text(name: str, row: ResultRow, setting: Setting) -> str | None:
    """Words about a row; None for a figure."""
    if name in ("section", "kind", "round", "decision", "grade"):
        return str(row[name] or "") or _dash(name, row)
    words: dict[str, Callable[[], str]] = {
        "code": lambda: row.statement,
        "text": lambda: setting.texts.get(row.statement, str(row["text"])),
        "remark": lambda: setting.remarks.get(row.statement, ""),
        "mark": lambda: setting.word("mark") if row.verdict == Verdict.IN else "",
        "verdict": lambda: HIDDEN_CELL if row.verdict is None else setting.word(row.verdict),
        "disagreement": lambda: _yes_or_no(row, setting),
    }
    return words[name]() if name in words else None


def _dash(name: str, row: ResultRow) -> str:
    return HIDDEN_CELL if row.is_hidden(name) else ""


def _yes_or_no(row: ResultRow, setting: Setting) -> str:
    found = row["disagreement"]
    return _dash("disagreement", row) if found is None else setting.word("yes" if found else "no")


def figure_of_piece(piece: Piece, row: ResultRow, definition: Definition) -> Fraction | int | None:
    """Compute the figure of a piece: a count, or an exact number; None where there is none or it is hidden."""
    name = piece.name
    if name in COUNTS:
        return _known(row[COUNTS[name]])
    if name in ("k", "pct"):
        counts = row.counts(piece.options)
        if counts is None or (name == "pct" and not row.n_rated):
            return None
        return sum(counts) if name == "k" else Fraction(100 * sum(counts), base_of(definition, row))
    if name in SHARES or name in NUMBERS:
        value = row[(SHARES | NUMBERS)[name]]
        return None if value is None else exact(float(value))
    return _of_counts(name, row, definition)


def _known(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _of_counts(name: str, row: ResultRow, definition: Definition) -> Fraction | int | None:
    """Figures that are read from how often each option was chosen."""
    values = definition.scale.values
    counts = row.counts(values)
    if not counts or not sum(counts):
        return None
    if name in RAND:
        found = definition.judge(Counts.of(counts)).detail[0].get(name)
        return None if found is None else Fraction(found)
    chosen = [value for value, k in zip(values, counts, strict=True) if k]
    if name == "outside":
        zone = definition.scale.zone_of(int(round_half_up(exact(float(row["median"])))))
        return sum(k for value, k in zip(values, counts, strict=True) if definition.scale.zone_of(value) != zone)
    return min(chosen) if name == "min" else max(chosen)


def _is_share(piece: Piece) -> bool:
    return piece.name == "pct" or piece.name in SHARES


def _is_hidden(piece: Piece, row: ResultRow) -> bool:
    """Whether a figure is empty since it could tell single answers."""
    columns = {**COUNTS, **SHARES, **NUMBERS}
    if piece.name in columns:
        return row.is_hidden(columns[piece.name])
    return any(row.is_hidden(f"k_{value}") for value in piece.options) or (
        piece.name in (*RAND, *OF_COUNTS) and any(name.startswith("k_") and row.is_hidden(name) for name in row.reasons)
    )


def _deciding(piece: Piece, definition: Definition) -> Figure:
    """Name a figure as bounds do."""
    scale = definition.scale
    sets: dict[str, Figure] = {
        "agree": scale.combined,
        "disagree": scale.disagree,
        "strongly": scale.agree,
        "pct": piece.options,
    }
    return sets.get(piece.name, piece.name)


def _share(value: Fraction, piece: Piece, bounds: Sequence[Bound], house: House) -> str:
    """Print a share: “0” and “100” stand for none and all alone."""
    if value in (0, 100):
        return str(value)
    least = piece.decimals or 0
    shown = round_half_up(value, least)
    if shown in (0, 100):
        shown = abs(shown - NEARLY.scaleb(-least))
    decimals = deciding_decimals(float(value), shown, bounds, least)
    places = least if decimals is None else decimals
    rounded = round_half_up(value, places)
    text = (
        house.nearly_none(places)
        if rounded == 0
        else house.nearly_all(places)
        if rounded == 100
        else house.number(str(rounded))
    )
    return text + (HIDING if decimals is None else "")


def _number(value: Fraction, piece: Piece, bounds: Sequence[Bound], house: House) -> str:
    """Print a mean, a median, a deviation: with fixed decimals, or with up to two."""
    least = 2 if piece.decimals is None else piece.decimals
    decimals = deciding_decimals(float(value), round_half_up(value, least), bounds, least)
    text = str(round_half_up(value, least if decimals is None else decimals))
    if (piece.decimals is None or piece.trim) and "." in text:
        text = text.rstrip("0").rstrip(".")
    plain = "0" if Decimal(text) == 0 and piece.decimals is None else text.replace("-", "−")
    return house.number(plain) + (HIDING if decimals is None else "")
